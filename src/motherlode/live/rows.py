"""Records of the log as rows of the warehouse: pure, so that the log can be read again and gives the same rows."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
import pyarrow as pa

from motherlode.collect.calls import Call, read_call
from motherlode.collect.canonical import Cells, consent_cells, event_cells, order_cells, trait_cells
from motherlode.live.records import Record
from motherlode.loading.hiding import hide_within

# What reading an event that the door let in may raise, where it is not what it seemed.
UNREADABLE = (
    msgspec.MsgspecError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
MINUTE = 60_000_000

_TEXT, _MOMENT, _MONEY = pa.string(), pa.timestamp("us"), pa.decimal128(18, 4)
_ADDRESS = {"source": _TEXT, "file": _TEXT, "row": pa.int64(), "loaded_at": _MOMENT, "customer_id": _TEXT}
SHAPES: Mapping[str, pa.Schema] = {
    "events": pa.schema(
        {
            **_ADDRESS,
            **dict.fromkeys(("event_id", "anonymous_id", "previous_id", "event"), _TEXT),
            "occurred_at": _MOMENT,
            **dict.fromkeys(("session_id", "page_url", "product_id", "device", "campaign"), _TEXT),
            "value": _MONEY,
            "extra": _TEXT,
        }
    ),
    "orders": pa.schema(
        {
            **_ADDRESS,
            "order_id": _TEXT,
            "ordered_at": _MOMENT,
            **dict.fromkeys(("currency", "coupon", "channel", "product_id", "product_name", "category"), _TEXT),
            "quantity": pa.float64(),
            "unit_price": _MONEY,
            "amount": _MONEY,
        }
    ),
    "consents": pa.schema({**_ADDRESS, "purpose": _TEXT, "granted": pa.bool_(), "changed_at": _MOMENT}),
}
# What senders call things; somebody's phone or e-mail may stand in it, as in texts of files.
WORDS = {
    "events": ("event", "page_url", "device", "campaign"),
    "orders": ("coupon", "channel", "product_name", "category"),
}
TRAITS = pa.schema(
    {**dict.fromkeys(("source", "customer_id", "trait", "value", "message_id"), _TEXT), "said_at": _MOMENT}
)
COUNTS = ("stored", "duplicate", "quarantined", "suppressed", "refused")
_STORED, _QUARANTINED = COUNTS.index("stored"), COUNTS.index("quarantined")
RECEIVED = pa.schema({"source": _TEXT, "minute": _MOMENT, **dict.fromkeys(("received", *COUNTS), pa.int64())})
ASIDE = pa.schema(
    {"source": _TEXT, "file": _TEXT, "row": pa.int64(), "received_at": _MOMENT, "message_id": _TEXT, "problem": _TEXT}
)


class Told(msgspec.Struct):
    """A call with where it stands in the log."""

    source: str
    file: str
    row: int
    received_at: int
    call: Call
    signal: str = ""


class Read(msgspec.Struct):
    """What some records say."""

    told: list[Told] = []
    aside: list[Cells] = []
    received: dict[tuple[str, int], list[int]] = {}
    row: int = 0


def read_record(record: Record, file: str, into: Read) -> None:
    """Add what a record says to what the ones before it said; rows are numbered within the file, from 1."""
    aside = [(message_id, problem) for message_id, problem, _ in record.aside]
    unread = 0
    for message_id, raw in record.kept:
        into.row += 1
        # The event of somebody who was erased is blank.
        says = raw.strip()
        call = _call(record, message_id, raw) if says else None
        if call is not None:
            into.told.append(Told(record.source, file, into.row, record.received_at, call, record.signal))
        elif says:
            unread += 1
            into.aside.append(_aside(record, file, into.row, message_id, "unreadable"))
    for message_id, problem in aside:
        into.row += 1
        into.aside.append(_aside(record, file, into.row, message_id, problem))
    counts = into.received.setdefault(_minute(record), [0] * len(COUNTS))
    sizes = (len(record.kept) - unread, record.duplicate, len(aside) + unread, record.suppressed, record.refused)
    for place, size in enumerate(sizes):
        counts[place] += size


def _call(record: Record, message_id: str, raw: bytes) -> Call | None:
    """The call of a kept event; the door has judged it, so that one which cannot be read is a fault of ours."""
    try:
        return read_call(
            raw,
            shape=record.shape,
            kind=record.type,
            message_id=message_id,
            received_at=record.received_at,
            sent_at=record.sent_at,
            common=record.common,
        )
    except UNREADABLE:
        return None


def set_unreadable_aside(said: Read, make: Callable[[Told], object]) -> None:
    """Set aside the calls of which `make` cannot make what is made of calls; each is tried alone."""
    readable = []
    for one in said.told:
        try:
            make(one)
        except UNREADABLE:
            said.aside.append(_aside(one, one.file, one.row, one.call.message_id, "unreadable"))
            counts = said.received[_minute(one)]
            counts[_STORED] -= 1
            counts[_QUARANTINED] += 1
        else:
            readable.append(one)
    said.told = readable


def _minute(of: Record | Told) -> tuple[str, int]:
    """By what events are counted."""
    return of.source, of.received_at // MINUTE * MINUTE


def _aside(of: Record | Told, file: str, row: int, message_id: str, problem: str) -> Cells:
    return {
        "source": of.source,
        "file": file,
        "row": row,
        "received_at": of.received_at,
        "message_id": message_id,
        "problem": problem,
    }


def tables(told: list[Told], now: datetime) -> dict[str, pa.Table]:
    """Rows of each canonical table."""
    if not told:
        return {}
    lines: list[Cells] = []
    said: list[Cells] = []
    for one in told:
        lines += [{**_address(one, now), **cells} for cells in _order_lines(one)]
        said += [{**_address(one, now), **cells} for cells in _consents(one)]
    some = {"orders": lines, "consents": said}
    made = {"events": _events(told, now)}
    made |= {name: _arrow(cells, SHAPES[name]) for name, cells in some.items() if cells}
    return {name: hide_within(table, WORDS.get(name, ()))[0] for name, table in made.items()}


def _events(told: list[Told], now: datetime) -> pa.Table:
    """A row an event, column by column: nearly all that comes is behaviour, and a row is never put together."""
    cells = [event_cells(one.call) for one in told]
    columns: dict[str, Any] = {name: [row[name] for row in cells] for name in cells[0]}
    columns |= {
        "source": [one.source for one in told],
        "file": [one.file for one in told],
        "row": [one.row for one in told],
        "loaded_at": pa.repeat(pa.scalar(now, _MOMENT), len(told)),
        "customer_id": [one.call.user_id or None for one in told],
        "anonymous_id": [one.call.anonymous_id or None for one in told],
        "previous_id": [one.call.previous_id or None for one in told],
        "occurred_at": [one.call.occurred_at for one in told],
    }
    shape = SHAPES["events"]
    return pa.Table.from_arrays([pa.array(columns[field.name], field.type) for field in shape], schema=shape)


def _address(one: Told, now: datetime) -> Cells:
    who = one.call.user_id or None
    return {"source": one.source, "file": one.file, "row": one.row, "loaded_at": now, "customer_id": who}


def _order_lines(one: Told) -> Iterator[Cells]:
    for cells in order_cells(one.call):
        yield {"ordered_at": one.call.occurred_at, **cells}


def _consents(one: Told) -> Iterator[Cells]:
    if not one.call.user_id:
        return
    for purpose, granted in consent_cells(one.call):
        yield {"purpose": purpose, "granted": granted, "changed_at": one.call.occurred_at}
    if one.signal == "gpc":
        yield {"purpose": "sharing", "granted": False, "changed_at": one.call.occurred_at}


def traits(told: list[Told]) -> pa.Table:
    """What people stated of themselves, the latest of each trait: by the time of the event, not of its arrival."""
    last: dict[tuple[str, str], tuple[tuple[int, str], Cells]] = {}
    for one in told:
        if not one.call.user_id:
            continue
        order = (one.call.occurred_at, one.call.message_id)
        for trait, value in trait_cells(one.call):
            key = (one.call.user_id, trait)
            if key not in last or last[key][0] < order:
                cells = {"source": one.source, "customer_id": one.call.user_id, "trait": trait, "value": value}
                last[key] = (order, {**cells, "message_id": one.call.message_id, "said_at": one.call.occurred_at})
    return _arrow([cells for _, cells in last.values()], TRAITS)


def received(counted: Mapping[tuple[str, int], list[int]]) -> pa.Table:
    """How many events came, and what became of them, by source and minute."""
    rows = [
        {"source": source, "minute": minute, "received": sum(counts), **dict(zip(COUNTS, counts, strict=True))}
        for (source, minute), counts in counted.items()
    ]
    return _arrow(rows, RECEIVED)


def aside(rows: list[Cells]) -> pa.Table:
    return _arrow(rows, ASIDE)


def _arrow(rows: list[dict[str, Any]], shape: pa.Schema) -> pa.Table:
    columns = [pa.array([row.get(field.name) for row in rows], field.type) for field in shape]
    return pa.Table.from_arrays(columns, schema=shape)
