"""Histories as arrays: all moments of all customers in one row, customer after customer, each in order of time."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.measure.doings import MOST_DOINGS
from motherlode.measure.histories import DOING_BITS, SECONDS_A_DAY, SHIFT_BITS

ORDER, ANYTHING = ":order", ":anything"
# Orders by their place in a customer's life: a shop without a single event has these.
ORDERS = (":first_order", ":second_order", ":third_order", ":later_order")
NUMBERS_OF_ORDERS = {name: MOST_DOINGS + place for place, name in enumerate(ORDERS)}


class Moments(msgspec.Struct, frozen=True):
    """What was done by whom and when.

    Attributes
    ----------
    owner
        The place of the customer in the histories; never falls.
    at
        Seconds since 1970, UTC; never falls within a customer.
    doing
        The number of what was done.
    ahead
        How many days the calendar of the place is ahead of that of UTC, and 1.
    customers
        How many histories there are.
    """

    owner: np.ndarray
    at: np.ndarray
    doing: np.ndarray
    ahead: np.ndarray
    customers: int

    def day(self, rows: np.ndarray) -> np.ndarray:
        """Days since 1970, on the calendar of the place, of some moments."""
        days: np.ndarray = self.at[rows] // SECONDS_A_DAY + self.ahead[rows] - 1
        return days


def moments_of(histories: pa.Table, numbers: Mapping[str, int]) -> Moments:
    """The histories unpacked, orders by their place in the life of the customer.

    Parameters
    ----------
    numbers
        The number of each doing; see `numbers_of`.
    """
    column = histories.column("moments")
    lists = (
        column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], column.type)])
    )
    # `flatten` leaves out what a slice leaves out.
    packed, lengths = lists.flatten().to_numpy(), np.diff(lists.offsets.to_numpy())
    low = packed.astype(np.int16) & (1 << DOING_BITS + SHIFT_BITS) - 1
    doing, ahead = low & (1 << DOING_BITS) - 1, (low >> DOING_BITS).astype(np.int8)
    owner = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    orders = np.flatnonzero(doing == numbers.get(ORDER, -1))
    doing[orders] = MOST_DOINGS + np.minimum(_place_in_life(owner[orders]), len(ORDERS) - 1)
    return Moments(owner, packed >> DOING_BITS + SHIFT_BITS, doing, ahead, len(lengths))


def numbers_of(doings: pa.Table) -> dict[str, int]:
    """The number of each doing, those of orders by their place included."""
    told = zip(doings.column("doing").to_pylist(), doings.column("number").to_pylist(), strict=True)
    return {**dict(told), **NUMBERS_OF_ORDERS}


def meant(name: str, numbers: Mapping[str, int]) -> np.ndarray:
    """Whether each number of a doing is meant by a name; nothing is, where nobody did it."""
    said = np.full(1 << DOING_BITS, name == ANYTHING)
    said[[numbers[one] for one in (ORDERS if name == ORDER else (name,)) if one in numbers]] = True
    return said


def _place_in_life(owner: np.ndarray) -> np.ndarray:
    """Of rows sorted by owner, how many of the same owner come before each."""
    places = np.arange(len(owner))
    return places - np.maximum.accumulate(np.where(first_of_each(owner), places, 0)) if len(owner) else places


def first_of_each(owner: np.ndarray) -> np.ndarray:
    """Whether a row is the first of its owner, in rows that are sorted by owner."""
    return np.concatenate([[True], owner[1:] != owner[:-1]]) if len(owner) else np.zeros(0, dtype=bool)


def visits(moments: Moments, gap_minutes: int) -> np.ndarray:
    """The number of the visit of each moment: a new one after so many minutes of silence; 0 for one a customer."""
    new = first_of_each(moments.owner)
    if gap_minutes and len(new):
        new[1:] |= np.diff(moments.at) > gap_minutes * 60
    return np.cumsum(new) - 1


def table_of(columns: Mapping[str, str], rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Rows as a table of promised columns."""
    kinds = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64()}
    return pa.Table.from_pylist(list(rows), pa.schema([(name, kinds[kind]) for name, kind in columns.items()]))
