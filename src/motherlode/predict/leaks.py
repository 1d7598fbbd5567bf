"""Columns that were written when the outcome was known already, found without knowing their names.

Data alone cannot prove when a cell was written. What can be seen is what such columns look like: they say the outcome
by themselves, they are filled in one outcome only, or one of them says more than all others together. Each is told with
two numbers, and can be kept by a setting.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np

from motherlode.predict.boosting import Boosting
from motherlode.predict.cases import Cases, Fact
from motherlode.predict.measures import chance_measures
from motherlode.predict.sensitive import is_sensitive
from motherlode.predict.special_functions import Numbers

SAYS_IT = 0.99
CHANCE = 0.5
STRONG = 0.78
MORE_THAN_OTHERS = 0.01
# With fewer cases one real driver looks like that too; only what is stronger than drivers are is left out then.
LEAST_TO_ACCUSE, STRONGER_THAN_DRIVERS = 2_000, 0.95
# A column that is filled in one outcome only has to be so in so many cases, and in this share of them.
LEAST_FILLED, PURE = 20, 0.995
# Columns that run along with a suspect are not among "the others".
TWINS = 0.95
# What is known of people adds less than this to the AUC of what they did.
TOO_MUCH = 0.03
LEVELS, FOLDS = 20, 3
MOST_CASES = 20_000


class Leak(msgspec.Struct, frozen=True):
    """A column that is left out: `actual` is what it says by itself, `benchmark` what that is held against."""

    column: str
    why: str
    actual: float
    benchmark: float


def find_leaks(cases: Cases, keep: frozenset[str] = frozenset()) -> list[Leak]:
    """Columns to leave out, in the order in which they were found.

    `says_the_outcome`: ranks the cases nearly perfectly by itself. `filled_in_one_outcome`: where it is filled (or not
    zero), always the same happened. `more_than_all_others`: ranks better by itself than everything else together.
    `sensitive`: its name says that it is of a special category, such as health or religion.
    """
    drawn = np.sort(np.random.default_rng(7).permutation(cases.outcome.size)[:MOST_CASES])
    outcome = cases.outcome[drawn]
    facts = [Fact(fact.name, fact.values[drawn], fact.words) for fact in cases.facts]
    kept = [fact for fact in facts if fact.name in keep]
    asked = [fact for fact in facts if fact.name not in keep]
    private = [fact for fact in asked if is_sensitive(fact.name)]
    leaks = [Leak(fact.name, "sensitive", rank_alone(fact, outcome), CHANCE) for fact in private]
    plain = [fact for fact in asked if not is_sensitive(fact.name)]
    return leaks + written_afterwards(plain, kept, outcome)


def written_afterwards(facts: list[Fact], kept: list[Fact], outcome: Numbers) -> list[Leak]:
    """Of these facts those that look as if the outcome had been known; `kept` ones are among "all others" only."""
    alone = {fact.name: rank_alone(fact, outcome) for fact in facts}
    leaks = [
        Leak(fact.name, "says_the_outcome", alone[fact.name], SAYS_IT) for fact in facts if alone[fact.name] >= SAYS_IT
    ]
    leaks += [
        Leak(fact.name, "filled_in_one_outcome", purity, float(outcome.mean()))
        for fact in facts
        if alone[fact.name] < SAYS_IT and (purity := _purity(fact, outcome)) is not None
    ]
    known = {leak.column for leak in leaks}
    left = [fact for fact in facts if fact.name not in known]
    return leaks + list(_dominant(left, kept, alone, outcome))


def adding_too_much(facts: list[Fact], others: list[Fact], outcome: Numbers) -> list[Leak]:
    """Of these facts those that add more to what the others say than who somebody is can add to what she did.

    A sum that was taken when the outcome was known need not say much by itself: beside the same sum of before, it tells
    what came in between.
    """
    base = _together(others, outcome)
    leaks: list[Leak] = []
    left = list(facts)
    while left and _together([*others, *left], outcome) > base + TOO_MUCH:
        gains = {fact.name: _together([*others, fact], outcome) for fact in left}
        most = max(left, key=lambda fact: gains[fact.name])
        if gains[most.name] <= base + TOO_MUCH:
            break
        leaks.append(Leak(most.name, "adds_too_much", gains[most.name], base))
        left = [fact for fact in left if fact.name != most.name]
    return leaks


def rank_alone(fact: Fact, outcome: Numbers) -> float:
    """AUC of one column by itself, its levels' rates learnt on one half of the cases and asked of the other."""
    level = _levels(fact)
    half = np.arange(outcome.size) % 2
    told = np.empty(outcome.size)
    for part in (0, 1):
        learn = half != part
        cases = np.bincount(level[learn], minlength=level.max() + 1)
        happened = np.bincount(level[learn], outcome[learn], level.max() + 1)
        rates = (happened + outcome.mean()) / (cases + 1.0)
        told[half == part] = rates[level[half == part]]
    return _auc(outcome, told)


def _dominant(facts: list[Fact], kept: list[Fact], alone: dict[str, float], outcome: Numbers) -> Iterator[Leak]:
    """Strong columns that say more than all that are left without them, the strongest first."""
    least = STRONG if outcome.size >= LEAST_TO_ACCUSE else STRONGER_THAN_DRIVERS
    suspects = sorted((fact for fact in facts if alone[fact.name] >= least), key=lambda fact: -alone[fact.name])
    left = [*facts, *kept]
    for suspect in suspects:
        others = [fact for fact in left if fact.name != suspect.name and not _twins(fact, suspect)]
        together = _together(others, outcome)
        if alone[suspect.name] <= together + MORE_THAN_OTHERS:
            return
        yield Leak(suspect.name, "more_than_all_others", alone[suspect.name], together)
        left = [fact for fact in left if fact.name != suspect.name]


def _together(facts: list[Fact], outcome: Numbers) -> float:
    """AUC of all columns together, on cases that were not learnt from."""
    if not facts:
        return 0.5
    values = np.column_stack([fact.values for fact in facts]).astype(np.float32)
    codes = tuple(place for place, fact in enumerate(facts) if fact.words)
    return _auc(outcome, out_of_fold(lambda: Boosting(categorical=codes, rounds=120), values, outcome, FOLDS))


def out_of_fold(
    build: Callable[[], Any], values: Numbers, outcome: Numbers, folds: int, who: Numbers | None = None
) -> Numbers:
    """Forecasts for each case by an estimator that has seen neither it nor its customer's other cases."""
    fold = folds_of(outcome, folds, who)
    told = np.empty(outcome.size)
    for number in range(folds):
        model = build().fit(values[fold != number], outcome[fold != number])
        told[fold == number] = model.predict(values[fold == number])
    return told


def folds_of(outcome: Numbers, folds: int, who: Numbers | None = None) -> Numbers:
    """The fold of each case: the outcome is spread evenly over them, and all cases of a customer are in one."""
    people, place = np.unique(np.arange(outcome.size) if who is None else who, return_inverse=True)
    happened = np.zeros(people.size)
    np.maximum.at(happened, place, outcome)
    chance = np.random.default_rng(7)
    fold = np.empty(people.size, dtype=np.int64)
    for whether in (0, 1):
        places = chance.permutation(np.flatnonzero(happened == whether))
        fold[places] = np.arange(places.size) % folds
    return fold[place]


def _levels(fact: Fact) -> np.ndarray:
    """Twentieths of a number, codes of a category; what is not known is a level of its own."""
    known = np.isfinite(fact.values)
    level = np.zeros(fact.values.size, dtype=np.int64)
    if fact.words:
        level[known] = fact.values[known].astype(np.int64) + 1
    else:
        bounds = np.unique(np.quantile(fact.values[known], np.linspace(0, 1, LEVELS + 1)[1:-1]))
        level[known] = np.searchsorted(bounds, fact.values[known], side="right") + 1
    return level


def _purity(fact: Fact, outcome: Numbers) -> float | None:
    """Share of what happened where the column is filled, if that is always the same and not so elsewhere."""
    known = np.isfinite(fact.values)
    filled = known & (fact.values != 0) if not fact.words else known
    for there in (known, filled):
        size = int(there.sum())
        if size < LEAST_FILLED or size == outcome.size or (~there).sum() < LEAST_FILLED:
            continue
        share, elsewhere = float(outcome[there].mean()), float(outcome[~there].mean())
        if max(share, 1 - share) >= PURE and abs(share - elsewhere) > 0.2:
            return share
    return None


def _twins(one: Fact, other: Fact) -> bool:
    """Whether two columns of numbers run along with each other, either way."""
    if one.words or other.words:
        return False
    both = np.isfinite(one.values) & np.isfinite(other.values)
    if both.sum() < LEAST_FILLED or np.ptp(one.values[both]) == 0 or np.ptp(other.values[both]) == 0:
        return False
    first, second = (_ranks(fact.values[both]) for fact in (one, other))
    together = ((first - first.mean()) * (second - second.mean())).mean() / (first.std() * second.std())
    return bool(abs(together) > TWINS)


def _ranks(values: Numbers) -> Numbers:
    return np.asarray(np.argsort(np.argsort(values, kind="stable"), kind="stable"), dtype=np.float64)


def _auc(outcome: Numbers, told: Numbers) -> float:
    return float(chance_measures(outcome, told, np.ones((1, outcome.size), dtype=np.float32))["auc"][0])
