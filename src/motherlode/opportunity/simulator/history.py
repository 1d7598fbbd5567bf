"""What happened up to today: lives, payments, events, reports and the contacts of three campaigns."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from motherlode.opportunity.simulator import lives
from motherlode.opportunity.simulator.accounts import Accounts, Floats, Ints
from motherlode.opportunity.simulator.economy import Economy
from motherlode.opportunity.simulator.nature import DECLINE, EVENT_SHARES, EVENTS, INTRO, LOST, MOVES, Nature
from motherlode.opportunity.simulator.treatments import (
    CROSS_SELL,
    DISCOUNT,
    ONBOARD,
    TREATMENTS,
    effect,
    one_hot,
)

NONE = -1
NOT_BORN = -1
# Reports of results come once a quarter, most of them; opinions once in half a year, few.
REPORT_WEEKS, REPORT_SHARE, REPORT_NOISE = 13, 0.60, 0.10
OPINION_WEEKS, OPINION_SHARE = 26, 0.15
RECENT, BEFORE = 13, 52


class Contacts(msgspec.Struct, frozen=True):
    """One wave: the accounts contacted or held out, with what (`NONE` for held out), and whether by lot."""

    weeks_ago: int
    account: Ints
    treatment: Ints
    drawn: NDArray[np.bool_]


class Past(msgspec.Struct):
    """The records of the seen weeks (first axis accounts, second weeks, oldest first), and where all stand today.

    `owned` is the number of products in use by week, `products` today's.
    `changes` is what became of each account's weekly level in the last 13 weeks against the 52 before, as logarithms:
    season, industry, trouble of its own, and what is left, which is its stage and its results with us.
    """

    spend: NDArray[np.float32]
    events: NDArray[np.uint8]
    reports: NDArray[np.float32]
    opinions: NDArray[np.float32]
    owned: NDArray[np.uint8]
    contacts: list[Contacts]
    stage: Ints
    skill: Floats
    products: Ints
    trouble: Floats
    changes: Floats


class _Running(msgspec.Struct):
    """What changes from week to week."""

    stage: Ints
    skill: Floats
    products: Ints
    trouble: Floats
    boosts: Floats
    spends: Floats
    weeks_left: Ints


def live(chance: np.random.Generator, accounts: Accounts, economy: Economy, nature: Nature) -> Past:
    """Every week from the first account to today."""
    count, seen = accounts.count, nature.seen_weeks
    now = _Running(
        stage=np.full(count, NOT_BORN), skill=accounts.skill.copy(), products=accounts.products.copy(),
        trouble=np.zeros(count), boosts=np.ones((len(MOVES), count)), spends=np.ones(count),
        weeks_left=np.zeros(count, dtype=np.int64),
    )  # fmt: skip
    past = Past(
        spend=np.zeros((count, seen), dtype=np.float32),
        events=np.zeros((count, seen, len(EVENTS)), dtype=np.uint8),
        reports=np.full((count, seen), np.nan, dtype=np.float32),
        opinions=np.full((count, seen), np.nan, dtype=np.float32),
        owned=np.zeros((count, seen), dtype=np.uint8),
        contacts=[], stage=now.stage, skill=now.skill, products=now.products, trouble=now.trouble,
        changes=np.zeros((4, count)),
    )  # fmt: skip
    levels = np.zeros((2, 2, count))
    for week in range(nature.lived_weeks):
        ago = nature.lived_weeks - 1 - week
        now.stage = np.where(accounts.born == ago, INTRO, now.stage)
        if ago in nature.waves:
            _contact(chance, past, now, accounts, nature, ago)
        condition = _condition(now, accounts, economy, week)
        if ago < seen:
            _record(chance, past, now, accounts, condition, nature, seen - 1 - ago)
            _weigh(levels, now, condition, nature, ago)
        _step(chance, now, condition, nature)
    past.stage, past.skill, past.products, past.trouble = now.stage, now.skill, now.products, now.trouble
    past.changes = _changes(levels, accounts, economy)
    return past


def _condition(now: _Running, accounts: Accounts, economy: Economy, week: int) -> lives.Condition:
    return lives.Condition(
        results=lives.results(accounts.fit, now.skill),
        products=now.products.astype(float),
        trouble=now.trouble,
        season=economy.season[accounts.industry, week],
        mood=economy.mood[accounts.industry, week],
    )


def _step(chance: np.random.Generator, now: _Running, condition: lives.Condition, nature: Nature) -> None:
    """One week of moves and of troubles; treatments wear off."""
    count = len(now.stage)
    odds = lives.chances(lives.rates(condition, nature) * now.boosts)
    now.stage = lives.moved(now.stage, odds, chance.random(count))
    draw = chance.random(count)
    now.trouble = np.where(now.trouble > 0, draw >= nature.trouble_ends, draw < nature.trouble_begins).astype(float)
    now.weeks_left -= 1
    over = now.weeks_left == 0
    now.boosts[:, over] = 1.0
    now.spends[over] = 1.0


def _record(
    chance: np.random.Generator, past: Past, now: _Running, accounts: Accounts, condition: lives.Condition,
    nature: Nature, column: int,
) -> None:  # fmt: skip
    """A week of payments, of events and of what was said."""
    here = now.stage >= 0
    pays = np.where(here, np.asarray(nature.stage_pace)[now.stage] * accounts.pace, 0.0)
    mean = np.where(here, np.asarray(nature.stage_spend)[now.stage], 0.0) * lives.full_spend(accounts, condition)
    paid = (chance.random(accounts.count) < pays) & (mean > 0)
    amount = mean * now.spends / np.maximum(pays, 1e-9) * chance.gamma(2.0, 0.5, accounts.count)
    past.spend[:, column] = np.where(paid, np.maximum(np.round(amount, 2), 0.01), 0.0)
    past.owned[:, column] = now.products
    past.events[:, column] = np.minimum(chance.poisson(_event_rates(now, here, condition, nature)), 255)
    active = here & (now.stage != INTRO) & (now.stage != LOST)
    heard = active & (column % REPORT_WEEKS == 0) & (chance.random(accounts.count) < REPORT_SHARE)
    report = condition.results + chance.normal(0, REPORT_NOISE, accounts.count)
    past.reports[:, column] = np.where(heard, np.round(report, 3), np.nan)
    asked = active & (column % OPINION_WEEKS == 0) & (chance.random(accounts.count) < OPINION_SHARE)
    opinion = np.round(np.clip(12 * condition.results + chance.normal(1.0, 1.5, accounts.count), 0, 10))
    past.opinions[:, column] = np.where(asked, opinion, np.nan)


def _event_rates(now: _Running, here: NDArray[np.bool_], condition: lives.Condition, nature: Nature) -> Floats:
    """Means a week of every kind of event: who declines for poor results looks in less and asks for help more."""
    rate = np.where(here, np.asarray(nature.stage_events)[now.stage], 0.0)
    rate *= np.where(now.stage == DECLINE, 0.4 + 1.2 * condition.results, 1.0)
    rates: Floats = rate[:, None] * np.asarray(EVENT_SHARES)
    rates[:, EVENTS.index("help_request")] *= 2 * (1 - condition.results)
    return rates


def _contact(
    chance: np.random.Generator, past: Past, now: _Running, accounts: Accounts, nature: Nature, ago: int
) -> None:
    """A wave: some accounts by lot over all treatments and none, some by the company's habits."""
    known = now.stage >= 0
    by_lot = known & (chance.random(accounts.count) < nature.randomised)
    lot = chance.integers(NONE, len(TREATMENTS), accounts.count)
    chosen = np.where(by_lot, lot, _by_habit(chance, past, accounts, nature, ago))
    touched = by_lot | (known & (chosen != NONE))
    for number in range(len(TREATMENTS)):
        _treat(chance, now, accounts, number, np.flatnonzero(touched & (chosen == number)))
    account = np.flatnonzero(touched)
    past.contacts.append(Contacts(ago, account, chosen[account], by_lot[account]))


def _by_habit(chance: np.random.Generator, past: Past, accounts: Accounts, nature: Nature, ago: int) -> Ints:
    """Top spenders are shown more, former spenders who are silent get a discount, new ones are called."""
    until = nature.seen_weeks - 1 - ago
    recent = past.spend[:, max(until - 13, 0) : until].sum(axis=1)
    before = past.spend[:, max(until - 65, 0) : max(until - 13, 0)].sum(axis=1)
    third = nature.picked / 3
    top = (recent > 0) & (recent >= np.quantile(recent, 1 - third))
    quiet = (recent == 0) & (before > 0)
    new = (accounts.born - ago <= 13) & (recent + before == 0)
    chosen = np.full(accounts.count, NONE)
    for group, number in ((new, ONBOARD), (quiet, DISCOUNT)):
        share = min(third * accounts.count / max(group.sum(), 1), 1.0)
        chosen[group & (chance.random(accounts.count) < share)] = number
    chosen[top] = CROSS_SELL
    return chosen


def _treat(chance: np.random.Generator, now: _Running, accounts: Accounts, number: int, who: Ints) -> None:
    """Set the treatment to work on the accounts `who`."""
    does = effect(number, accounts, now.skill, one_hot(now.stage))
    now.boosts[:, who] = does.boosts[:, who]
    now.spends[who] = does.spends[who]
    now.weeks_left[who] = TREATMENTS[number].weeks
    now.skill[who] += does.learns[who]
    now.products[who] += chance.random(len(who)) < does.adopts[who]


def _weigh(levels: Floats, now: _Running, condition: lives.Condition, nature: Nature, ago: int) -> None:
    """Add a week to the recent and the former level of what trouble, and stage and results, leave of spending."""
    if ago >= RECENT + BEFORE:
        return
    window, weeks = (0, RECENT) if ago < RECENT else (1, BEFORE)
    stage = np.where(now.stage >= 0, np.asarray(nature.stage_spend)[now.stage], 0.0)
    share = lives.wallet_share(condition.results, condition.products)
    levels[window, 0] += (1 - (1 - lives.TROUBLE_SPEND) * now.trouble) / weeks
    levels[window, 1] += stage * share / weeks


def _changes(levels: Floats, accounts: Accounts, economy: Economy) -> Floats:
    """Logarithms of the recent over the former level: season, industry, own trouble, stage and results."""
    today = economy.past
    recent, before = slice(today - RECENT, today), slice(today - RECENT - BEFORE, today - RECENT)
    season = np.log(economy.season[:, recent].mean(axis=1) / economy.season[:, before].mean(axis=1))
    mood = np.exp(economy.mood)
    industry = np.log(mood[:, recent].mean(axis=1) / mood[:, before].mean(axis=1))
    own = np.log((levels[0] + 1e-3) / (levels[1] + 1e-3))
    return np.stack([season[accounts.industry], industry[accounts.industry], own[0], own[1]])
