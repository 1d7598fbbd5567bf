"""Promises that every table keeps, ours or a plugin's."""

import inspect
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import motherlode
from motherlode.graph.wiring import Graph, compile_graph, to_sql, wire
from motherlode.plugins import find_promises
from motherlode.tables import ROOMS
from motherlode.testing import check_as_of, check_rows
from shop import cut, shop

AS_OF = date(2024, 6, 30)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return wire(find_promises())


NAMES = [promise.name for promise in wire(find_promises()).promises.values() if promise.makes_a_table]


@pytest.fixture(scope="module")
def compiled(graph: Graph) -> dict[str, object]:
    return {step.promise.name: step.expression for step in compile_graph(graph, AS_OF)}


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark"])
@pytest.mark.parametrize("name", NAMES)
def test_every_table_compiles_for_every_engine_without_data(name, dialect, compiled):
    if compiled[name] is not None:
        assert to_sql(compiled[name], dialect).lstrip().upper().startswith(("SELECT", "WITH"))


def test_keys_are_unique_and_the_order_of_rows_does_not_matter(graph):
    check_rows(graph, shop())


def test_no_rows_crash_no_table(graph):
    check_rows(graph, {})


@pytest.mark.parametrize("day", ["2024-06-30", "2024-02-29", "2023-08-15"])
def test_an_earlier_as_of_gives_the_tables_of_a_shop_cut_at_that_day(graph, day):
    tables = shop()
    check_as_of(graph, tables, cut(tables, day), date.fromisoformat(day))


def test_every_table_lives_in_a_room(graph):
    assert {promise.room for promise in graph.promises.values()} <= set(ROOMS)


def test_every_function_says_what_it_makes_in_one_sentence(graph):
    silent = [p.address for p in graph.promises.values() if p.name != "features" and not inspect.getdoc(p.function)]
    assert silent == []


def test_help_imports_nothing_heavy():
    script = "import sys; sys.argv = ['motherlode', '--help']\nfrom motherlode.cli import main\n"
    script += "try: main()\nexcept SystemExit: pass\n"
    script += "heavy = {'pandas', 'polars', 'duckdb', 'ibis', 'pyarrow', 'sklearn', 'rich', 'sqlalchemy'}\n"
    script += "print(sorted(heavy & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "[]"


def test_rooms_do_not_import_rooms():
    source = Path(motherlode.__file__).parent
    offences = [
        (path.name, other)
        for room in ROOMS
        for path in (source / room).rglob("*.py")
        for other in ROOMS
        if other != room and f"motherlode.{other}" in path.read_text(encoding="utf-8")
    ]
    assert offences == []
