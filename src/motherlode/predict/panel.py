"""Customers on days as a matrix: what models learn from, and what they are asked about."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
    rows = snapshots.sort_by([("snapshot_on", "ascending"), ("customer_id", "ascending")])
    days = rows.column("snapshot_on").cast(pa.int32()).to_numpy().astype(np.int64)
    known = {name: _numbers(rows.column(name)) for name in labels}
    bare = rows.drop_columns(["snapshot_on", *known])
    return _panel(bare, days, known, days_ahead, traits)


def panel_of_today(features: pa.Table, day: int, days_ahead: int, traits: Traits | None = None) -> Panel:
    """Everybody who ever ordered, as of today."""
    buyers = features.filter(pc.is_valid(features.column("tenure_days"))).sort_by("customer_id")
    return _panel(buyers, np.full(buyers.num_rows, day), {}, days_ahead, traits)


def _panel(rows: pa.Table, days: Numbers, labels: dict[str, Numbers], days_ahead: int, traits: Traits | None) -> Panel:
    columns = {field.name: _numbers(rows.column(field.name)) for field in rows.schema if _is_number(field.type)}
    expected = [_outlook(columns, days == day, days_ahead) for day in np.unique(days)]
    if expected:
        columns |= {name: np.concatenate([part[name] for part in expected]) for name in expected[0]}
    customers: Any = rows.column("customer_id").combine_chunks()
    stated = [fact for fact in traits.on(customers, days) if fact.name not in columns] if traits else []
    columns |= {fact.name: fact.values for fact in stated}
    values = [column.astype(np.float32) for column in columns.values()]
    matrix = np.column_stack(values) if rows.num_rows else np.empty((0, len(columns)), np.float32)
    names = tuple(fact.name for fact in stated)
    words = {fact.name: fact.words for fact in stated if fact.words}
    return Panel(customers, tuple(columns), matrix, days, labels, names, words)


def _outlook(columns: Mapping[str, Numbers], here: Numbers, days_ahead: int) -> dict[str, Numbers]:
    order_days, idle, tenure, paid = (
        columns[name][here] for name in ("active_days", "idle_days", "tenure_days", "spend_all")
    )
    return outlook(order_days, tenure - idle, tenure, paid, days_ahead)


def _numbers(column: pa.ChunkedArray) -> Numbers:
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)
    )
