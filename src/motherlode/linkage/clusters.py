"""Pairs become people: who is connected is one, unless the evidence between them speaks against it."""

from collections.abc import Iterable, Mapping

Pair = tuple[int, int, float]


# Of the pairs between two clusters so many have to be more likely one person than two before the clusters are one.
_SHARE, _EVEN = 1 / 3, 0.0


def connected(size: int, pairs: Iterable[Pair], accept: float) -> list[int]:
    """The least record of each record's cluster: the best pairs first, and no chain of chance.

    Two clusters are joined by a pair with enough evidence, if a third of all pairs between them are likely too.

    Parameters
    ----------
    pairs
        Likely pairs, also those with less evidence than `accept`.
    """
    ordered = sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))
    near: dict[int, set[int]] = {}
    for one, two, bits in ordered:
        if bits >= _EVEN:
            near.setdefault(one, set()).add(two)
            near.setdefault(two, set()).add(one)
    parent = list(range(size))
    members: dict[int, list[int]] = {}
    for one, two, bits in ordered:
        a, b = find(parent, one), find(parent, two)
        if bits < accept or a == b:
            continue
        mine, theirs = members.get(a, [a]), members.get(b, [b])
        if _likely(mine, theirs, near) >= _SHARE * len(mine) * len(theirs):
            parent[max(a, b)] = min(a, b)
            members[min(a, b)] = [*mine, *theirs]
    return [find(parent, record) for record in range(size)]


def _likely(mine: list[int], theirs: list[int], near: Mapping[int, set[int]]) -> int:
    """How many pairs between two clusters are likely."""
    few, many = sorted((mine, theirs), key=len)
    others = set(many)
    return sum(len(near.get(record, set()) & others) for record in few)


def find(parent: list[int], record: int) -> int:
    """The root of a record, with the way to it shortened."""
    while parent[record] != record:
        parent[record] = parent[parent[record]]
        record = parent[record]
    return record


def one_to_one(pairs: Iterable[Pair], accept: float) -> list[Pair]:
    """The best pair first, each record once: for two files in which nobody stands twice."""
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    chosen = []
    for one, two, bits in sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1])):
        if bits >= accept and one not in taken_left and two not in taken_right:
            taken_left.add(one)
            taken_right.add(two)
            chosen.append((one, two, bits))
    return chosen
