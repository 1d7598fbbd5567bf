"""How much each level of each field speaks for one person: expectation-maximisation over counts of patterns.

Whether two records that are not of one person agree is counted on pairs drawn by lot, without those that are found to
be of one; whether two records of one person do is learnt from the pairs that share a key (Winkler, 1988), where two
fields bear each other out. Only counts of patterns are looked at, so that many pairs cost no more than few.

Two people of one household agree in all that a household shares, which no field alone foretells. They are a third kind
of pair beside one person and two strangers (mixtures of more than two kinds: Larsen and Rubin, 2001, Journal of the
American Statistical Association 96): alike as one person is in what is shared, and as strangers are in what is a
person's own.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]

# With few fields the pairs that agree in everything would otherwise teach that nothing else is one person.
_WEIGHT_OF_HOPE = 0.2
_ROUNDS, _CLOSE = 200, 1e-5
# Pairs of one household for each of one person, before anything is counted.
_HOUSEHOLDS = 0.1
# So much more likely (logarithm) must all that was counted become by one more field that is a person's own.
_ENOUGH = 20.0


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
    own
        Whether a field is a person's own, and not what a household shares.
    alone
        Bits for one person rather than two of one household, before anything is compared.
    """

    bits: tuple[tuple[float, ...], ...]
    prior: float
    by_chance: tuple[float, ...]
    own: tuple[bool, ...] = ()
    alone: float = 0.0


class Counted(msgspec.Struct, frozen=True):
    """What is counted of pairs.

    Attributes
    ----------
    patterns
        A row a pattern, a column a field; -1 where a value is missing.
    counts
        How many compared pairs have it.
    by_lot
        How many pairs drawn by lot have each level, by field.
    drawn
        How many pairs were drawn.
    records
        How many records there are.
    all_pairs
        How many pairs there are, most of which share no key and are of two people.
    """

    patterns: Levels
    counts: Floats
    by_lot: list[Floats]
    drawn: int
    records: int
    all_pairs: float


class _Fit(msgspec.Struct, frozen=True):
    """How often pairs of one person, and of strangers, have each level of each field; shares of all pairs."""

    same: list[Floats]
    others: list[Floats]
    share: float
    homes: float
    likelihood: float


def estimate(counted: Counted, names: Sequence[int] = (), dates: Sequence[int] = ()) -> Weights:
    """Weights of each field.

    Parameters
    ----------
    names, dates
        Places of names and of dates. Two of one household differ in a name and a birthday at least; which, and in what
        else, is found: what makes that which was counted surely more likely. Without any there are no households.
    """
    own: frozenset[int] = frozenset()
    found = _fitted(counted, own)
    more = [frozenset((name, date)) for name in names for date in dates]
    while more:
        best, own_now = max(((_fitted(counted, each), each) for each in more), key=lambda each: each[0].likelihood)
        if best.likelihood < found.likelihood + _ENOUGH:
            break
        found, own = best, own_now
        more = [own | {place} for place in range(len(counted.by_lot)) if place not in own]
    bits = [tuple(map(float, np.log2(mine / theirs))) for mine, theirs in zip(found.same, found.others, strict=True)]
    return Weights(
        bits=tuple(map(_rising, bits)),
        prior=float(np.log2(found.share / (1 - found.share))),
        by_chance=tuple(float(_by_chance(said, np.zeros(len(said)))[-1]) for said in counted.by_lot),
        own=tuple(place in own for place in range(len(bits))) if own else (),
        alone=float(np.log2(found.share / found.homes)) if own else 0.0,
    )


def _fitted(counted: Counted, own: frozenset[int]) -> _Fit:
    """Shares and levels, given which fields are a person's own: without any there are no households."""
    others = [_by_chance(said, np.zeros(len(said))) for said in counted.by_lot]
    same = [_hoped(len(said)) for said in counted.by_lot]
    share = min(counted.records / counted.all_pairs, 0.1)
    homes = share * _HOUSEHOLDS if own else 0.0
    teaches, likelihood = _is_checked(counted.patterns), -np.inf
    for _ in range(_ROUNDS):
        one, home, likely = _chances(counted.patterns, same, others, own, share, homes)
        chance = one * counted.counts
        likelihood = float(likely @ counted.counts)
        before, share = share, min(max(float(chance.sum()), 1.0) / counted.all_pairs, 0.5)
        homes = max(float(home @ counted.counts), 1e-3) / counted.all_pairs if own else 0.0
        met = [
            _met(counted.patterns[:, place], chance * teaches, len(said)) for place, said in enumerate(counted.by_lot)
        ]
        same = [_counted(some) for some in met]
        theirs = [some * counted.drawn / counted.all_pairs for some in met]
        others = [_by_chance(said, some) for said, some in zip(counted.by_lot, theirs, strict=True)]
        if abs(share - before) < _CLOSE * before:
            break
    return _Fit(same, others, share, homes, likelihood)


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


def _chances(
    patterns: Levels, same: list[Floats], others: list[Floats], own: frozenset[int], share: float, homes: float
) -> tuple[Floats, Floats, Floats]:
    """How likely each pattern is one person, and two of one household; and the logarithm of how likely it is at all."""
    one = np.full(len(patterns), np.log(share / (1 - share)))
    home = np.full(len(patterns), np.log(homes / (1 - share)) if homes else -np.inf)
    strangers = np.zeros(len(patterns))
    for place, (mine, theirs) in enumerate(zip(same, others, strict=True)):
        said = patterns[:, place]
        evidence = np.where(said >= 0, np.log(mine / theirs)[np.maximum(said, 0)], 0.0)
        strangers += np.where(said >= 0, np.log(theirs)[np.maximum(said, 0)], 0.0)
        one += evidence
        if place not in own:
            home += evidence
    whole = np.logaddexp(np.logaddexp(one, home), 0.0)
    return np.exp(one - whole), np.exp(home - whole), strangers + whole


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
