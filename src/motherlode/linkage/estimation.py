"""How much each level of each field speaks for one person: expectation-maximisation over counts of patterns.

Whether two records that are not of one person agree is counted on pairs drawn by lot, without those that are found to
be of one; whether two records of one person do is learnt from the pairs that share a key (Winkler, 1988), where two
fields bear each other out. Only counts of patterns are looked at, so that many pairs cost no more than few.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]

# With few fields the pairs that agree in everything would otherwise teach that nothing else is one person.
_WEIGHT_OF_HOPE = 0.2
_ROUNDS, _CLOSE = 200, 1e-5


class Weights(msgspec.Struct, frozen=True):
    """What agreement is worth.

    Attributes
    ----------
    bits
        Bits of evidence by field and level.
    prior
        Bits for one person before anything is compared: few of all pairs are of one person.
    by_chance
        How often values of two records are equal, by field: a value that is rarer than that says more.
    """

    bits: tuple[tuple[float, ...], ...]
    prior: float
    by_chance: tuple[float, ...]


def estimate(
    patterns: Levels, counts: Floats, by_lot: list[Floats], drawn: int, records: int, all_pairs: float
) -> Weights:
    """Weights of each field.

    Parameters
    ----------
    patterns
        A row a pattern, a column a field; -1 where a value is missing.
    counts
        How many compared pairs have it.
    by_lot
        How many pairs drawn by lot have each level, by field.
    drawn
        How many pairs were drawn.
    all_pairs
        How many pairs there are, most of which share no key and are of two people.
    """
    others = [_by_chance(said, np.zeros(len(said))) for said in by_lot]
    by_chance = tuple(float(theirs[-1]) for theirs in others)
    same = [_hoped(len(said)) for said in by_lot]
    share = min(records / all_pairs, 0.1)
    teaches = _is_checked(patterns)
    for _ in range(_ROUNDS):
        chance = _chance(patterns, same, others, share) * counts
        before, share = share, float(min(max(chance.sum(), 1.0) / all_pairs, 0.5))
        met = [_met(patterns[:, place], chance * teaches, len(said)) for place, said in enumerate(by_lot)]
        same = [_counted(some) for some in met]
        others = [_by_chance(said, some * drawn / all_pairs) for said, some in zip(by_lot, met, strict=True)]
        if abs(share - before) < _CLOSE * before:
            break
    bits = [tuple(map(float, np.log2(mine / theirs))) for mine, theirs in zip(same, others, strict=True)]
    return Weights(tuple(map(_rising, bits)), float(np.log2(share / (1 - share))), by_chance)


def _by_chance(said: Floats, same: Floats) -> Floats:
    """How often two people have each level: pairs by lot without those of one person, which most equal phones are."""
    theirs = np.maximum(said - same, 0.0) + 0.5
    share: Floats = theirs / theirs.sum()
    return share


def _is_checked(patterns: Levels) -> Floats:
    """1 where a pattern teaches what one person says: nothing bears a field out that is compared alone."""
    teaches = ((patterns >= 0).sum(axis=1) > 1).astype(np.float64)
    return teaches if teaches.any() else np.ones(len(patterns))


def _hoped(levels: int) -> Floats:
    """Records of one person mostly agree."""
    start = np.full(levels, 0.3 / max(levels - 1, 1))
    start[-1] = 0.7
    return start


def _chance(patterns: Levels, same: list[Floats], others: list[Floats], share: float) -> Floats:
    evidence = np.full(len(patterns), np.log(share / (1 - share)))
    for place, (mine, theirs) in enumerate(zip(same, others, strict=True)):
        said = patterns[:, place]
        evidence += np.where(said >= 0, np.log(mine / theirs)[np.maximum(said, 0)], 0.0)
    chance: Floats = 1 / (1 + np.exp(-np.clip(evidence, -500, 500)))
    return chance


def _met(said: Levels, chance: Floats, levels: int) -> Floats:
    """How many pairs of one person have each level."""
    there = said >= 0
    return np.bincount(said[there], weights=chance[there], minlength=levels).astype(np.float64)


def _counted(met: Floats) -> Floats:
    total = met + (met.sum() + 1e-9) * _WEIGHT_OF_HOPE * _hoped(len(met))
    counted: Floats = total / total.sum()
    return counted


def _rising(bits: tuple[float, ...]) -> tuple[float, ...]:
    """More alike never speaks less for one person than less alike does."""
    return tuple(float(most) for most in np.maximum.accumulate(bits))
