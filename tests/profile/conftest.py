"""Small shops made by hand: rows of the refined tables in, tables of the profile room out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa
import pytest

import motherlode.profile as room
from motherlode.graph.wiring import Compiled, Graph, compile_graph, to_sql, wire
from motherlode.plugins import _modules, _promises
from motherlode.tables import Promise

MONEY = "decimal(18, 4)"
GIVEN: dict[str, dict[str, str]] = {
    "customers": {
        "customer_id": "string", "kind": "string", "industry": "string", "country": "string", "known_on": "date",
        "registered_on": "date", "last_active_on": "date", "churned": "boolean", "spend_365d": MONEY,
        "orders_365d": "float64", "tenure_months": "float64", "inactive_months": "float64",
    },
    "orders": {
        "source": "string", "order_id": "string", "customer_id": "string", "ordered_at": "timestamp(6)",
        "ordered_on": "date", "amount": MONEY, "cost": MONEY, "discount": MONEY, "quantity": "float64",
        "products": "int64", "channel": "string", "country": "string", "with_coupon": "boolean",
    },
    "order_lines": {
        "source": "string", "file": "string", "row": "int64", "order_id": "string", "customer_id": "string",
        "ordered_on": "date", "kind": "string", "product_id": "string", "category": "string", "amount": MONEY,
    },
    "returns": {
        "source": "string", "file": "string", "row": "int64", "customer_id": "string", "returned_on": "date",
        "amount": MONEY,
    },
    "events": {
        "source": "string", "file": "string", "row": "int64", "customer_id": "string", "occurred_on": "date",
        "occurred_at": "timestamp(6)", "event": "string", "session_id": "string", "product_id": "string",
        "value": MONEY,
    },
    "deals": {
        "deal_id": "string", "customer_id": "string", "outcome": "string", "opened_on": "date", "amount": MONEY,
    },
    "feedback": {
        "source": "string", "file": "string", "row": "int64", "customer_id": "string", "given_on": "date",
        "rating": "float64", "nps": "float64",
    },
}  # fmt: skip
HAPPENED = {
    "customers": "known_on", "orders": "ordered_on", "order_lines": "ordered_on", "returns": "returned_on",
    "events": "occurred_on", "deals": "opened_on", "feedback": "given_on",
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "source": "shop", "file": "orders.csv", "kind": "sale", "with_coupon": False, "quantity": 1.0, "products": 1,
    "discount": Decimal(0), "event": "visit", "outcome": "open",
}  # fmt: skip

Row = Mapping[str, Any]


def _given(name: str) -> Promise:
    shape = ibis.schema(GIVEN[name])

    def function() -> ir.Table:
        return ibis.table(shape, name=f"{name}_given", database="refine")

    return Promise(name, "refine", "table", function, (), {}, ("customer_id",), "customer_id", HAPPENED[name])


PROMISES = tuple(promise for module in _modules(room) for promise in _promises(module))
GRAPH: Graph = wire([*map(_given, GIVEN), *PROMISES])


class Shop(msgspec.Struct, frozen=True):
    """A database with refined tables, and the profile tables made from it."""

    connection: duckdb.DuckDBPyConnection
    as_of: date

    def make(self, name: str, **settings: Any) -> list[dict[str, Any]]:
        """Rows of a profile table, after making everything that it reads."""
        steps = _compiled(self.as_of, name, tuple(settings.items()))
        for needed in _needed(name, steps):
            self._run(steps[needed])
        rows = self.connection.sql(f'SELECT * FROM "profile"."{name}"').to_arrow_table()  # noqa: S608
        return rows.sort_by([(key, "ascending") for key in steps[name].promise.key]).to_pylist()

    def of(self, name: str, **settings: Any) -> dict[Any, dict[str, Any]]:
        """Rows of a profile table by the first column of its key."""
        return {row[GRAPH.promises[name].key[0]]: row for row in self.make(name, **settings)}

    def expressions(self, name: str) -> dict[str, ir.Table]:
        """Expressions of a table and of what it reads, by name."""
        steps = _compiled(self.as_of, name, ())
        return {made: step.expression for made in _needed(name, steps) if (step := steps[made]).expression is not None}

    def type_of(self, table: str, column: str) -> str:
        """Type of a column as stored."""
        sql = "SELECT data_type FROM information_schema.columns WHERE table_name = ? AND column_name = ?"
        (found,) = self.connection.execute(sql, [table, column]).fetchone() or ("",)
        return str(found)

    def _run(self, step: Compiled) -> None:
        run = self.connection.execute
        name = step.promise.name
        run('CREATE SCHEMA IF NOT EXISTS "profile"')
        if step.expression is not None:
            run(f'CREATE OR REPLACE TABLE "profile"."{name}" AS {_sql(step.expression)}')
            return
        inputs = [self.connection.sql(f'SELECT * FROM "profile"."{read}"').to_arrow_table() for read in step.reads]  # noqa: S608
        made: pa.Table = step.promise.function(*inputs, **step.settings)
        assert made.schema == _shape(step.promise.columns or {})
        self.connection.register("made", made)
        run(f'CREATE OR REPLACE TABLE "profile"."{name}" AS SELECT * FROM made')  # noqa: S608


@cache
def _sql(expression: ir.Table) -> str:
    return to_sql(expression)


@cache
def _compiled(as_of: date, name: str, settings: tuple[tuple[str, Any], ...]) -> dict[str, Compiled]:
    return {step.promise.name: step for step in compile_graph(GRAPH, as_of, {name: dict(settings)})}


def _needed(name: str, steps: Mapping[str, Compiled]) -> list[str]:
    wanted = {name}
    for step in reversed(steps.values()):
        if step.promise.name in wanted:
            wanted.update(step.reads)
    return [made for made in steps if made in wanted and steps[made].promise.room == "profile"]


def _shape(columns: Mapping[str, str]) -> pa.Schema:
    named = {
        MONEY: pa.decimal128(18, 4),
        "date": pa.date32(),
        "timestamp(6)": pa.timestamp("us"),
        "boolean": pa.bool_(),
    }
    return pa.schema(
        [(name, named[kind] if kind in named else pa.type_for_alias(kind)) for name, kind in columns.items()]
    )


def _fill(name: str, rows: Iterable[Row]) -> pa.Table:
    filled = []
    for number, row in enumerate(rows):
        whole = {**{k: v for k, v in DEFAULTS.items() if k in GIVEN[name]}, "row": number, "order_id": f"o{number}"}
        if name == "customers":
            whole["kind"] = "person"
        whole |= {"deal_id": f"d{number}", **row}
        for key, kind in GIVEN[name].items():
            if kind == MONEY and whole.get(key) is not None:
                whole[key] = Decimal(f"{whole[key]:.4f}")
        if name == "orders":
            whole.setdefault("ordered_at", datetime.combine(whole["ordered_on"], datetime.min.time()))
        filled.append({key: whole.get(key) for key in GIVEN[name]})
    return pa.Table.from_pylist(filled, schema=_shape(GIVEN[name]))


@pytest.fixture
def shop() -> Callable[..., Shop]:
    """Makes a shop from rows by table; customers who are only in other tables are known from their first row there."""

    def make(as_of: date, **tables: Iterable[Row]) -> Shop:
        connection = duckdb.connect()
        connection.execute('CREATE SCHEMA "refine"')
        rows = {name: [dict(row) for row in tables.get(name, ())] for name in GIVEN}
        stated = {row["customer_id"] for row in rows["customers"]}
        for name, days in HAPPENED.items():
            for row in rows[name]:
                if row.get("customer_id") and row["customer_id"] not in stated:
                    stated.add(row["customer_id"])
                    rows["customers"].append({"customer_id": row["customer_id"], "known_on": row[days]})
        for name in GIVEN:
            connection.register("given", _fill(name, rows[name]))
            cut = f"{HAPPENED[name]} <= $as_of OR {HAPPENED[name]} IS NULL"
            connection.execute(
                f'CREATE TABLE "refine"."{name}" AS SELECT * FROM given WHERE {cut}',  # noqa: S608
                {"as_of": as_of},
            )
        return Shop(connection, as_of)

    return make
