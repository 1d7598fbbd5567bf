"""Which ways customers take."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.measure.moments import Moments, first_of_each, meant, moments_of, numbers_of, table_of, visits
from motherlode.tables import table

COLUMNS = {"step": "int64", "doing": "string", "then": "string", "ways": "int64", "customers": "int64"}
# What is too rare to have a name of its own, and that nothing came any more (or before).
OTHER, NOTHING = ":other", ":nothing"


class Paths(msgspec.Struct, frozen=True):
    """Which ways are asked about.

    Attributes
    ----------
    anchor
        Where the ways begin, or end; "" for the beginning, or the end, of the visit.
    backwards
        Ways that lead to the anchor, and not those that lead away from it.
    steps
        How many doings of a way are looked at.
    gap_minutes
        A visit ends with so many minutes of silence; 0 where the whole life of a customer is one way.
    most_names
        So many different doings a step have a name of their own.
    """

    anchor: str = ""
    backwards: bool = False
    steps: int = 4
    gap_minutes: int = 0
    most_names: int = 6


class Ways(msgspec.Struct, frozen=True):
    """What was done on each way.

    Attributes
    ----------
    owner
        The customer of each way.
    doing
        For each way a row of the numbers of what was done, in the order of time; -1 for nothing, -2 for something rare.
    """

    owner: np.ndarray
    doing: np.ndarray


@table(key=("step", "doing", "then"), subject=None, columns=COLUMNS, purpose="analytics")
def paths(
    histories: pa.Table,
    doings: pa.Table,
    *,
    anchor: str = "",
    backwards: bool = False,
    steps: int = 4,
    gap_minutes: int = 0,
    most_names: int = 6,
) -> pa.Table:
    """How many ways lead from what was done in one step to what was done next, and of how many customers.

    The same thing done again and again is one step. `:other` is what is rare in its step, `:nothing` that the way ended
    (or, of ways that lead to something, had not begun).

    Parameters
    ----------
    anchor
        Where ways begin; "" for the beginning of a visit.
    backwards
        The anchor is where ways end.
    steps
        How many steps are looked at.
    gap_minutes
        A visit ends with so many minutes of silence; 0 where the whole life of a customer is one way.
    most_names
        So many different doings a step have a name of their own.
    """
    asked, numbers = Paths(anchor, backwards, steps, gap_minutes, most_names), numbers_of(doings)
    ways = ways_of(moments_of(histories, numbers), numbers, asked)
    return table_of(COLUMNS, flows(ways, numbers))


def ways_of(moments: Moments, numbers: Mapping[str, int], asked: Paths) -> Ways:
    """Every way, cut to its steps."""
    visit, doing, owner = visits(moments, asked.gap_minutes), moments.doing, moments.owner
    fresh = first_of_each(visit)
    if len(fresh):
        fresh[1:] |= doing[1:] != doing[:-1]
    visit, doing, owner = visit[fresh], doing[fresh], owner[fresh]
    if asked.backwards:
        # The way to something is the way from it, read from the end.
        visit, doing, owner = visit.max(initial=0) - visit[::-1], doing[::-1], owner[::-1]
    begins = np.flatnonzero(meant(asked.anchor, numbers)[doing] if asked.anchor else np.ones(len(doing), dtype=bool))
    begins = begins[first_of_each(visit[begins])]
    columns = [_without_rare(_taken(visit, doing, begins, step), asked.most_names) for step in range(asked.steps)]
    return Ways(owner[begins], np.column_stack(columns[::-1] if asked.backwards else columns))


def _taken(visit: np.ndarray, doing: np.ndarray, begins: np.ndarray, step: int) -> np.ndarray:
    """What was done so many steps after each beginning; -1 where the visit was over."""
    there = np.minimum(begins + step, max(len(doing) - 1, 0))
    same = (visit[there] == visit[begins]) & (there == begins + step)
    return np.where(same, doing[there], -1)


def flows(ways: Ways, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """A row for each step and what it leads to, the broadest first; ways that are over lead nowhere."""
    names = {-1: NOTHING, -2: OTHER, **{number: name for name, number in numbers.items()}}
    kinds, people = max(names) + 3, int(ways.owner.max(initial=0)) + 1
    rows = []
    for step in range(ways.doing.shape[1] - 1):
        # Both doings in one number.
        pairs = (ways.doing[:, step] + 2) * kinds + ways.doing[:, step + 1] + 2
        times = np.bincount(pairs, minlength=kinds * kinds)
        both = np.sort(pairs * people + ways.owner)
        each = np.bincount(both[first_of_each(both)] // people, minlength=kinds * kinds)
        for pair in np.argsort(-times, kind="stable")[: np.count_nonzero(times)]:
            doing, then = (names[int(number) - 2] for number in divmod(pair, kinds))
            # Nothing after nothing is no way.
            if (doing, then) != (NOTHING, NOTHING):
                counts = {"ways": int(times[pair]), "customers": int(each[pair])}
                rows.append({"step": step + 1, "doing": doing, "then": then, **counts})
    return rows


def _without_rare(column: np.ndarray, most: int) -> np.ndarray:
    """What was done in one step, with the same word for all that is rare there."""
    counts = np.bincount(column + 1, minlength=2)[1:]
    # Numbers from -1 on.
    word = np.full(len(counts) + 1, -2)
    common = np.argsort(-counts, kind="stable")[:most]
    word[common + 1], word[0] = common, -1
    named: np.ndarray = word[column + 1]
    return named
