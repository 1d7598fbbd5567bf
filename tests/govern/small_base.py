"""A few people with what they said, through `refine` and `govern` alone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import PLURALS, Compiled, Graph, compile_graph, wire
from motherlode.plugins import find_promises
from motherlode.testing import make_all
from shop import ARROW, line, raw

AS_OF = date(2024, 6, 30)
Row = Mapping[str, Any]


@cache
def _house() -> Graph:
    made = [promise for promise in find_promises() if promise.room in ("refine", "govern")]
    known = {promise.name for promise in made}.union(GIVEN, PLURALS)
    # Tables that judge what other rooms made are not for these tests.
    return wire(promise for promise in made if known.issuperset(promise.inputs))


@cache
def _steps(as_of: date, settings: tuple[tuple[str, str, Any], ...]) -> tuple[Compiled, ...]:
    return compile_graph(_house(), as_of, {table: {name: value} for table, name, value in settings})


def person(customer_id: str, **facts: Any) -> dict[str, Any]:
    return {"customer_id": customer_id, "country": "China", **facts}


def said(customer_id: str, decision: str = "granted", **facts: Any) -> dict[str, Any]:
    """A statement recorded here, with the text it is about."""
    usual = {"purpose": "marketing", "channel": "", "given_by": "subject", "text_hash": "abc", "text_version": "1"}
    return {"customer_id": customer_id, "decision": decision, "said_at": datetime(2024, 3, 1), **usual, **facts}


def made(
    name: str,
    people: Sequence[Row],
    recorded: Sequence[Row] = (),
    imported: Sequence[Row] = (),
    buyers: Sequence[str] = (),
    as_of: date = AS_OF,
    **settings: Any,
) -> dict[str, dict[str, Any]]:
    """The rows of a table of the room, by customer."""
    schema = pa.schema([(column, ARROW[kind]) for column, kind in GIVEN["recorded_consents"].items()])
    rows = [{"consent_id": number, **row} for number, row in enumerate(recorded, start=1)]
    tables = {
        "raw_customers": raw("customers", [dict(row) for row in people]),
        "raw_orders": raw("orders", [line(f"o-{who}", who, "2024-01-05", "tea", 1, "30") for who in buyers]),
        "raw_consents": raw("consents", [dict(row) for row in imported]),
        "recorded_consents": pa.Table.from_pylist(rows, schema=schema),
    }
    steps = _steps(as_of, tuple((name, key, value) for key, value in settings.items()))
    kept = {given: table for given, table in tables.items() if table.num_rows}
    whole = make_all(_house(), kept, steps=steps).arrow(f"SELECT * FROM govern.{name}").to_pylist()  # noqa: S608
    return {row["customer_id"]: row for row in whole}
