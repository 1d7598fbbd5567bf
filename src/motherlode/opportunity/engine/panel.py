"""Input tables as arrays of customers and periods."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]

WEEK, MONTH = 7, 30
# From here on a gap between purchases is nearer to a month than to a week, as their ratios go.
MONTHLY_GAP_DAYS = math.sqrt(WEEK * MONTH)
MOST_DAYS = 3 * 52 * WEEK
# Kinds of events beyond the commonest few are counted together only.
MOST_KINDS = 8
UNKNOWN = -1


class Panel(msgspec.Struct, frozen=True):
    """What is on record of every customer, by period of `days` days, oldest first; the last ends with `as_of`.

    Attributes
    ----------
    spend, done
        Money paid, and events of all kinds: customers first, periods second.
    kinds
        Events of each of the commonest kinds: kinds first.
    told
        For each kind of event that carries a figure: customer, period and the figure; opinions are one more kind.
    bought
        Customer, period and category of each order that names one.
    born
        The period in which each customer became known; below 0 where that was before the records begin.
    industry, level
        Codes, `UNKNOWN` where not on record.
    employees
        NaN where not on record.
    """

    days: int
    spend: Floats
    done: Floats
    kinds: Floats
    told: tuple[tuple[Ints, Ints, Floats], ...]
    bought: tuple[Ints, Ints, Ints]
    born: Ints
    industry: Ints
    level: Ints
    employees: Floats

    @property
    def customers(self) -> int:
        return int(self.spend.shape[0])

    @property
    def today(self) -> int:
        """The period after the last: what is known before it is all that is known."""
        return int(self.spend.shape[1])

    def weeks(self, weeks: int) -> int:
        """So many weeks in periods, at least one."""
        return max(round(weeks * WEEK / self.days), 1)


def panel(tables: Mapping[str, pa.Table], customer_ids: Sequence[str], as_of: date) -> Panel:
    """The records up to `as_of` of the customers `customer_ids`, in their order.

    Parameters
    ----------
    tables
        Canonical input tables (`motherlode.schemas`) by name; a table or a column that is not there counts as empty.
        A row of events may stand for several, `times`.
    """
    ids = pa.array(list(map(str, customer_ids)))
    orders = _rows(tables, "orders", ids, "ordered_at", as_of)
    events = _rows(tables, "events", ids, "occurred_at", as_of)
    days = _days_of_a_period(orders)
    touches = _rows(tables, "touches", ids, "touched_at", as_of)
    # Who is contacted, or held out, was known before.
    touches = msgspec.structs.replace(touches, days_ago=touches.days_ago + days)
    oldest = max((each.days_ago.max() for each in (orders, events) if len(each.who)), default=0)
    count = min(int(oldest) // days + 1, MOST_DAYS // days)
    shape = (len(ids), max(count, 2))
    customers = _Attributes(tables.get("customers"), ids, as_of)
    kinds, names = _kinds(events, days, shape)
    return Panel(
        days=days,
        spend=_sums(orders, days, shape, np.maximum(orders.number("amount", 0.0), 0.0)),
        done=_sums(events, days, shape, events.number("times", 1.0)),
        kinds=kinds,
        told=(*_told(events, names, days, shape), *_opinions(tables, ids, as_of, days, shape)),
        bought=_bought(orders, days, shape),
        born=_born(customers, (orders, events, touches), days, shape),
        industry=customers.code("industry"),
        level=customers.code("level"),
        employees=customers.number("employees"),
    )


class Rows(msgspec.Struct, frozen=True):
    """Rows of a table about known customers: `who` is the customer's place, `days_ago` counts back from `as_of`."""

    table: pa.Table
    who: Ints
    days_ago: Ints

    def number(self, name: str, missing: float = np.nan) -> Floats:
        if name not in self.table.column_names:
            return np.full(len(self.who), missing)
        column = self.table[name].cast(pa.float64()).fill_null(missing)
        return np.asarray(column.combine_chunks().to_numpy(zero_copy_only=False))

    def text(self, name: str) -> pa.Array:
        """Empty where there is none."""
        if name not in self.table.column_names:
            return pa.array([""] * len(self.who), pa.string())
        return self.table[name].cast(pa.string()).fill_null("").combine_chunks()

    def periods(self, days: int, count: int) -> Ints:
        """The period of each row; below 0 where it is older than the first."""
        places: Ints = count - 1 - self.days_ago // days
        return places


def _rows(tables: Mapping[str, pa.Table], name: str, ids: pa.Array, moment: str, as_of: date) -> Rows:
    table = tables.get(name)
    if table is None or moment not in table.column_names or not table.num_rows:
        none = np.zeros(0, dtype=np.int64)
        return Rows(pa.table({"customer_id": pa.array([], pa.string())}), none, none)
    who = pc.index_in(table["customer_id"].cast(pa.string()), ids).fill_null(UNKNOWN).to_numpy()
    ago = days_ago(table[moment], as_of)
    known = (who >= 0) & (ago >= 0)
    return Rows(table.filter(pa.array(known)), who[known].astype(np.int64), ago[known])


def days_ago(moments: pa.ChunkedArray, as_of: date) -> Ints:
    """Whole days before `as_of`; below 0 where there is no moment or it lies after."""
    days = moments.cast(pa.timestamp("us")).cast(pa.date32()).cast(pa.int32())
    today = (as_of - date(1970, 1, 1)).days
    return np.asarray(today - days.cast(pa.int64()).fill_null(today + 1).to_numpy())


class _Attributes:
    """Columns of the customer file in the order of `ids`."""

    def __init__(self, table: pa.Table | None, ids: pa.Array, as_of: date) -> None:
        self.table = pa.table({"customer_id": ids}) if table is None else table
        self.place = pc.index_in(ids, self.table["customer_id"].cast(pa.string()).combine_chunks())
        self.as_of = as_of

    def column(self, name: str) -> pa.ChunkedArray | None:
        return self.table[name].take(self.place) if name in self.table.column_names else None

    def code(self, name: str) -> Ints:
        column = self.column(name)
        if column is None:
            return np.full(len(self.place), UNKNOWN)
        words = pc.unique(column.drop_null()).sort()
        return np.asarray(pc.index_in(column, words).cast(pa.int64()).fill_null(UNKNOWN).to_numpy())

    def number(self, name: str) -> Floats:
        column = self.column(name)
        if column is None:
            return np.full(len(self.place), np.nan)
        return np.asarray(column.cast(pa.float64()).fill_null(np.nan).to_numpy())

    def age_days(self) -> Ints:
        """Days since registration, below 0 where it is not on record."""
        column = self.column("registered_at")
        return np.full(len(self.place), UNKNOWN) if column is None else days_ago(column, self.as_of)


def _days_of_a_period(orders: Rows) -> int:
    """A week or a month, whichever is nearer to the gap between purchases of the customer in the middle.

    Stages are told by how often a customer pays in a period: in periods much shorter than the rhythm of most, steady
    buyers pass for declining ones. Each customer has one voice, as those who buy often have most of the gaps.
    """
    order = np.lexsort((-orders.days_ago, orders.who))
    who, ago = orders.who[order], orders.days_ago[order]
    gaps = ago[:-1] - ago[1:]
    counts = (who[1:] == who[:-1]) & (gaps > 0)
    times = np.bincount(who[1:][counts])
    mean = np.bincount(who[1:][counts], gaps[counts])[times > 0] / times[times > 0]
    return MONTH if mean.size and np.median(mean) > MONTHLY_GAP_DAYS else WEEK


def _sums(rows: Rows, days: int, shape: tuple[int, int], weights: Floats) -> Floats:
    period = rows.periods(days, shape[1])
    seen = period >= 0
    flat = rows.who[seen] * shape[1] + period[seen]
    sums: Floats = np.bincount(flat, weights[seen].astype(float), shape[0] * shape[1]).reshape(shape).astype(float)
    return sums


def _kinds(events: Rows, days: int, shape: tuple[int, int]) -> tuple[Floats, list[str]]:
    text = events.text("event")
    common = sorted(pc.value_counts(text).to_pylist(), key=lambda each: (-each["counts"], each["values"]))
    names = [each["values"] for each in common[:MOST_KINDS]]
    times = events.number("times", 1.0)
    counts = [_sums(events, days, shape, pc.equal(text, name).to_numpy(zero_copy_only=False) * times) for name in names]
    return np.array(counts, dtype=np.float32).reshape(len(names), *shape), names


def _told(events: Rows, names: list[str], days: int, shape: tuple[int, int]) -> list[tuple[Ints, Ints, Floats]]:
    value, text, period = events.number("value"), events.text("event"), events.periods(days, shape[1])
    told = []
    for name in names:
        here = pc.equal(text, name).to_numpy(zero_copy_only=False) & ~np.isnan(value) & (period >= 0)
        if here.any():
            told.append((events.who[here], period[here], value[here]))
    return told


def _opinions(
    tables: Mapping[str, pa.Table], ids: pa.Array, as_of: date, days: int, shape: tuple[int, int]
) -> list[tuple[Ints, Ints, Floats]]:
    rows = _rows(tables, "feedback", ids, "given_at", as_of)
    period = rows.periods(days, shape[1])
    told = []
    for name in ("nps", "rating"):
        value = rows.number(name)
        here = ~np.isnan(value) & (period >= 0)
        if here.any():
            told.append((rows.who[here], period[here], value[here]))
    return told


def _bought(orders: Rows, days: int, shape: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
    text, period = orders.text("category"), orders.periods(days, shape[1])
    code = pc.index_in(text, pc.unique(text)).cast(pa.int64()).to_numpy()
    here = (period >= 0) & pc.not_equal(text, "").to_numpy(zero_copy_only=False)
    return orders.who[here], period[here], code[here]


def _born(customers: _Attributes, records: Sequence[Rows], days: int, shape: tuple[int, int]) -> Ints:
    """By registration; otherwise by the first thing on record, and at last by the beginning of records."""
    age = customers.age_days()
    first = np.full(shape[0], shape[1] * days - 1)
    seen = np.full(shape[0], UNKNOWN)
    for rows in records:
        np.maximum.at(seen, rows.who, rows.days_ago)
    oldest = np.where(seen >= 0, seen, first)
    born: Ints = shape[1] - 1 - np.where(age >= 0, np.maximum(age, seen), oldest) // days
    return born
