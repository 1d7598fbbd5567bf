"""The promises, checked for every table function, ours or a plugin's.

>>> from motherlode.testing import check_table          # doctest: +SKIP
>>> check_table(my_table)                                # doctest: +SKIP
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from motherlode.errors import ContractError, did_you_mean
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import DIALECTS, Compiled, Graph, ancestors, compile_graph, names_people, to_sql, wire
from motherlode.plugins import find_promises
from motherlode.tables import PURPOSES, Promise, promised
from motherlode.warehouse import Warehouse, open_warehouse, quoted

A_DAY = date(2024, 6, 30)


def check_table(function: Callable[..., Any], tables: Mapping[str, pa.Table] | None = None) -> None:
    """Check one function's promises within the whole house.

    Parameters
    ----------
    tables
        Raw rows by given table, such as `{"raw_orders": ...}`; without them only what needs no rows is checked.

    Raises
    ------
    ContractError
        The promise that is broken.
    """
    promise = promised(function)
    if promise is None:
        raise ContractError(f"{function!r} is no table function", hint="decorate it with @table, @feature or @play")
    others = [known for known in find_promises() if known.name != promise.name]
    graph = wire([*others, promise])
    check_purpose(graph, promise.name)
    check_compiles(graph)
    check_rows(graph, {}, (promise.name,))
    if tables:
        check_rows(graph, tables, (promise.name,))


# Which table a purpose cannot do without; plays and features are gated where they come together.
GATES = {"marketing": "contactable", "profiling": "usable"}


def check_purpose(graph: Graph, name: str) -> None:
    """Who reads rows of people says what for; what is for marketing or profiling asks whom it may."""
    promise = graph.promises[name]
    if promise.purpose and promise.purpose not in PURPOSES:
        hint = did_you_mean(promise.purpose, PURPOSES)
        raise ContractError(f"`{promise.address}` is for an unknown purpose `{promise.purpose}`", hint=hint)
    if not promise.purpose and any(names_people(graph, read) for read in graph.reads[name]):
        hint = f"say @table(…, purpose=…): {', '.join(PURPOSES)}"
        raise ContractError(f"`{promise.address}` reads rows of people without a purpose", hint=hint)
    gate = GATES.get(promise.purpose) if promise.kind == "table" else None
    if gate and gate not in ancestors(graph, name):
        hint = f"read `{gate}` and keep whom it allows, or read a table that does"
        raise ContractError(f"`{promise.address}` is for {promise.purpose} and does not read `{gate}`", hint=hint)


def check_compiles(graph: Graph) -> None:
    """Every table becomes SQL of every engine without a row being read."""
    for dialect in DIALECTS:
        for step in compile_graph(graph, A_DAY):
            if step.expression is not None:
                try:
                    to_sql(step.expression, dialect)
                except Exception as error:
                    raise ContractError(f"`{step.promise.address}` does not compile for {dialect}: {error}") from error


def make_all(
    graph: Graph, tables: Mapping[str, pa.Table], as_of: date = A_DAY, steps: Sequence[Compiled] = ()
) -> Warehouse:
    """Every table of the graph made in memory from raw rows; `steps` where they are compiled already."""
    from motherlode.run import make

    warehouse = open_warehouse("duckdb://:memory:", Path())
    for name, rows in tables.items():
        with warehouse.visible(_complete(name, rows)) as arrived:
            warehouse.execute(f"INSERT INTO {quoted(f'collect.{name}')} BY NAME SELECT * FROM {arrived}")  # noqa: S608
    for step in steps or compile_graph(graph, as_of):
        make(warehouse, graph, step)
    return warehouse


def _complete(name: str, rows: pa.Table) -> pa.Table:
    unknown = set(rows.schema.names) - set(GIVEN[name])
    if unknown:
        raise ContractError(f"`{name}` has no column {', '.join(sorted(unknown))}")
    return rows


def check_rows(graph: Graph, tables: Mapping[str, pa.Table], names: Iterable[str] | None = None) -> None:
    """With these raw rows: keys are unique, the order of rows does not matter, nothing after `as_of` is seen."""
    steps = compile_graph(graph, A_DAY)
    made = make_all(graph, tables, steps=steps)
    shuffled = make_all(graph, {name: _shuffled(rows) for name, rows in tables.items()}, steps=steps)
    for promise in _tables(graph, names):
        check_key(made, promise)
        if contents(made, promise) != contents(shuffled, promise):
            raise ContractError(
                f"`{promise.address}` depends on the order of rows", hint="give every window a total order"
            )


def check_key(warehouse: Warehouse, promise: Promise) -> None:
    """The key that a table promised is unique in it."""
    key = ", ".join(quoted(name) for name in promise.key)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {quoted(promise.address)} GROUP BY {key} HAVING count(*) > 1)"  # noqa: S608
    if warehouse.value(sql):
        raise ContractError(f"the key ({key}) of `{promise.address}` is not unique")


def check_as_of(graph: Graph, tables: Mapping[str, pa.Table], cut: Mapping[str, pa.Table], as_of: date) -> None:
    """A run as of an earlier day gives the tables that rows cut at that day give."""
    steps = compile_graph(graph, as_of)
    whole, before = make_all(graph, tables, steps=steps), make_all(graph, cut, steps=steps)
    for promise in _tables(graph, None):
        if contents(whole, promise) != contents(before, promise):
            raise ContractError(f"`{promise.address}` looks past as_of", hint="declare happened_on, or filter by as_of")


def contents(warehouse: Warehouse, promise: Promise) -> Sequence[Mapping[str, Any]]:
    """The rows of a table in an order that only the rows decide; floats to nine digits, as sums of them round."""
    sql = f"SELECT * FROM {quoted(promise.address)} ORDER BY ALL"  # noqa: S608
    rows: list[dict[str, Any]] = warehouse.arrow(sql).to_pylist()
    rounded = [{name: _rounded(value) for name, value in row.items()} for row in rows]
    return sorted(rounded, key=lambda row: [str(value) for value in row.values()])


def _rounded(value: Any) -> Any:
    return float(f"{value:.9g}") if isinstance(value, float) else value


def _tables(graph: Graph, names: Iterable[str] | None) -> list[Promise]:
    chosen = set(names) if names is not None else set(graph.promises)
    return [promise for promise in graph.promises.values() if promise.name in chosen and _is_table(promise)]


def _is_table(promise: Promise) -> bool:
    return promise.makes_a_table


def _shuffled(rows: pa.Table) -> pa.Table:
    """The same rows in another order: the last first, then by halves."""
    backwards = rows.take(pa.array(range(rows.num_rows - 1, -1, -1)))
    half = backwards.num_rows // 2
    return pa.concat_tables([backwards.slice(half), backwards.slice(0, half)])
