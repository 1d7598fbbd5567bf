"""What customers bring if nobody does anything, and what a year in their prime would be."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from motherlode.opportunity.engine import stages, trees
from motherlode.opportunity.engine.panel import WEEK, Flags, Floats
from motherlode.opportunity.engine.traits import Known, Traits, traits

Number = TypeVar("Number", bound=np.number[Any])

YEARLY_DISCOUNT = 0.10
YEAR, HALF, QUARTER = 52, 26, 13
# Less time in its prime than this share of a year does not tell what a customer pays in it.
LEAST_PRIME = 0.1
# A stage of this share of all money sets what is foretold of it half right by itself, within bounds.
RIGHT_WEIGHT, RIGHT_BETWEEN = 0.001, (0.3, 4.0)
# Money: nobody is worth nothing in the prime.
LEAST_WORTH = 0.01


class Snapshot(msgspec.Struct, frozen=True):
    """Customers as of the beginning of a period gone by, and what they have paid since.

    Attributes
    ----------
    start
        The period from which the outcome counts.
    here
        Who was a customer by then.
    year
        Discounted money paid in the year from `start`; where the year is not over, what is missing is foretold.
    prime
        Money that the customer would have paid in a year in its prime, by what it paid and how long it was in it.
    exposure
        How much of a year in its prime that was learnt from.
    """

    start: int
    here: Flags
    traits: Traits
    year: Floats
    prime: Floats
    exposure: Floats


def snapshots(past: Known, starts: Sequence[int]) -> tuple[Snapshot, ...]:
    """Customers at the beginnings of the periods `starts`."""
    half, shares = _half_ahead(past), _stage_shares(past)
    return tuple(_snapshot(past, start, half, shares) for start in starts)


def discounts(days: int, count: int) -> Floats:
    """Today's worth of a yuan in each of so many periods to come."""
    worth: Floats = (1 + YEARLY_DISCOUNT) ** (-(np.arange(count) + 1) * days / 365)
    return worth


def primes(shots: Sequence[Snapshot], asked: Sequence[Traits], days: int) -> list[Floats]:
    """Discounted money of a year in the prime, of every customer: at every snapshot, then at every `asked`.

    The mean of logarithms rather than of money: one giant does not lend its size to those who look a little like it.
    """
    fold = trees.folds(len(shots[0].here))
    told = [shot.here & (shot.exposure >= LEAST_PRIME) & (shot.prime > 0) for shot in shots]
    money, weights = _stack([shot.prime for shot in shots], told), _stack([shot.exposure for shot in shots], told)
    weights = weights.clip(max=1.0)
    values = _stack([shot.traits.values for shot in shots], told)
    lessons = trees.Lessons(values, np.log(money), _stack([fold] * len(shots), told), weights)
    every = [*(shot.traits for shot in shots), *asked]
    predicted = [np.exp(each) for each in trees.across(lessons, [each.values for each in every], fold, "regression")]
    # A mean of logarithms understates the mean.
    right = _right(
        _stack(predicted[: len(shots)], told), money, _stack([shot.traits.odds for shot in shots], told), weights
    )
    worth = discounts(days, max(round(YEAR * WEEK / days), 1)).mean()
    return [
        np.maximum(each * (then.odds @ right) * worth, LEAST_WORTH) for each, then in zip(predicted, every, strict=True)
    ]


def years(shots: Sequence[Snapshot], asked: Sequence[Traits], untouched: Sequence[Flags]) -> list[Floats]:
    """Discounted money of the year after every snapshot, then every `asked`, of customers who are left alone."""
    fold = trees.folds(len(shots[0].here))
    rows = [shot.here & alone for shot, alone in zip(shots, untouched, strict=True)]
    values, money = _stack([shot.traits.values for shot in shots], rows), _stack([shot.year for shot in shots], rows)
    lessons = trees.Lessons(values, money, _stack([fold] * len(shots), rows))
    every = [*(shot.traits for shot in shots), *asked]
    predicted = trees.across(lessons, [each.values for each in every], fold, "tweedie")
    odds = _stack([shot.traits.odds for shot in shots], rows)
    right = _right(_stack(predicted[: len(shots)], rows), money, odds, np.ones(len(money)))
    return [each * (then.odds @ right) for each, then in zip(predicted, every, strict=True)]


def _stack(arrays: Sequence[NDArray[Number]], rows: Sequence[Flags]) -> NDArray[Number]:
    return np.concatenate([array[here] for array, here in zip(arrays, rows, strict=True)])


def _snapshot(past: Known, start: int, half: Floats, shares: Floats) -> Snapshot:
    panel, year = past.panel, past.panel.weeks(YEAR)
    end = min(start + year, panel.today)
    worth = discounts(panel.days, year)
    paid = panel.spend[:, start:end]
    later = worth[end - start :].sum() / panel.weeks(HALF)
    exposure = np.einsum("tcs,s->c", past.odds[start:end], shares) / year
    return Snapshot(
        start=start,
        here=panel.born < start,
        traits=traits(past, start),
        year=paid @ worth[: end - start] + half * later,
        prime=paid.sum(axis=1) / np.maximum(exposure, LEAST_PRIME),
        exposure=exposure,
    )


def _stage_shares(past: Known) -> Floats:
    """What customers pay in each stage as a share of what they pay in their prime."""
    count = min(past.panel.weeks(2 * YEAR), past.panel.today)
    share = np.minimum(past.plain[:, -count:] / past.level[:, -count:], 10.0)
    odds = past.odds[-count:]
    usual = np.einsum("ct,tcs->s", share, odds) / np.maximum(odds.sum(axis=(0, 1)), 1e-9)
    shares = usual / max(float(usual[stages.MATURE]), 1e-9)
    shares[[stages.INTRO, stages.LOST]] = 0.0
    bounded: Floats = np.clip(shares, 0.0, 1.0)
    return bounded


def _half_ahead(past: Known) -> Floats:
    """Money of the half year to come, foretold from what half years brought."""
    panel, half = past.panel, past.panel.weeks(HALF)
    starts = [start for start in (panel.today - half, panel.today - half - panel.weeks(QUARTER)) if start > 1]
    if not starts:
        return np.zeros(panel.customers)
    fold = trees.folds(panel.customers)
    here = [panel.born < start for start in starts]
    seen = [traits(past, start) for start in starts]
    values = _stack([each.values for each in seen], here)
    paid = _stack([panel.spend[:, start : start + half].sum(axis=1) for start in starts], here)
    lessons = trees.Lessons(values, paid, _stack([fold] * len(starts), here))
    every = [*seen, traits(past, panel.today)]
    predicted = trees.across(lessons, [each.values for each in every], fold, "tweedie")
    odds = _stack([each.odds for each in seen], here)
    right = _right(_stack(predicted[:-1], here), paid, odds, np.ones(len(paid)))
    return np.asarray(predicted[-1] * (every[-1].odds @ right))


def _right(guessed: Floats, money: Floats, odds: Floats, weights: Floats) -> Floats:
    """By stage, what was seen over what was foretold: trees foretell too little where most bring nothing."""
    seen, told = (money * weights) @ odds, (guessed * weights) @ odds
    usual = seen.sum() / max(float(told.sum()), 1e-9)
    own = told / np.maximum(told + RIGHT_WEIGHT * told.sum(), 1e-9)
    factor: Floats = own * seen / np.maximum(told, 1e-9) + (1 - own) * usual
    return np.clip(factor, *RIGHT_BETWEEN)
