"""Pairs become people: who is connected is one, unless the evidence between them speaks against it."""

from collections.abc import Iterable

Pair = tuple[int, int, float]


def connected(size: int, pairs: Iterable[Pair], accept: float) -> list[int]:
    """The least record of each record's cluster: pairs with enough evidence connect."""
    parent = list(range(size))
    for one, two, bits in pairs:
        if bits >= accept:
            a, b = find(parent, one), find(parent, two)
            parent[max(a, b)] = min(a, b)
    return [find(parent, record) for record in range(size)]


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
