"""The second verb: make every table in order, in one transaction."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import ibis.expr.types as ir
import msgspec
import pyarrow as pa
from threadpoolctl import threadpool_limits

from motherlode import recorded
from motherlode.config import Config
from motherlode.errors import ContractError, MotherlodeError
from motherlode.graph.composed import composed
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import Compiled, Graph, compile_graph, to_sql
from motherlode.ledger import Ledger
from motherlode.refine.deals import LOST, WON
from motherlode.refine.grading import dated
from motherlode.refine.parsing import tidy
from motherlode.refine.text import one_of
from motherlode.schemas import INPUTS, Input
from motherlode.stores import Stores
from motherlode.warehouse import Warehouse, engine_types, quoted

Tell = Callable[[str, int, int], None]


class Made(msgspec.Struct, frozen=True):
    """One table that a run made."""

    address: str
    seconds: float
    cpu_seconds: float
    rows: int | None


class Run(msgspec.Struct, frozen=True):
    """What a run made, and as of which day."""

    as_of: date
    made: tuple[Made, ...]
    seconds: float


def run(
    config: Config,
    warehouse: Warehouse,
    ledger: Ledger,
    graph: Graph,
    *,
    now: datetime,
    version: str,
    as_of: date | None = None,
    tell: Tell = lambda *_: None,
) -> Run:
    """Make every table of the graph as of a day; a failure leaves the tables of the last run as they were.

    Parameters
    ----------
    as_of
        The last day that is known; by default the last day in the data.
    tell
        Called with (address, number made, number in all).
    """
    day = as_of or last_day(warehouse) or now.date()
    compiled = compile_graph(graph, day, config.tables)
    began, made = time.perf_counter(), []
    with warehouse.transaction():
        recorded.copy(ledger, warehouse)
        for number, step in enumerate(compiled):
            tell(step.promise.address, number, len(compiled))
            made.append(make(warehouse, graph, step))
        tell("", len(compiled), len(compiled))
    warehouse.checkpoint()
    done = Run(day, tuple(made), time.perf_counter() - began)
    _record(ledger, done, now, version)
    return done


DECISIONS = "opportunity.ranked"


def decided(config: Config, warehouse: Warehouse, done: Run, version: str) -> dict[str, Any]:
    """What a run decided about people, for the log: by which version and settings, and a digest of every decision.

    The digest is over each row with its reason, values and verdict; the rows stand in the table until the next run.
    """
    fact: dict[str, Any] = {"as_of": done.as_of, "version": version, "settings": config.tables}
    if warehouse.has(DECISIONS):
        rows = f"SELECT sha256(CAST(row AS VARCHAR)) AS row, customer_id FROM {quoted(DECISIONS)} AS row"  # noqa: S608
        fact["decisions"] = warehouse.value(f"SELECT count(*) FROM ({rows})")  # noqa: S608
        sql = f"SELECT sha256(string_agg(row, '' ORDER BY customer_id)) FROM ({rows})"  # noqa: S608
        fact["digest"] = warehouse.value(sql)
    return fact


def refresh(config: Config, stores: Stores, graph: Graph, names: Collection[str]) -> None:
    """Make some tables anew as of the day of the last run, after what people said has changed."""
    last = stores.ledger.last_run()
    with stores.warehouse.transaction():
        recorded.copy(stores.ledger, stores.warehouse)
        for step in _steps(config, stores.warehouse, graph, names, last["as_of"]) if last else ():
            make(stores.warehouse, graph, step)


def _steps(
    config: Config, warehouse: Warehouse, graph: Graph, names: Collection[str], as_of: date
) -> tuple[Compiled, ...]:
    """Some tables that were made before, and what they read that was not: another version knew less."""
    again = [name for name in names if warehouse.has(graph.promises[name].address)]
    stands: dict[str, Any] = {}
    waiting = list(again)
    while waiting:
        for read in graph.reads[waiting.pop()]:
            if read in GIVEN or read in stands or read in again:
                continue
            if warehouse.has(graph.promises[read].address):
                stands[read] = warehouse.expression(graph.promises[read].address).schema()
            else:
                again.append(read)
                waiting.append(read)
    return compile_graph(graph, as_of, config.tables, only=again, stands=stands)


def last_day(warehouse: Warehouse) -> date | None:
    """The last day on which a customer did anything, leaving out days after the load."""
    days = []
    for raw, table in _happenings(warehouse):
        read = composed(dated, [raw], {"table": table})
        known = read.filter(read.happened_on <= read.loaded_at.date())
        days.append(warehouse.value(to_sql(known.aggregate(last=known.happened_on.max()))))
    return max((day for day in days if day is not None), default=None)


def _happenings(warehouse: Warehouse) -> Iterator[tuple[ir.Table, Input]]:
    """Raw rows of what customers do, with the column that says when."""
    for name in ("orders", "events", "deals", "feedback"):
        if warehouse.has_rows(f"collect.raw_{name}"):
            raw = warehouse.expression(f"collect.raw_{name}")
            yield raw, INPUTS[name]
            if name == "deals":
                # The day on which an open deal should close is a hope; that on which one was decided has been.
                closed = msgspec.structs.replace(INPUTS[name], happened="closed_at")
                yield raw.filter(one_of(tidy(raw.stage).lower(), (*WON, *LOST)).fill_null(False)), closed


def make(warehouse: Warehouse, graph: Graph, step: Compiled) -> Made:
    """Make one compiled table."""
    promise, began, used = step.promise, time.perf_counter(), time.process_time()
    try:
        if step.expression is not None and _has_nothing_to_read(warehouse, step):
            warehouse.declare(promise.address, engine_types(step.expression.schema()))
        elif step.expression is not None and promise.stored and "source" in promise.key:
            warehouse.fill(promise.address, to_sql(step.expression), step.expression.schema())
        elif step.expression is not None:
            warehouse.make(promise.address, to_sql(step.expression), stored=promise.stored)
        else:
            inputs = [_read(warehouse, graph, name) for name in step.reads]
            # Their matrices have some dozens of columns: a second thread waits ten times as long as it works.
            with threadpool_limits(1, user_api="blas"):
                table = promise.function(*inputs, **step.settings)
            warehouse.write(promise.address, _kept(step, table))
    except MotherlodeError:
        raise
    except Exception as error:
        raise ContractError(f"`{promise.address}` failed: {error}", hint="motherlode run --debug") from error
    rows = warehouse.value(f"SELECT count(*) FROM {quoted(promise.address)}") if promise.stored else None  # noqa: S608
    return Made(promise.address, time.perf_counter() - began, time.process_time() - used, rows)


def _has_nothing_to_read(warehouse: Warehouse, step: Compiled) -> bool:
    """A grading of no rows needs no plan; planning the reading of cells costs a third of a second a table."""
    raw = [name for name in step.reads if name.startswith("raw_")]
    return step.promise.kind == "graded" and not any(warehouse.has_rows(f"collect.{name}") for name in raw)


def _read(warehouse: Warehouse, graph: Graph, name: str) -> pa.Table:
    room = "collect" if name in GIVEN else graph.promises[name].room
    return warehouse.arrow(f"SELECT * FROM {quoted(f'{room}.{name}')}")  # noqa: S608


def _kept(step: Compiled, rows: pa.Table) -> pa.Table:
    """An in-memory table in the columns that it promised."""
    columns: Mapping[str, Any] = step.promise.columns or {}
    missing = [name for name in columns if name not in rows.schema.names]
    if missing:
        raise ContractError(f"`{step.promise.address}` does not give {', '.join(missing)}", hint="see its `columns=`")
    return rows.select(list(columns))


def _record(ledger: Ledger, done: Run, now: datetime, version: str) -> None:
    fact = {
        "started_at": now,
        "finished_at": datetime.fromtimestamp(now.timestamp() + done.seconds),
        "as_of": done.as_of,
        "version": version,
        "tables": {made.address: made.rows for made in done.made},
    }
    ledger.record("runs", [fact])
