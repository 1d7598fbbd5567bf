"""What is known of every customer on a day: nothing of a later day enters."""

import msgspec
import numpy as np

from motherlode.opportunity.engine import stages
from motherlode.opportunity.engine.panel import Floats, Ints, Panel
from motherlode.opportunity.engine.seasons import moods, seasons

AHEAD_WEEKS = 52
WINDOWS = (4, 13, 26, 52)
# Customers who bring so much of all money, from the top down, are of high value, and up to here of middling value.
HIGH_UNTIL, MID_UNTIL = 0.80, 0.95
HIGH, MID, LOW, NONE = range(4)
# So many figures told weigh as much as what is usual.
TOLD_WEIGHT = 2.0


class Known(msgspec.Struct, frozen=True):
    """All that can be read off the records, made once: `odds` are of stages, periods first."""

    panel: Panel
    season: Floats
    plain: Floats
    level: Floats
    odds: Floats


class Traits(msgspec.Struct, frozen=True):
    """Customers at the beginning of a period.

    Attributes
    ----------
    until
        The period before which all this was known.
    names, values
        A column a trait, for models of trees; NaN where unknown.
    odds
        Of the five stages.
    level
        What the customer pays in a full period.
    results
        How the results that were told compare with others', as a share (0 to 1) of customers who do worse, drawn to
        one half where little was told; one half everywhere where nothing is ever told.
    breadth
        Number of different categories bought in a year; 0 for none.
    mood
        Logarithm of how the industry, without season, moved in the last quarter.
    tier
        Value tier by the money of the last year: `HIGH`, `MID`, `LOW`, `NONE`.
    """

    until: int
    names: tuple[str, ...]
    values: Floats
    odds: Floats
    level: Floats
    results: Floats
    breadth: Floats
    mood: Floats
    tier: Ints


def known(panel: Panel) -> Known:
    """Seasons, levels and stages of all periods."""
    season = seasons(panel, panel.weeks(AHEAD_WEEKS))
    plain = panel.spend / season[panel.industry][:, : panel.today]
    numbers = stages.shown(panel, plain)
    life = stages.fit(numbers, panel.born, panel.days)
    odds = stages.filtered(life, numbers, panel.born)
    return Known(panel, season, plain, stages.own_level(panel, plain), odds)


def traits(past: Known, until: int) -> Traits:
    """What is known before the period `until`."""
    panel = past.panel
    odds = past.odds[until - 1].astype(float)
    level = past.level[:, until - 1]
    breadth = _breadth(panel, until)
    told = [_told(each, panel, until) for each in panel.told]
    mood = moods(panel, past.season, until)[panel.industry]
    columns = {f"p_{name}": odds[:, place] for place, name in enumerate(stages.STAGES)}
    columns |= _money(past, until) | _times(panel, until) | _doing(panel, until)
    for place, (usual, count) in enumerate(told):
        columns |= {f"told_{place}": usual, f"told_{place}_times": count}
    columns |= _season(past, until) | {"mood": mood, "breadth": breadth, "log_level": np.log(level)}
    columns |= {"industry": panel.industry, "size": panel.level, "log_employees": np.log(panel.employees + 1)}
    values = np.column_stack([np.asarray(each, dtype=np.float32) for each in columns.values()])
    results = _rank(told[0][0], told[0][1]) if told else np.full(panel.customers, 0.5)
    spent = panel.spend[:, max(until - panel.weeks(AHEAD_WEEKS), 0) : until].sum(axis=1)
    return Traits(until, tuple(columns), values, odds, level, results, breadth, mood, tiers(spent))


def tiers(money: Floats) -> Ints:
    """The value tier of everybody: by where those of more money leave off."""
    order = np.argsort(-money, kind="stable")
    above = np.empty(len(money))
    above[order] = np.concatenate([[0.0], np.cumsum(money[order])[:-1]]) / max(float(money.sum()), 1e-9)
    tier = np.digitize(above, (HIGH_UNTIL, MID_UNTIL))
    return np.where(money > 0, tier, NONE)


def _money(past: Known, until: int) -> dict[str, Floats]:
    spend = past.plain[:, :until]
    sums = {weeks: spend[:, max(until - past.panel.weeks(weeks), 0) :].sum(axis=1) for weeks in WINDOWS}
    level = past.level[:, until - 1]
    columns: dict[str, Floats] = {f"log_spend_{weeks}": np.log1p(each) for weeks, each in sums.items()}
    columns |= {f"share_{weeks}": sums[weeks] / (level * past.panel.weeks(weeks)) for weeks in WINDOWS}
    columns["log_spend_ever"] = np.log1p(spend.sum(axis=1))
    columns["biggest"] = np.log1p(spend.max(axis=1))
    return columns


def _times(panel: Panel, until: int) -> dict[str, Floats | Ints]:
    paid = panel.spend[:, :until] > 0
    ever = paid.any(axis=1)
    first, last = paid.argmax(axis=1), until - 1 - paid[:, ::-1].argmax(axis=1)
    count = paid.sum(axis=1)
    gap = (last - first) / np.maximum(count - 1, 1)
    return {
        "age": until - panel.born,
        "since_first": np.where(ever, until - first, np.nan),
        "since_last": np.where(ever, until - last, np.nan),
        "payments": count,
        "gap": np.where(count > 1, gap, np.nan),
        "overdue": np.where(count > 1, (until - last) / np.maximum(gap, 0.5), np.nan),
        **{f"paid_{weeks}": paid[:, max(until - panel.weeks(weeks), 0) :].sum(axis=1) for weeks in (13, 52)},
    }


def _doing(panel: Panel, until: int) -> dict[str, Floats]:
    done = panel.done[:, :until]
    columns: dict[str, Floats] = {
        f"done_{weeks}": done[:, max(until - panel.weeks(weeks), 0) :].sum(axis=1) for weeks in (4, 13, 52)
    }
    year = panel.kinds[:, :, max(until - panel.weeks(52), 0) : until].sum(axis=2)
    all_kinds = year.sum(axis=0)
    for place, count in enumerate(year):
        usual = count.sum() / max(all_kinds.sum(), 1.0)
        columns[f"kind_{place}"] = (count + 10 * usual) / (all_kinds + 10)
    silent = done[:, ::-1] > 0
    columns["since_done"] = np.where(silent.any(axis=1), silent.argmax(axis=1), until).astype(float)
    return columns


def _season(past: Known, until: int) -> dict[str, Floats]:
    """What season makes of the last quarter, and of the half year to come."""
    index = past.season[past.panel.industry]
    quarter, half = past.panel.weeks(13), past.panel.weeks(26)
    return {
        "season_now": index[:, max(until - quarter, 0) : until].mean(axis=1),
        "season_next": index[:, until : until + half].mean(axis=1),
    }


def _told(figures: tuple[Ints, Ints, Floats], panel: Panel, until: int) -> tuple[Floats, Floats]:
    """The mean of what each customer told so far, drawn to the mean of all, and how often that was."""
    who, period, value = figures
    here = period < until
    count = np.bincount(who[here], minlength=panel.customers).astype(float)
    total = np.bincount(who[here], value[here], panel.customers)
    usual = value[here].mean() if here.any() else 0.0
    return (total + TOLD_WEIGHT * usual) / (count + TOLD_WEIGHT), count


def _rank(told: Floats, count: Floats) -> Floats:
    """Place among those of whom anything was told, 0 to 1."""
    heard = np.sort(told[count > 0])
    if not heard.size:
        return np.full(len(told), 0.5)
    place = (np.searchsorted(heard, told, "left") + np.searchsorted(heard, told, "right")) / (2 * heard.size)
    return np.where(count > 0, place, 0.5)


def _breadth(panel: Panel, until: int) -> Floats:
    who, period, category = panel.bought
    here = (period < until) & (period >= until - panel.weeks(52))
    width = int(category.max(initial=0)) + 1
    pairs = np.unique(who[here] * width + category[here])
    return np.bincount(pairs // width, minlength=panel.customers).astype(float)
