"""Chapter one: how the customer base stands."""

from typing import Any

from motherlode.charts import Bars, Cell, GridWords, ParetoWords, columns, heat_grid, pareto, stacked_bars
from motherlode.charts.svg import Show
from motherlode.report.findings import Findings
from motherlode.report.view import Card, Chapter, Grid, Voice, figures

STAGES = ("intro", "trial", "mature", "decline", "lost")
TIERS = ("high", "mid", "low", "none")
FALLING, RISING = ("decline", "lost"), ("intro", "trial", "mature")
# Who was not known yet comes first.
BEFORE = ("", *STAGES)
MONTHS_SHOWN = 24
# What now is compared with, unless another day is asked for.
NEAREST = 91
# Of the hundred points of the curve, those that the table under it names.
EVERY_PERCENT = 5


def discover(found: Findings, voice: Voice) -> Chapter:
    cards = (
        _concentration(found, voice),
        _rfm(found, voice),
        _stages(found, voice, "lifecycle", "customers", voice.short),
        _stages(found, voice, "lifecycle_money", "value", voice.money),
        moves(found, voice, NEAREST),
        _revenue(found, voice),
        _buyers(found, voice),
    )
    return Chapter("discover", voice.say("discover"), voice.say("discover_note"), cards)


def _concentration(found: Findings, voice: Voice) -> Card:
    measured = {row["population"]: row for row in found.rows("concentration")}
    payers = measured.get("payers")
    title, empty = voice.say("pareto_title"), voice.say("pareto_empty")
    if payers is None or payers["total"] <= 0:
        return Card("pareto", title, empty)
    points: dict[str, dict[int, float]] = {name: {} for name in measured}
    for row in found.rows("pareto"):
        points[row["population"]][row["percent"]] = row["share"]
    shares = sorted((percent / 100, share) for percent, share in points["payers"].items())
    words = ParetoWords(title, voice.say("pareto_even"), voice.say("pareto_bottom"))
    drawn = figures(lambda width: pareto(shares, voice.round_share, words, width=width))
    note = voice.say(
        "pareto_note",
        top=voice.share(payers["top_share"]),
        low=voice.share(payers["top_share_low"]),
        high=voice.share(payers["top_share_high"]),
        for_80=voice.share(payers["share_of_customers_for_80"]),
    )
    names = tuple(points)
    rows = tuple(
        (voice.round_share(percent / 100), *(voice.share(points[name].get(percent)) for name in names))
        for percent in range(0, 101, EVERY_PERCENT)
    )
    headers = (voice.say("pareto_customers"), *(voice.word("population", name) for name in names))
    return Card("pareto", title, empty, note, drawn, _lasting(measured, voice), data=Grid(headers, rows))


def _lasting(measured: dict[str, dict[str, Any]], voice: Voice) -> tuple[tuple[str, str], ...]:
    payers, everybody = measured["payers"], measured.get("everybody", {})
    gini = f"{payers['gini']:.2f} ({payers['gini_low']:.2f}–{payers['gini_high']:.2f})"
    return (
        (voice.say("gini"), gini),
        (voice.say("top_share_all"), voice.share(everybody.get("top_share"))),
        (voice.say("next_share"), voice.share(payers["next_share"])),
        (voice.say("stay_share"), voice.share(payers["stay_share"])),
    )


def _stages(found: Findings, voice: Voice, key: str, measure: str, show: Show) -> Card:
    cells = {(row["stage"], row["value_tier"]): row for row in found.rows("stages")}
    sums = [[cells.get((stage, tier), {}).get(measure, 0) for tier in TIERS] for stage in STAGES]
    title, total = voice.say(f"{key}_title"), sum(map(sum, sums))
    names = [voice.word("stage", stage) for stage in STAGES]
    tiers = [voice.word("tier", tier) for tier in TIERS]
    dormant = sum(row["dormant"] for row in cells.values())
    falling = sum(row["value"] for (stage, _), row in cells.items() if stage in FALLING)
    note = voice.say(
        f"{key}_note", dormant=voice.customers(dormant), share=voice.share(falling / total if total else None)
    )
    rows = tuple((name, *map(show, row), show(sum(row))) for name, row in zip(names, sums, strict=True))
    grid = Grid((voice.word("column", "stage"), *tiers, voice.word("column", "total")), rows if total > 0 else ())
    bars = Bars(names, tiers, sums)
    drawn = figures(lambda width: stacked_bars(bars, show, title=title, width=width))
    return Card(key, title, voice.say("lifecycle_empty"), note, drawn, data=grid)


def moves(found: Findings, voice: Voice, back: int) -> Card:
    """From which stage to which customers went in so many days."""
    counted = _moves(found, back)
    title, empty = voice.say("moves_title", days=back), voice.say("moves_empty", days=back)
    if not any(before for before, _ in counted):
        return Card("moves", title, empty)
    fell, rose = (_moved(counted, *ends) for ends in ((RISING, FALLING), (FALLING, RISING)))
    new = sum(number for (was, _), number in counted.items() if not was)
    note = voice.say("moves_note", days=back, fell=voice.count(fell), rose=voice.count(rose), new=voice.count(new))
    bars = moves_bars(found, voice, back)
    drawn = figures(lambda width: stacked_bars(bars, voice.short, title=title, width=width))
    headers = (voice.word("column", "stage_before"), *bars.parts, voice.word("column", "total"))
    lines = zip(bars.names, bars.values, strict=True)
    rows = tuple((name, *map(voice.count, row), voice.count(sum(row))) for name, row in lines)
    return Card("moves", title, empty, note, drawn, data=Grid(headers, rows))


def moves_bars(found: Findings, voice: Voice, back: int) -> Bars:
    """A bar for each stage of before, made of where its customers are now."""
    counted = _moves(found, back)
    return Bars(
        [voice.word("stage", stage) if stage else voice.say("not_known_yet") for stage in BEFORE],
        [voice.word("stage", stage) for stage in STAGES],
        [[counted.get((was, stage), 0) for stage in STAGES] for was in BEFORE],
        "hue",
    )


def _moves(found: Findings, back: int) -> dict[tuple[str, str], int]:
    rows = [row for row in found.rows("stage_moves") if row["days_before"] == back]
    return {(row["stage_before"], row["stage"]): row["customers"] for row in rows}


def _moved(counted: dict[tuple[str, str], int], before: tuple[str, ...], now: tuple[str, ...]) -> int:
    return sum(number for (was, stage), number in counted.items() if was in before and stage in now)


def _rfm(found: Findings, voice: Voice) -> Card:
    rows = found.rows("rfm")
    cells = {(row["r"], row["f"]): Cell(row["customers"], row["spend"]) for row in rows}
    title = voice.say("rfm_title")
    words = GridWords(title, voice.say("rfm_rows"), voice.say("rfm_columns"))
    drawn = figures(lambda width: heat_grid(cells, voice.short, voice.money, words, width=width))
    table = tuple(
        (str(row["r"]), str(row["f"]), voice.count(row["customers"]), voice.money(row["spend"]))
        for row in sorted(rows, key=lambda row: (-row["r"], -row["f"]))
    )
    grid = Grid(voice.columns("r", "f", "customers", "spend_all"), table, numbers_from=2)
    return Card("rfm", title, voice.say("rfm_empty"), voice.say("rfm_note"), drawn, data=grid)


def _months(found: Findings) -> list[dict[str, Any]]:
    return sorted(found.rows("months"), key=lambda row: row["month"])[-MONTHS_SHOWN:]


def _revenue(found: Findings, voice: Voice) -> Card:
    rows = _months(found)
    names = [f"{row['month']:%Y-%m}" for row in rows]
    title = voice.say("months_title")
    bars = Bars(names, [""], [[row["revenue"]] for row in rows], "hue")
    drawn = figures(lambda width: columns(bars, voice.money, title=title, width=width))
    table = tuple(
        (name, voice.money(row["revenue"]), voice.money(row["returned"]), voice.count(row["orders"]))
        for name, row in zip(names, rows, strict=True)
    )
    grid = Grid(voice.columns("month", "revenue", "returned", "orders"), table)
    note = voice.say("months_note", as_of=found.as_of.isoformat())
    return Card("months", title, voice.say("months_empty"), note, drawn, data=grid)


def _buyers(found: Findings, voice: Voice) -> Card:
    rows = _months(found)
    names = [f"{row['month']:%Y-%m}" for row in rows]
    title = voice.say("months_customers_title")
    parts = [voice.say("months_back"), voice.say("months_new")]
    sums = [[row["customers"] - row["new_customers"], row["new_customers"]] for row in rows]
    bars = Bars(names, parts, sums, "hue")
    drawn = figures(lambda width: columns(bars, voice.short, title=title, width=width))
    table = tuple(
        (name, voice.count(row["customers"]), voice.count(row["new_customers"]))
        for name, row in zip(names, rows, strict=True)
    )
    grid = Grid(voice.columns("month", "customers", "new_customers"), table)
    return Card("buyers", title, voice.say("months_empty"), voice.say("months_customers_note"), drawn, data=grid)
