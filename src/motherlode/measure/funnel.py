"""How many come from one step to the next."""

from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.measure.histories import SECONDS_A_DAY
from motherlode.measure.moments import Moments, first_of_each, meant, moments_of, numbers_of, table_of, visits
from motherlode.tables import table

EPOCH = date(1970, 1, 1)
COLUMNS = {
    "step": "int64",
    "doing": "string",
    "reached": "int64",
    "of_first": "float64",
    "of_before": "float64",
    "lost": "int64",
    "waiting": "int64",
    "hours_from_before": "float64",
    "hours_from_first": "float64",
}


class Funnel(msgspec.Struct, frozen=True):
    """Which way is asked about.

    Attributes
    ----------
    steps
        What has to be done, in this order; between two steps anything else may be done.
    within_hours
        How long the whole way may take.
    last_days
        Only ways that began in the last so many days; 0 for all.
    gap_minutes
        The whole way within one visit, which ends with so many minutes of silence; 0 for any number of visits.
    """

    steps: tuple[str, ...]
    within_hours: float
    last_days: int = 0
    gap_minutes: int = 0


class Climb(msgspec.Struct, frozen=True):
    """How far each customer (or visit) came.

    Attributes
    ----------
    depth
        Steps that were reached, 0 for none.
    began_at
        When the latest way began that came so far, in seconds since 1970.
    from_before, from_first
        For each step, seconds from the step before and from the first of all who reached it, on their first way there.
    owner
        The customer of each.
    """

    depth: np.ndarray
    began_at: np.ndarray
    from_before: tuple[np.ndarray, ...]
    from_first: tuple[np.ndarray, ...]
    owner: np.ndarray


@table(key="step", subject=None, columns=COLUMNS, purpose="analytics")
def funnel(
    histories: pa.Table,
    doings: pa.Table,
    *,
    as_of: date,
    steps: tuple[str, ...] = (":first_order", ":second_order", ":third_order"),
    within_hours: float = 365 * 24,
    last_days: int = 0,
    gap_minutes: int = 0,
) -> pa.Table:
    """How many customers took the steps in this order within a time, what share that is of the first step and of the
    one before, how many were lost between, how many of these may still come, and the median time on the way.

    Whoever tried several times counts once, with the try that came furthest.

    Parameters
    ----------
    steps
        Events by name, or `:registered`, `:order`, `:first_order`, `:second_order`, `:third_order`, `:later_order`,
        `:return`.
    within_hours
        How long the whole way may take.
    last_days
        Only ways that began in the last so many days; 0 for all.
    gap_minutes
        The whole way within one visit, which ends with so many minutes of silence: then visits are counted; 0 for no
        such limit.
    """
    asked, numbers = Funnel(tuple(steps), within_hours, last_days, gap_minutes), numbers_of(doings)
    climb = climbed(moments_of(histories, numbers), numbers, asked, as_of)
    return table_of(COLUMNS, counted(climb, asked, as_of))


def counted(climb: Climb, asked: Funnel, as_of: date, only: "np.ndarray | None" = None) -> list[dict[str, Any]]:
    """A row a step; `only` keeps some customers, whose times are then not told."""
    depth = climb.depth if only is None else climb.depth[only[climb.owner]]
    began_at = climb.began_at if only is None else climb.began_at[only[climb.owner]]
    reached = [int((depth >= step).sum()) for step in range(1, len(asked.steps) + 1)]
    still = end_of(as_of) - began_at <= asked.within_hours * 3600
    rows: list[dict[str, Any]] = []
    for place, name in enumerate(asked.steps):
        before = reached[place - 1] if place else reached[0]
        stopped = depth == place
        rows.append(
            {
                "step": place + 1,
                "doing": name,
                "reached": reached[place],
                "of_first": reached[place] / reached[0] if reached[0] else None,
                "of_before": reached[place] / before if before else None,
                "lost": before - reached[place],
                "waiting": int((stopped & still).sum()) if place else 0,
                "hours_from_before": _hours(climb.from_before[place]) if place and only is None else None,
                "hours_from_first": _hours(climb.from_first[place]) if place and only is None else None,
            }
        )
    return rows


def climbed(moments: Moments, numbers: dict[str, int], asked: Funnel, as_of: date) -> Climb:
    """How far each came: exact for any number of tries, in time that grows with the number of moments.

    The latest beginning from which a step can be reached at a moment is that of the latest moment of the step before,
    as beginnings never fall with time: so one running maximum a step is enough.
    """
    group = visits(moments, asked.gap_minutes) if asked.gap_minutes else moments.owner
    whose = moments.owner[first_of_each(group)] if asked.gap_minutes else np.arange(moments.customers)
    sets = [meant(name, numbers) for name in asked.steps]
    used = np.flatnonzero(np.logical_or.reduce(sets)[moments.doing])
    owner, at, doing = group[used], moments.at[used], moments.doing[used]
    first, last = _ties(owner, at)
    depth, began = np.zeros(len(whose), dtype=np.int8), np.zeros(len(whose), dtype=np.int64)
    from_before, from_first = [], []
    rows = np.flatnonzero(sets[0][doing])
    if asked.last_days:
        rows = rows[at[rows] >= end_of(as_of) - asked.last_days * SECONDS_A_DAY]
    before, begun = rows, at[rows]
    for place in range(len(sets)):
        if place:
            # A doing that was asked for before must be done once more, so at a later time.
            again = any((sets[place] & earlier).any() for earlier in sets[:place])
            here = np.flatnonzero(sets[place][doing])
            at_last, here = _latest(rows, here, first[here] - 1 if again else last[here], len(at))
            near = (owner[rows[at_last]] == owner[here]) & (at[here] - begun[at_last] <= asked.within_hours * 3600)
            before, begun, rows = rows[at_last[near]], begun[at_last[near]], here[near]
        whole = owner[rows]
        new = first_of_each(whole)
        depth[whole] = place + 1
        # The last of each owner stays.
        began[whole] = begun
        from_before.append((at[rows] - at[before])[new])
        from_first.append((at[rows] - begun)[new])
    return Climb(depth, began, tuple(from_before), tuple(from_first), whose)


def end_of(as_of: date) -> int:
    """The end of a day in seconds since 1970."""
    return ((as_of - EPOCH).days + 1) * SECONDS_A_DAY


def _latest(reached: np.ndarray, rows: np.ndarray, until: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """For each row, which of those that were reached is the last one up to a place; rows without any are left out."""
    counts = np.zeros(length + 1, dtype=np.int32)
    counts[reached + 1] = 1
    np.cumsum(counts, out=counts)
    latest = counts[until + 1] - 1
    return latest[latest >= 0], rows[latest >= 0]


def _ties(owner: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last row of what somebody did in the same second."""
    if not len(at):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], (owner[1:] != owner[:-1]) | (at[1:] != at[:-1])]))
    lengths = np.diff(np.append(starts, len(at)))
    return np.repeat(starts, lengths), np.repeat(starts + lengths - 1, lengths)


def _hours(seconds: np.ndarray) -> float | None:
    return float(np.median(seconds)) / 3600 if len(seconds) else None
