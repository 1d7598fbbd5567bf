"""How much each level of each field speaks for one person: expectation-maximisation over counts of patterns.

Whether two records that are not of one person agree is counted on pairs drawn by lot; whether two records of one person
do is learnt from the pairs that share a key (Winkler, 1988). Only counts of patterns are looked at, so that many pairs
cost no more than few.
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
        How often values of two people are equal, by field: a rare value that is equal says more.
    """

    bits: tuple[tuple[float, ...], ...]
    prior: float
    by_chance: tuple[float, ...]


def estimate(patterns: Levels, counts: Floats, by_lot: list[Floats], records: int, all_pairs: float) -> Weights:
    """Weights of each field.

    Parameters
    ----------
    patterns
        A row a pattern, a column a field; -1 where a value is missing.
    counts
        How many compared pairs have it.
    by_lot
        How many pairs drawn by lot have each level, by field.
    all_pairs
        How many pairs there are, most of which share no key and are of two people.
    """
    others = [(said + 0.5) / (said + 0.5).sum() for said in by_lot]
    same = [_hoped(len(said)) for said in by_lot]
    share = min(records / all_pairs, 0.1)
    for _ in range(_ROUNDS):
        chance = _chance(patterns, same, others, share) * counts
        before, share = share, float(min(max(chance.sum(), 1.0) / all_pairs, 0.5))
        same = [_counted(patterns[:, place], chance, len(said)) for place, said in enumerate(by_lot)]
        if abs(share - before) < _CLOSE * before:
            break
    bits = [tuple(map(float, np.log2(mine / theirs))) for mine, theirs in zip(same, others, strict=True)]
    by_chance = tuple(float(theirs[-1]) for theirs in others)
    return Weights(tuple(map(_rising, bits)), float(np.log2(share / (1 - share))), by_chance)


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


def _counted(said: Levels, chance: Floats, levels: int) -> Floats:
    there = said >= 0
    total = np.bincount(said[there], weights=chance[there], minlength=levels).astype(np.float64)
    total += (total.sum() + 1e-9) * _WEIGHT_OF_HOPE * _hoped(levels)
    counted: Floats = total / total.sum()
    return counted


def _rising(bits: tuple[float, ...]) -> tuple[float, ...]:
    """More alike never speaks less for one person than less alike does."""
    return tuple(float(most) for most in np.maximum.accumulate(bits))
