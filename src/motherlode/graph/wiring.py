"""Wire table functions by name, and compile them without data.

Everything with a time column is cut at `as_of` here, in one place, so that no author can forget it: a table is cut as
it is made, and its inputs are cut again where a snapshot of an earlier day is compiled from tables made later. Labels
alone are not cut.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache, partial
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import msgspec

from motherlode.errors import ConfigError, ContractError, GraphError, did_you_mean
from motherlode.graph.aggregates import Settings, features_promise, settings_of, snapshots_promise
from motherlode.graph.composed import composed
from motherlode.graph.given import GIVEN
from motherlode.tables import EARLIER, GRADED_COLUMNS, HOMES, METRIC_COLUMNS, PLAY_COLUMNS, PLURALS, Kind, Promise

Dialect = Literal["duckdb", "pyspark"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "pyspark")


class _SparkOptions(ibis.config.Config):  # type: ignore[misc]
    treat_nan_as_null: bool = False


# Rooms whose tables are facts, and no answers as of a day: as they were before, they are cut and not made anew.
FACTS = ("refine", "govern")
# Settings by which a table gets every function of a kind that makes no table of its own.
KINDS_AS_SETTINGS: dict[str, Kind] = {"models": "model", "labels": "label", "parts": "feature"}
# Settings that come from the run and not from the project.
FROM_THE_RUN = ("as_of", "columns", "categories", *KINDS_AS_SETTINGS)
COLUMNS_OF_KIND = {"play": PLAY_COLUMNS, "metric": METRIC_COLUMNS, "graded": GRADED_COLUMNS}


class Graph(msgspec.Struct, frozen=True):
    """Promises in an order in which each comes after all that it reads."""

    promises: Mapping[str, Promise]
    reads: Mapping[str, tuple[str, ...]]

    def find(self, address: str) -> Promise:
        """The promise at `room.name` or plain `name`; raises `GraphError` with the nearest name."""
        promise = self.promises.get(address.rpartition(".")[2])
        if promise is None or address not in (promise.address, promise.name):
            known = [made.address for made in self.promises.values()]
            raise GraphError(f"there is no table `{address}`", hint=did_you_mean(address, known))
        return promise


class Compiled(msgspec.Struct, frozen=True):
    """A table ready to be made: an expression over the stored tables, or a function of Arrow tables."""

    promise: Promise
    expression: ir.Table | None
    reads: tuple[str, ...]
    settings: Mapping[str, Any]


def wire(promises: Iterable[Promise]) -> Graph:
    """Order functions by what they read.

    Raises
    ------
    GraphError
        A name made twice, an input that nothing makes, or a circle.
    """
    made: dict[str, Promise] = {}
    for promise in map(_at_home, promises):
        if promise.name in made or promise.name in GIVEN:
            raise GraphError(
                f"two functions make `{promise.name}`", hint="a table's name exists once in the whole house"
            )
        made[promise.name] = promise
    made.setdefault("features", features_promise(made.values()))
    snapshots = snapshots_promise(made)
    if snapshots is not None:
        made.setdefault("snapshots", snapshots)
    _check_models(made)
    reads = {name: _reads(promise, made) for name, promise in made.items()}
    try:
        order = [name for name in TopologicalSorter(reads).static_order() if name in made]
    except CycleError as error:
        raise GraphError("tables read each other in a circle: " + " → ".join(error.args[1])) from error
    return Graph({name: made[name] for name in order}, reads)


def compile_graph(
    graph: Graph,
    as_of: date,
    settings: Settings | None = None,
    *,
    made_at: date | None = None,
    only: Collection[str] | None = None,
    stands: Mapping[str, ibis.Schema] = MappingProxyType({}),
) -> tuple[Compiled, ...]:
    """Build every expression from promised columns alone, before any row is read.

    Parameters
    ----------
    as_of
        The day as of which everything is answered.
    settings
        Values by table name that replace the defaults of its parameters.
    made_at
        The day as of which the stored inputs were made, where that is later than `as_of`.
    only, stands
        The tables to compile, and the shapes of stored tables that they read: the whole graph takes seconds.
    """
    settings = settings or {}
    known = [*graph.promises]
    for name, values in settings.items():
        if name not in graph.promises:
            raise ConfigError(f"[tables.{name}] names no table", hint=did_you_mean(name, known))
        takes = settings_under(graph, name)
        for key in values:
            if key not in takes:
                raise ConfigError(f"[tables.{name}] has no setting `{key}`", hint=did_you_mean(key, takes))
            _check_setting(name, key, values[key], takes[key])
    shapes: dict[str, ibis.Schema] = {name: ibis.schema(dict(columns)) for name, columns in GIVEN.items()}
    shapes.update(stands)
    compiled = []
    for name, promise in graph.promises.items():
        if not promise.makes_a_table or (only is not None and name not in only):
            continue
        step = _compile(graph, promise, shapes, as_of, settings, cut=made_at is not None and made_at > as_of)
        shapes[name] = (
            step.expression.schema() if step.expression is not None else ibis.schema(dict(promise.columns or {}))
        )
        _check_columns(promise, shapes[name])
        compiled.append(step)
    return tuple(compiled)


def to_sql(expression: ir.Expr, dialect: Dialect = "duckdb", *, pretty: bool = False) -> str:
    """SQL of an expression in an engine's dialect, `pretty` where people read it."""
    return _sql(expression.op(), dialect, pretty)


@lru_cache(maxsize=1024)
def _sql(node: ibis.expr.operations.Node, dialect: Dialect, pretty: bool) -> str:
    """Composing a large table's SQL takes as long as running it on a small shop: an expression is composed once."""
    # Selects stay apart as they were written: fused, a column used thrice is computed and planned thrice.
    ibis.options.sql.fuse_selects = False
    if dialect == "pyspark" and ibis.options.pyspark is None:
        # Read when Spark's SQL is written, though only Ibis's own driver, which is not used here, declares it.
        ibis.options.pyspark = _SparkOptions()
    return str(ibis.to_sql(node.to_expr(), dialect=dialect, pretty=pretty))


def stored(name: str, room: str, shape: ibis.Schema) -> ir.Table:
    """A stored table as the start of an expression."""
    return ibis.table(shape, name=name, database=room)


def _at_home(promise: Promise) -> Promise:
    room = promise.room or HOMES.get(promise.kind, "")
    if not room:
        raise GraphError(
            f"`{promise.name}` has no room", hint="put its file in a folder named for a room, such as plugins/profile/"
        )
    return msgspec.structs.replace(promise, room=room)


def _check_models(made: Mapping[str, Promise]) -> None:
    """A model learns a label that there is."""
    labels = [promise.name for promise in made.values() if promise.kind == "label"]
    for promise in made.values():
        for learnt in promise.learns:
            if learnt not in labels:
                hint = did_you_mean(learnt, labels)
                raise GraphError(f"`{promise.address}` learns `{learnt}`, which is no label", hint=hint)


def names_people(graph: Graph, name: str) -> bool:
    """Whether a table's rows are about people: its own subject, or the customer of a row that came in."""
    if name in GIVEN:
        return "customer_id" in GIVEN[name]
    reads = graph.reads[name]
    return graph.promises[name].subject is not None and any(names_people(graph, read) for read in reads)


def ancestors(graph: Graph, name: str) -> frozenset[str]:
    """Every table that a table is made from, however far back."""
    reads = graph.reads.get(name, ())
    return frozenset(reads).union(*(ancestors(graph, read) for read in reads))


def _reads(promise: Promise, made: Mapping[str, Promise]) -> tuple[str, ...]:
    names: list[str] = []
    for parameter in promise.inputs:
        if parameter in PLURALS:
            names += sorted(p.name for p in made.values() if p.kind == PLURALS[parameter])
        elif before := EARLIER.fullmatch(parameter):
            names += _facts_of(before["name"], promise, made)
        elif (parameter in made and made[parameter].makes_a_table) or parameter in GIVEN:
            names.append(parameter)
        else:
            hint = did_you_mean(parameter, [*made, *GIVEN])
            raise GraphError(f"`{promise.address}` reads `{parameter}`, which no function makes", hint=hint)
    return tuple(dict.fromkeys(names))


def _facts_of(name: str, reader: Promise, made: Mapping[str, Promise]) -> list[str]:
    """A table and, where it is made anew as of an earlier day, the facts that this is done from."""
    promise = made.get(name)
    if promise is None or not promise.makes_a_table or promise.in_memory or reader.in_memory:
        hint = "a table that is made by an expression, read by another such"
        raise GraphError(f"`{reader.address}` reads `{name}` as it was before, which cannot be made", hint=hint)
    if promise.room in FACTS:
        return [name]
    inputs = [read for read in _reads(promise, made) if read in made]
    return list(dict.fromkeys([name, *(fact for read in inputs for fact in _facts_of(read, reader, made))]))


def _compile(
    graph: Graph, promise: Promise, shapes: Mapping[str, ibis.Schema], as_of: date, settings: Settings, *, cut: bool
) -> Compiled:
    reads = graph.reads[promise.name]
    values = _values(graph, promise, as_of, settings)
    if promise.in_memory:
        return Compiled(promise, None, reads, values)
    expression = _made(graph, promise, shapes, as_of, settings, partial(_input, graph, shapes, as_of, cut=cut))
    if promise.kind == "play":
        expression = expression.mutate(play=ibis.literal(promise.name))
    return Compiled(promise, _cut(expression, promise.happened_on, as_of), reads, values)


def _made(
    graph: Graph,
    promise: Promise,
    shapes: Mapping[str, ibis.Schema],
    as_of: date,
    settings: Settings,
    given: Callable[[str], ir.Table],
    **more: Any,
) -> ir.Table:
    """What a table function makes as of a day of the tables that it is given."""
    arguments: list[ir.Table | dict[str, ir.Table]] = []
    for parameter in promise.inputs:
        if parameter in PLURALS:
            members = [name for name in graph.reads[promise.name] if _kind(graph, name) == PLURALS[parameter]]
            arguments.append({name: given(name) for name in members})
        elif before := EARLIER.fullmatch(parameter):
            day = as_of - timedelta(days=int(before["days"]))
            arguments.append(_earlier(graph, shapes, day, settings, promise, before["name"]))
        else:
            arguments.append(given(parameter))
    return composed(promise.function, arguments, {**_values(graph, promise, as_of, settings), **more})


def _earlier(
    graph: Graph, shapes: Mapping[str, ibis.Schema], day: date, settings: Settings, reader: Promise, name: str
) -> ir.Table:
    """A table as it would have been made on an earlier day, from the facts that had happened by then.

    Who objects today was not asked then: rights and consents are those of now.
    """
    promise = graph.promises.get(name)
    if promise is None or promise.room in FACTS:
        return _input(graph, shapes, day, name, cut=True)
    given = partial(_earlier, graph, shapes, day, settings, promise)
    more = {"only": reader.sees} if name == "features" else {}
    made = _made(graph, promise, shapes, day, settings, given, **more)
    return _cut(made, promise.happened_on, day)


def _values(graph: Graph, promise: Promise, as_of: date, settings: Settings) -> dict[str, Any]:
    values = settings_of(promise, as_of, settings)
    if promise.name in ("features", "snapshots"):
        values["values"] = settings
    for kind in KINDS_AS_SETTINGS:
        if kind in promise.settings:
            parts = [part for part in graph.promises.values() if part.kind == KINDS_AS_SETTINGS[kind]]
            values[kind] = {part.name: _with_settings(part, settings) for part in parts}
    return values


def settings_under(graph: Graph, name: str) -> dict[str, Any]:
    """Settings, with their defaults, that can stand under a table's name: its own, and those of tables set there."""
    tables = [promise for promise in graph.promises.values() if (promise.set_under or promise.name) == name]
    settings = {key: value for promise in tables for key, value in promise.settings.items()}
    return {key: value for key, value in settings.items() if key not in FROM_THE_RUN}


def _check_setting(name: str, key: str, value: Any, default: Any) -> None:
    """A number stands where the default is a number, or where there is none by default; a word where it is a word."""
    wanted = bool if isinstance(default, bool) else str if isinstance(default, str) else (int, float)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise ConfigError(
            f"[tables.{name}] {key} = {value!r} is of the wrong kind", hint=f"such as {key} = {default or 1}"
        )


def _with_settings(part: Promise, settings: Settings) -> Promise:
    """A label or model with the project's settings in place of its defaults."""
    return msgspec.structs.replace(part, settings={**part.settings, **settings.get(part.name, {})})


def _kind(graph: Graph, name: str) -> str:
    return graph.promises[name].kind if name in graph.promises else ""


def _input(graph: Graph, shapes: Mapping[str, ibis.Schema], as_of: date, name: str, *, cut: bool) -> ir.Table:
    promise = graph.promises.get(name)
    given = stored(name, promise.room if promise else "collect", shapes[name])
    if promise is None or not cut:
        return given
    rows = _cut(given, promise.happened_on, as_of)
    return promise.restated(rows, as_of) if promise.restated else rows


def _cut(rows: ir.Table, happened_on: str, as_of: date) -> ir.Table:
    """Leave out what happened after `as_of`; rows without a day are kept."""
    if not happened_on:
        return rows
    day = rows[happened_on]
    return rows.filter((day <= ibis.literal(as_of)) | day.isnull())


def _check_columns(promise: Promise, shape: ibis.Schema) -> None:
    wanted = (
        *promise.key,
        *COLUMNS_OF_KIND.get(promise.kind, ()),
        *filter(None, [promise.subject, promise.happened_on]),
    )
    missing = [column for column in dict.fromkeys(wanted) if column not in shape]
    if missing:
        hint = f"a {promise.kind} promises these columns; its key and subject are among them"
        raise ContractError(f"`{promise.address}` does not give {', '.join(missing)}", hint=hint)
