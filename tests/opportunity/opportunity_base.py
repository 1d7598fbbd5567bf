"""Small customer bases made by hand: rows of the tables that the opportunity room reads in, its own tables out."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa

import motherlode.opportunity as room
from motherlode.graph.given import GIVEN as FILLED
from motherlode.graph.wiring import Compiled, compile_graph, to_sql, wire
from motherlode.opportunity.candidates import BY_CHANNEL
from motherlode.plugins import _modules, _promises
from motherlode.tables import Promise, promised

AS_OF = date(2025, 6, 30)
MONEY = "decimal(18, 4)"
GIVEN: dict[str, dict[str, str]] = {
    "customers": {
        "customer_id": "string", "industry": "string", "owner": "string", "known_on": "date",
        "spend_365d": MONEY, "orders_365d": "float64", "converted": "boolean", "level": "string",
        "employees": "int64",
    },
    "contactable": {"customer_id": "string", "verdict": "string", **dict.fromkeys(BY_CHANNEL.values(), "boolean")},
    "usable": {"customer_id": "string", "profiling": "boolean"},
    "touches": {
        "source": "string", "file": "string", "row": "int64", "customer_id": "string", "touched_on": "date",
        "treated": "boolean", "play": "string", "propensity": "float64", "cost": MONEY, "responded": "boolean",
        "channel": "string",
    },
    "rfm": {"customer_id": "string", "r": "int64", "f": "int64", "m": "int64"},
    "orders": {"customer_id": "string", "ordered_on": "date", "amount": MONEY},
    "order_lines": {"customer_id": "string", "ordered_on": "date", "category": "string"},
    "events": {"customer_id": "string", "occurred_on": "date", "event": "string", "value": MONEY},
    "merged_numbers": {"number": "string", "customer_id": "string"},
    "features": {
        "customer_id": "string", "orders_all": "int64", "spend_all": "float64", "spend_365d": "float64",
        "orders_365d": "int64", "spend_13w": "float64", "spend_prior_52w": "float64", "returned_365d": "float64",
        "tenure_days": "int64", "idle_days": "int64", "margin_365d": "float64", "costed_spend_365d": "float64",
        "active_days": "int64",
    },
    "returns": {"customer_id": "string", "returned_on": "date", "amount": MONEY},
    "lifecycle": {
        "customer_id": "string", "stage": "string", "dormant": "boolean", "cadence_days": "float64",
        "overdue_ratio": "float64", "idle_days": "int64", "reason": "string", "actual": "float64",
        "benchmark": "float64", "method": "string",
    },
    "habits": {"customer_id": "string", "main_category": "string"},
    "value_tiers": {"customer_id": "string", "value": "float64", "basis": "string", "value_tier": "string"},
    "benchmarks": {
        "customer_id": "string", "peer_id": "string", "own_value": "float64", "peer_value": "float64",
        "peer_median": "float64", "peer_orders_365d": "float64", "own_categories": "float64",
        "peer_categories": "float64", "did_differently": "string", "actual": "float64", "benchmark": "float64",
        "first_move": "string", "first_days": "float64", "then_move": "string", "then_days": "float64",
    },
    "decline_causes": {
        "customer_id": "string", "cause": "string", "loss_company": "float64", "loss_effect": "float64",
    },
    "deals": {
        "deal_id": "string", "customer_id": "string", "owner": "string", "product_id": "string", "stage": "string",
        "outcome": "string", "opened_on": "date", "closed_on": "date", "amount": MONEY,
    },
    "prospects": {
        "customer_id": "string", "peer_id": "string", "value_if_active": "float64", "active_mean": "float64",
        "verdict": "string",
    },
    "outcome_scores": {
        "target": "string", "case": "int64", "customer_id": "string", "score": "float64", "outcome": "boolean",
        **{f"{part}_{n}": kind for n in (1, 2)
           for part, kind in (("reason", "string"), ("answer", "string"), ("effect", "float64"))},
    },
    "price_list": {"product_id": "string", "unit_price": MONEY},
    "lead_scores": {"customer_id": "string", "score": "float64", "verdict": "string"},
    "scores": {"target": "string", "customer_id": "string", "score": "float64"},
    "next_category": {"customer_id": "string", "category": "string", "yearly_spend": "float64"},
    "carts": {
        "customer_id": "string", "product_id": "string", "pieces": "int64", "cart_value": MONEY,
        "last_added_at": "timestamp(6)",
    },
}  # fmt: skip
CANDIDATE: dict[str, str] = {
    "customer_id": "string", "play": "string", "reason": "string", "actual": "float64", "benchmark": "float64",
    "peer_id": "string", "value": "float64", "value_low": "float64", "value_high": "float64", "cost": "float64",
    "at_stake": "float64", "stage": "string", "value_tier": "string", "net": "float64", "roi": "float64",
    "p_positive": "float64", "second_reason": "string", "second_actual": "float64", "second_benchmark": "float64",
    "channel": "string", "offered": "string", "margin_share": "float64",
    "assumed_value": "float64", "assumed_high": "float64",
    "evidence_level": "string", "assumed": "boolean", "verdict": "string", "contact": "string",
    "expert_score": "float64", "figures_score": "float64", "figures_value": "float64",
}  # fmt: skip
# What was measured of rankings, where a test gives it.
LEADS = {
    "policy": "string", "value": "float64", "value_error": "float64", "ahead": "float64", "ahead_low": "float64",
    "better": "boolean",
}  # fmt: skip
MEASURED = {"shadow_rankings": LEADS, "list_rankings": LEADS | {"members": "int64"}}
ARROW = {
    "string": pa.string(), "float64": pa.float64(), "int64": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(),
    MONEY: pa.decimal128(18, 4), "timestamp(6)": pa.timestamp("us"),
}  # fmt: skip
PROMISES = {promise.name: promise for module in _modules(room) for promise in _promises(module)}
PLAYS = {name for name, promise in PROMISES.items() if promise.kind == "play"}
SHAPES = GIVEN | MEASURED

# What the ledger fills.
LEDGER = ("recorded_lists", "recorded_readouts", "recorded_judgements", "recorded_follow_ups")

Row = Mapping[str, Any]


class Base(msgspec.Struct, frozen=True):
    """A database in which tables are given, and those that can be made from them, made when they are asked for."""

    database: duckdb.DuckDBPyConnection
    unmade: set[str]
    compiled: Mapping[str, Compiled]
    sql: dict[str, str]

    def rows(self, name: str, **where: Any) -> list[dict[str, Any]]:
        """Rows of a made table that agree with `where`, in the order of their key."""
        self._make(name)
        key = ", ".join(f'"{column}"' for column in PROMISES[name].key) if name in PROMISES else "customer_id"
        found = self.database.sql(f'FROM opportunity."{name}" ORDER BY {key}').to_arrow_table().to_pylist()
        return [row for row in found if all(row[column] == value for column, value in where.items())]

    def row(self, name: str, **where: Any) -> dict[str, Any]:
        """The only such row."""
        (found,) = self.rows(name, **where)
        return found

    def _make(self, name: str) -> None:
        if name not in self.unmade:
            return
        self.unmade.remove(name)
        step = self.compiled[name]
        for read in step.reads:
            self._make(read)
        if step.expression is None:
            rooms = ("collect" if read in LEDGER else self.compiled[read].promise.room for read in step.reads)
            tables = (f'FROM {room}."{read}"' for room, read in zip(rooms, step.reads, strict=True))
            inputs = [self.database.sql(table).to_arrow_table() for table in tables]
            self.database.register("made_in_memory", step.promise.function(*inputs, **step.settings))
            self.database.execute(f'CREATE TABLE {step.promise.room}."{name}" AS FROM made_in_memory')
            return
        if name not in self.sql:
            self.sql[name] = to_sql(step.expression)
        self.database.execute(f'CREATE TABLE {step.promise.room}."{name}" AS {self.sql[name]}')


def given(name: str, shape: Mapping[str, str]) -> Promise:
    """A table that stands in the database already."""

    def function(**_: Any) -> ir.Table:
        return ibis.table(ibis.schema(dict(shape)), name=f"{name}_given", database="main")

    subject = "customer_id" if "customer_id" in shape else None
    return Promise(name, "profile", "table", function, (), {}, (subject or next(iter(shape)),), subject)


def make(tables: Mapping[str, Iterable[Row]], *plugins: Any, settings: Mapping[str, Any] | None = None) -> Base:
    """Make every table of the opportunity room from rows of the tables before it."""
    shapes = {name: SHAPES.get(name, CANDIDATE) for name in {*GIVEN, *tables} - {*LEDGER}}
    database = duckdb.connect()
    database.execute("CREATE SCHEMA collect; CREATE SCHEMA profile; CREATE SCHEMA opportunity")
    for name, shape in shapes.items():
        rows = [{column: row.get(column) for column in shape} for row in tables.get(name, ())]
        schema = pa.schema([(column, ARROW[kind]) for column, kind in shape.items()])
        database.register("arriving", pa.Table.from_pylist(rows, schema=schema))
        database.execute(f"CREATE TABLE {name}_given AS FROM arriving")
    for name in LEDGER:
        rows = [{column: row.get(column) for column in FILLED[name]} for row in tables.get(name, ())]
        schema = pa.schema([(column, ARROW[kind]) for column, kind in FILLED[name].items()])
        database.register("arriving", pa.Table.from_pylist(rows, schema=schema))
        database.execute(f"CREATE TABLE collect.{name} AS FROM arriving")
    compiled, sql = _compiled(tuple(sorted(shapes)), plugins, msgspec.json.encode(settings or {}))
    return Base(database, set(compiled), compiled, sql)


@cache
def _compiled(
    names: tuple[str, ...], plugins: tuple[Any, ...], settings: bytes
) -> tuple[dict[str, Compiled], dict[str, str]]:
    """Composing expressions and their SQL takes longer than most tests, which share them."""
    skipped = {"stakes", *PLAYS} if "candidates" in names else set()
    made = (promise for promise in PROMISES.values() if promise.name not in {*names, *skipped})
    added = (promise for plugin in plugins if (promise := promised(plugin)))
    graph = wire([*(given(name, SHAPES.get(name, CANDIDATE)) for name in names), *made, *added])
    steps = compile_graph(graph, AS_OF, msgspec.json.decode(settings))
    return {step.promise.name: step for step in steps}, {}


def buyer(customer_id: str, stage: str = "mature", **facts: Any) -> dict[str, list[dict[str, Any]]]:
    """One customer in all tables: ten orders of 100 in a year, one every 36 days, unless `facts` say otherwise."""
    usual: dict[str, Any] = {
        "known_on": date(2023, 1, 1), "orders_all": 20, "spend_all": 2000.0, "spend_365d": 1000.0, "orders_365d": 10,
        "spend_13w": 250.0, "spend_prior_52w": 1000.0, "returned_365d": 0.0, "tenure_days": 730, "idle_days": 20,
        "active_days": 20,
        "costed_spend_365d": 0.0, "dormant": False, "cadence_days": 36.0, "overdue_ratio": 0.56, "reason": "in_rhythm",
        "method": "rule", "value": 1000.0, "basis": "revenue", "value_tier": "mid", "peer_id": "peer",
        "own_value": 1000.0, "peer_value": 1500.0, "peer_median": 900.0,
        "peer_orders_365d": 15.0, "own_categories": 2, "peer_categories": 4,
        "did_differently": "orders_more_often", "actual": 10.0, "benchmark": 15.0,
    }  # fmt: skip
    row = {**usual, "customer_id": customer_id, "stage": stage, **facts}
    # The customer file reports figures only where it is asked to: counted ones go by the same names.
    stated = {**row, "spend_365d": facts.get("reported_spend"), "orders_365d": facts.get("reported_orders")}
    told = {**row, "actual": facts.get("stage_actual", 20.0), "benchmark": facts.get("stage_benchmark", 36.0)}
    allowed = dict.fromkeys(BY_CHANNEL.values(), not facts.get("contact"))
    may = {"customer_id": customer_id, "verdict": facts.get("contact", ""), **allowed, **facts}
    tables = {
        "contactable": may,
        "features": row,
        "lifecycle": told,
        "value_tiers": row,
        "benchmarks": row,
        "customers": stated,
    }
    if "cause" in row:
        tables["decline_causes"] = row
    if "category" in row:
        tables["next_category"] = {**row, "yearly_spend": row["category_spend"]}
    if "cart_value" in row:
        left = {"product_id": "t1", "pieces": 1, "last_added_at": datetime(AS_OF.year, AS_OF.month, AS_OF.day)}
        tables["carts"] = {**left, **row}
    return {name: [values] for name, values in tables.items()}


def base(*buyers: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Several customers in one base."""
    return {name: [row for one in buyers for row in one.get(name, [])] for name in GIVEN}


def candidate(customer_id: str, play: str, value: float, cost: float, **more: Any) -> dict[str, Any]:
    """A row of `candidates` whose interval is half to one and a half times its value."""
    spread = {"value_low": value * 0.5, "value_high": value * 1.5, "at_stake": value * 20}
    told = {
        "reason": "overdue",
        "second_reason": "orders_beside_peer",
        "stage": "mature",
        "value_tier": "mid",
        "verdict": "",
        "contact": "",
    }
    return {
        "customer_id": customer_id, "play": play, "value": value, "cost": cost, "net": value - cost, "assumed": True,
        "evidence_level": "E0", "assumed_value": value, "assumed_high": value * 1.5, **spread, **told, **more,
    }  # fmt: skip
