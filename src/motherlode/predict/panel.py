"""Customers on days as a matrix: what models learn from, and what they are asked about."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.predict.outlook import COLUMNS as OUTLOOK
from motherlode.predict.outlook import outlook
from motherlode.predict.special_functions import Numbers
from motherlode.predict.stated_traits import Traits


class Panel(msgspec.Struct, frozen=True):
    """A row a customer and day, a column a feature; what is not known is not a number.

    Attributes
    ----------
    days
        The day of each row, in days since 1970.
    labels
        What came after, by label.
    traits
        The columns that files state of people.
    words
        The columns whose numbers are codes, and what each code stands for.
    """

    customers: pa.Array
    columns: tuple[str, ...]
    values: Numbers
    days: Numbers
    labels: Mapping[str, Numbers]
    traits: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]

    def where(self, rows: Numbers) -> "Panel":
        """These rows only: places, or true and false."""
        places = np.flatnonzero(rows) if rows.dtype == bool else rows
        return Panel(
            self.customers.take(pa.array(places)),
            self.columns,
            self.values[places],
            self.days[places],
            {name: values[places] for name, values in self.labels.items()},
            self.traits,
            self.words,
        )

    def without(self, columns: Iterable[str]) -> "Panel":
        """The other columns."""
        gone = {*columns}
        kept = tuple(name for name in self.columns if name not in gone)
        words = {name: said for name, said in self.words.items() if name not in gone}
        return msgspec.structs.replace(self, columns=kept, values=self.seen(kept), words=words)

    def seen(self, columns: Iterable[str]) -> Numbers:
        """The matrix of these columns."""
        places = [self.columns.index(name) for name in columns]
        return self.values if places == [*range(len(self.columns))] else self.values[:, places]


def panel_of_snapshots(
    snapshots: pa.Table, labels: Iterable[str], days_ahead: int, traits: Traits | None = None
) -> Panel:
    """All snapshots; the outlook of each day is that of the models fitted on that day."""
    order = pc.sort_indices(snapshots, [("snapshot_on", "ascending"), ("customer_id", "ascending")]).to_numpy()
    days = snapshots.column("snapshot_on").cast(pa.int32()).to_numpy().astype(np.int64)[order]
    known = {name: _numbers(snapshots.column(name))[order] for name in labels}
    return _panel(snapshots.drop_columns(["snapshot_on", *known]), order, days, known, days_ahead, traits)


def panel_of_today(features: pa.Table, day: int, days_ahead: int, traits: Traits | None = None) -> Panel:
    """Everybody who ever ordered, as of today."""
    buyers = np.flatnonzero(np.isfinite(_numbers(features.column("tenure_days"))))
    who = features.column("customer_id").take(pa.array(buyers))
    order = buyers[pc.sort_indices(who).to_numpy()]
    return _panel(features, order, np.full(order.size, day), {}, days_ahead, traits)


def _panel(
    rows: pa.Table, order: Numbers, days: Numbers, labels: dict[str, Numbers], days_ahead: int, traits: Traits | None
) -> Panel:
    """Rows in an order; a million customers fit into memory once, so each column is put in its place as it is read."""
    numbers = [field.name for field in rows.schema if _is_number(field.type)]
    customers: Any = rows.column("customer_id").take(pa.array(order)).combine_chunks()
    expected = _outlooks({name: _numbers(rows.column(name))[order] for name in LOOKED_AT}, days, days_ahead)
    # A column of a file that is called like a feature of ours is none of it.
    traits = traits.without((*numbers, *expected)) if traits else None
    stated = traits.words if traits else {}
    columns = (*numbers, *expected, *stated)
    matrix = np.empty((order.size, len(columns)), np.float32)
    for place, name in enumerate(numbers):
        matrix[:, place] = _numbers(rows.column(name))[order]
    known = traits.on(customers, days) if traits else iter(())
    for place, values in enumerate(chain(expected.values(), known), len(numbers)):
        matrix[:, place] = values
    words = {name: said for name, said in stated.items() if said}
    return Panel(customers, columns, matrix, days, labels, tuple(stated), words)


LOOKED_AT = ("active_days", "idle_days", "tenure_days", "spend_all")


def _outlooks(given: Mapping[str, Numbers], days: Numbers, days_ahead: int) -> dict[str, Numbers]:
    """What models of repeat buying, fitted on each day anew, expect of the customers of that day."""
    parts = []
    for day in np.unique(days):
        order_days, idle, tenure, paid = (given[name][days == day] for name in LOOKED_AT)
        parts.append(outlook(order_days, tenure - idle, tenure, paid, days_ahead))
    return {name: np.concatenate([part[name] for part in parts]) for name in OUTLOOK} if parts else {}


def _numbers(column: pa.ChunkedArray) -> Numbers:
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)
    )
