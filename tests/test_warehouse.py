"""The warehouse: tables by address, whole or not at all, and errors in one line."""

import subprocess
import sys
from datetime import date
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from motherlode.errors import ConfigError, EngineError, NotReady
from motherlode.graph.given import GIVEN
from motherlode.warehouse import duckdb_type, engine_types, lacking, open_warehouse, quoted

URL = "duckdb://data/warehouse.duckdb"


@pytest.fixture
def warehouse(tmp_path):
    store = open_warehouse(URL, tmp_path)
    yield store
    store.close()


def test_the_tables_that_the_shell_fills_are_there_from_the_first_day(warehouse):
    assert all(warehouse.has(f"collect.{name}") for name in GIVEN)
    assert list(warehouse.columns("collect.files")) == list(GIVEN["files"])


def test_a_table_is_made_in_place_of_what_was_there_be_it_table_or_view(warehouse):
    for stored, number in ((True, 1), (False, 2), (True, 3), (False, 4)):
        warehouse.make("profile.x", f"SELECT {number} AS a", stored=stored)
        assert warehouse.value("SELECT a FROM profile.x") == number


def test_a_few_rows_come_as_the_values_that_arrow_gives(warehouse):
    sql = """SELECT $who AS who, 1.5::DECIMAL(18, 4) AS money, DATE '2024-02-29' AS day, NULL AS nothing,
             TIMESTAMP '2024-02-29 10:00' AS moment, [1, 2] AS some FROM range(2)"""
    assert warehouse.rows(sql, {"who": "ann"}) == warehouse.arrow(sql, {"who": "ann"}).to_pylist()
    assert warehouse.rows("SELECT 1 AS a WHERE false") == []


def test_a_table_and_a_view_say_whether_they_have_rows(warehouse):
    for stored in (True, False):
        for rows in (0, 3):
            warehouse.make("profile.x", f"SELECT n FROM range({rows}) AS t(n)", stored=stored)  # noqa: S608
            assert warehouse.has_rows("profile.x") is (rows > 0)


def test_arrow_goes_in_and_comes_out_as_it_was(warehouse):
    rows = pa.table({"n": [1, None], "m": [Decimal("1.5000"), None], "d": [date(2024, 2, 29), None], "t": ["茶", ""]})
    warehouse.write("profile.x", rows)
    assert warehouse.arrow("SELECT * FROM profile.x ORDER BY n NULLS LAST").to_pylist() == rows.to_pylist()


def test_a_table_of_as_many_rows_as_came_keeps_ids_as_they_are_and_words_compressed(warehouse):
    columns = "'O' || n AS order_id, 'K' || n % 9 AS category, sum(n) AS pieces"
    sql = f"SELECT {columns} FROM range(200000) AS t(n) GROUP BY ALL"  # noqa: S608
    warehouse.fill("refine.x", "SELECT 1 AS old", ibis.schema({"old": "int64"}))
    warehouse.fill("refine.x", sql, ibis.schema({"order_id": "string", "category": "string", "pieces": "int64"}))
    warehouse.checkpoint()
    rows = "SELECT count(*) AS n, count(DISTINCT order_id) AS ids, sum(pieces)::BIGINT AS pieces FROM refine.x"
    assert warehouse.arrow(rows).to_pylist() == [{"n": 200000, "ids": 200000, "pieces": 199999 * 100000}]
    stored = """SELECT column_name, bool_and(compression = 'Uncompressed') AS kept FROM pragma_storage_info('refine.x')
                WHERE segment_type = 'VARCHAR' GROUP BY ALL ORDER BY 1"""
    assert [row["kept"] for row in warehouse.arrow(stored).to_pylist()] == [False, True]
    assert warehouse.expression("refine.x").schema()["pieces"].is_int64()


def test_what_another_thread_writes_stops_neither_a_checkpoint_nor_a_copy(warehouse, tmp_path):
    warehouse.make("profile.x", "SELECT 1 AS a", stored=True)
    other = warehouse.beside()
    with other.transaction():
        other.execute("UPDATE profile.x SET a = 3")
        warehouse.checkpoint()
        warehouse.copy_to(tmp_path / "copy.duckdb")
    warehouse.checkpoint()
    assert warehouse.value("SELECT sum(a)::INT FROM profile.x") == 3
    copy = open_warehouse(f"duckdb://{tmp_path / 'copy.duckdb'}", tmp_path, read_only=True)
    assert copy.value("SELECT sum(a)::INT FROM profile.x") == 1
    copy.close()


def test_what_tables_of_another_version_lack_is_told_from_any_other_failure(warehouse):
    warehouse.make("profile.x", "SELECT 1 AS a", stored=True)
    table = warehouse.expression("profile.x")
    asked = {
        "no table": lambda: warehouse.arrow("SELECT * FROM profile.y"),
        "no column": lambda: warehouse.arrow("SELECT b FROM profile.x"),
        "no attribute": lambda: table.b,
        "no item": lambda: table.select("b"),
    }
    for what, ask in asked.items():
        with pytest.raises(Exception) as told:
            ask()
        assert lacking(told.value), what
    for fault in (lambda: warehouse.arrow("SELECT a / 'x' FROM profile.x"), lambda: None.b, lambda: {}["b"]):
        with pytest.raises(Exception) as told:
            fault()
        assert lacking(told.value) == ""


def test_tables_that_the_shell_fills_get_the_columns_that_an_older_version_did_not_know(tmp_path):
    store = open_warehouse(URL, tmp_path)
    store.execute("INSERT INTO collect.files (source, file) VALUES ('s', 'f')")
    store.execute("ALTER TABLE collect.files DROP COLUMN mapping")
    store.close()
    store = open_warehouse(URL, tmp_path)
    assert store.arrow("SELECT source, file, mapping FROM collect.files").to_pylist() == [
        {"source": "s", "file": "f", "mapping": None}
    ]
    store.close()


def test_sums_of_whole_numbers_are_whole_numbers(warehouse):
    warehouse.make("profile.x", "SELECT sum(n) AS n, sum(n / 2) AS half FROM range(4) AS t(n)", stored=True)
    (row,) = warehouse.arrow("SELECT * FROM profile.x").to_pylist()
    assert (repr(row["n"]), row["half"]) == ("6", 3.0)


def test_rows_come_in_batches_too(warehouse):
    batches = list(warehouse.batches("SELECT * FROM range(250000)", rows=100_000))
    assert len(batches) > 1 and sum(batch.num_rows for batch in batches) == 250_000


def test_an_empty_table_has_the_columns_it_promised(warehouse):
    warehouse.declare("profile.x", engine_types(ibis.schema({"a": "decimal(18, 4)", "b": "date", "c": "timestamp(6)"})))
    kinds = warehouse.expression("profile.x").schema()
    assert [str(kind) for kind in kinds.types] == ["decimal(18, 4)", "date", "timestamp(6)"]


def test_a_table_that_is_not_made_names_the_command(warehouse):
    with pytest.raises(NotReady, match=r"`profile.rfm` is not made yet") as told:
        warehouse.expression("profile.rfm")
    assert told.value.hint == "motherlode run"


def test_what_stands_where_is_known_within_a_transaction_and_after_one_that_failed(warehouse):
    with pytest.raises(ZeroDivisionError), warehouse.transaction():
        warehouse.make("profile.x", "SELECT 1 AS a", stored=True)
        warehouse.make("profile.y", "SELECT * FROM profile.x", stored=False)
        assert (warehouse.stands()["profile.x"], warehouse.stands()["profile.y"]) == ("TABLE", "VIEW")
        warehouse.make("profile.y", "SELECT 2 AS b", stored=True)
        warehouse.drop("profile.x")
        assert warehouse.has("profile.y") and not warehouse.has("profile.x") and not warehouse.has("profile.z")
        assert warehouse.addresses_with("b") == ["profile.y"] and warehouse.columns("profile.y") == {"b": "INTEGER"}
        raise ZeroDivisionError
    assert not warehouse.has("profile.y")
    other = warehouse.beside()
    other.make("profile.z", "SELECT 1 AS a", stored=True)
    assert warehouse.has("profile.z")


def test_a_failure_within_a_transaction_leaves_what_was_there(warehouse):
    warehouse.make("profile.x", "SELECT 1 AS a", stored=True)
    with pytest.raises(EngineError), warehouse.transaction():
        warehouse.make("profile.x", "SELECT 2 AS a", stored=True)
        warehouse.make("profile.y", "SELECT broken", stored=True)
    assert warehouse.value("SELECT a FROM profile.x") == 1
    assert not warehouse.has("profile.y")


def test_an_interruption_within_a_transaction_does_too(warehouse):
    with pytest.raises(KeyboardInterrupt), warehouse.transaction():
        warehouse.make("profile.x", "SELECT 2 AS a", stored=True)
        raise KeyboardInterrupt
    assert not warehouse.has("profile.x")


def test_an_engine_error_is_one_line_with_the_address_and_keeps_the_sql_for_the_trace(warehouse):
    columns = ", ".join(f"{number} AS column_{number}" for number in range(500))
    long = f"FROM nowhere SELECT {columns}"
    with pytest.raises(EngineError) as told:
        warehouse.make("profile.x", long, stored=True)
    assert told.value.message.startswith("`profile.x`: Catalog Error: Table with name nowhere does not exist")
    assert "\n" not in told.value.message and len(told.value.message) < 300
    assert "column_499" in told.value.__notes__[0]


def test_what_fails_only_when_rows_are_read_is_told_as_well(warehouse):
    sql = "SELECT CAST(text AS INTEGER) FROM (VALUES ('1'), ('one')) AS t(text)"
    with pytest.raises(EngineError, match="Conversion Error"):
        warehouse.arrow(sql, address="profile.x")
    with pytest.raises(EngineError, match="Conversion Error"):
        list(warehouse.batches(sql))


def test_nothing_of_a_value_is_run(warehouse):
    name = "x'; DROP TABLE collect.files; --"
    assert warehouse.value("SELECT $name", {"name": name}) == name
    assert quoted('pro"file.x') == '"pro""file"."x"'
    assert warehouse.has("collect.files")


def test_a_statement_says_how_many_rows_it_changed(warehouse):
    warehouse.execute("CREATE TABLE collect.t AS SELECT * FROM range(5) AS r(n)")
    assert warehouse.execute("DELETE FROM collect.t WHERE n < $least", {"least": 3}) == 3


def test_every_stored_type_has_a_name_in_duckdb(warehouse):
    kinds = {kind for columns in GIVEN.values() for kind in columns.values()}
    for kind in kinds:
        assert warehouse.value(f"SELECT CAST(NULL AS {duckdb_type(kind)})") is None


def test_an_unknown_engine_is_told_without_the_rest_of_its_url(tmp_path):
    with pytest.raises(ConfigError, match="no engine `spark`") as told:
        open_warehouse("spark://me:s3cret@host", tmp_path)
    assert "s3cret" not in told.value.message + told.value.hint


def test_a_limit_that_the_engine_does_not_take_is_one_line(tmp_path):
    with pytest.raises(EngineError, match="cannot be opened") as told:
        open_warehouse(URL, tmp_path, memory_limit="plenty")
    assert "\n" not in told.value.message and "memory_limit" in told.value.hint


def test_a_file_that_is_no_warehouse_is_told_and_kept(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "warehouse.duckdb").write_bytes(b"not a database, but somebody's diary" * 200)
    with pytest.raises(EngineError, match="cannot be opened"):
        open_warehouse(URL, tmp_path)
    assert b"diary" in (tmp_path / "data" / "warehouse.duckdb").read_bytes()


def test_a_reader_makes_nothing_and_says_that_there_is_nothing(tmp_path):
    with pytest.raises(NotReady) as told:
        open_warehouse(URL, tmp_path, read_only=True)
    assert told.value.hint == "motherlode run" and list(tmp_path.iterdir()) == []


HOLD = """
import sys, pathlib
from motherlode.warehouse import open_warehouse
store = open_warehouse("{url}", pathlib.Path({root!r}), read_only={read_only})
print("open", flush=True)
sys.stdin.readline()
"""


def holder(root, *, read_only):
    """Another process that has the warehouse open until its standard input ends."""
    script = HOLD.format(url=URL, root=str(root), read_only=read_only)
    process = subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1, text=True)
    assert process.stdout.readline() == "open\n"
    return process


@pytest.mark.parametrize("read_only", [False, True])
def test_a_warehouse_that_another_process_writes_to_is_in_use_and_the_process_is_named(tmp_path, read_only):
    open_warehouse(URL, tmp_path).close()
    with holder(tmp_path, read_only=False) as other:
        with pytest.raises(EngineError, match=rf"is in use by process {other.pid} \(.*python.*\)") as told:
            open_warehouse(URL, tmp_path, read_only=read_only)
        other.communicate("\n")
    assert "\n" not in told.value.message and told.value.hint


def test_any_number_of_processes_can_read_at_once(tmp_path):
    store = open_warehouse(URL, tmp_path)
    store.make("profile.x", "SELECT 7 AS a", stored=True)
    store.close()
    with holder(tmp_path, read_only=True) as other:
        mine = open_warehouse(URL, tmp_path, read_only=True)
        assert mine.value("SELECT a FROM profile.x") == 7
        mine.close()
        other.communicate("\n")


def test_a_reader_cannot_write(tmp_path):
    open_warehouse(URL, tmp_path).close()
    mine = open_warehouse(URL, tmp_path, read_only=True)
    with pytest.raises(EngineError, match="read-only"):
        mine.make("profile.x", "SELECT 1 AS a", stored=True)
    mine.close()


def test_a_second_opening_in_the_same_process_in_another_way_is_told(warehouse, tmp_path):
    with pytest.raises(EngineError, match="open in this process already"):
        open_warehouse(URL, tmp_path, read_only=True)
