import sqlite3
from contextlib import closing
from decimal import Decimal

import pyarrow as pa
import pytest

from motherlode.collect.sources import database as door
from motherlode.collect.sources.cells import columns
from motherlode.collect.sources.database import Database, database
from motherlode.collect.sources.files import peek
from motherlode.errors import ConfigError


@pytest.fixture
def shop(tmp_path):
    """A database of customers and a query-writer for it."""
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE customers (id INTEGER, name TEXT, spend REAL, odd)")
        rows = [(1, "ann", 9.5, 1), (2, "bob", None, "x"), (3, "50%:cat", 0.5, None)]
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?)", rows)
    return f"sqlite:///{tmp_path}/shop.sqlite"


def _query(url, query="SELECT * FROM customers ORDER BY id"):
    (piece,) = database(Database(url, query, "customers"))
    return piece


def test_rows_keep_the_types_of_the_database(shop):
    (batch,) = _query(shop, "SELECT id, name, spend FROM customers ORDER BY id").batches()
    assert batch.rows.schema.types == [pa.int64(), pa.string(), pa.float64()]
    assert batch.rows.to_pylist()[1] == {"id": 2, "name": "bob", "spend": None}


def test_a_column_of_numbers_and_words_is_text(shop):
    (batch,) = _query(shop).batches()
    assert batch.rows["odd"].to_pylist() == ["1", "x", None]


def test_the_query_runs_as_it_stands(shop):
    (batch,) = _query(shop, "SELECT name FROM customers WHERE name LIKE '%:cat'").batches()
    assert batch.rows["name"].to_pylist() == ["50%:cat"]


def test_rows_come_in_numbered_batches(shop, read_piece):
    many = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 119999) SELECT i FROM n"
    assert [row[0] for row in read_piece(_query(shop, many)).rows] == list(range(120_000))


def test_no_rows_show_their_columns(shop, read_piece):
    assert read_piece(_query(shop, "SELECT id, name FROM customers WHERE id > 9")).names == ["id", "name"]


def test_a_fingerprint_changes_with_the_rows_and_only_then(shop, tmp_path):
    before, again = _query(shop).fingerprint, _query(shop).fingerprint
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as connection, connection:
        connection.execute("UPDATE customers SET spend = 1 WHERE id = 2")
    assert before == again != _query(shop).fingerprint


def test_a_peek_reaches_over_batches_of_unlike_types(shop):
    unlike = (
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) "
        "SELECT iif(i < 50000, i, 'end') AS c FROM n"
    )
    assert peek(_query(shop, unlike))["c"].to_pylist()[-1] == "end"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ([{"a": Decimal("1.5")}, None], ['{"a":"1.5"}', None]),
        ([2**70, 1], [str(2**70), "1"]),
        ([b"\x00", None], [b"\x00", None]),
        ([1, b"\x00"], ["1", "00"]),
    ],
)
def test_cells_without_a_plain_type_lose_nothing(cells, column):
    assert columns([[cell] for cell in cells], ["c"])["c"].to_pylist() == column


def test_a_query_that_fails_says_why(shop):
    with pytest.raises(ConfigError, match="no such table: nope"):
        _query(shop, "SELECT * FROM nope")


@pytest.mark.parametrize("scheme", ["sqlite", "adbc+sqlite"])
def test_a_missing_file_is_not_made(tmp_path, scheme):
    with pytest.raises(ConfigError, match="no database at"):
        _query(f"{scheme}:///{tmp_path}/none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("postgresql+pg8000://ann:s3cret@shop.example/db", "pip install pg8000"),
        ("duckdb://ann:s3cret@shop.example/db", "pip install duckdb-engine"),
        ("adbc+nosuch://ann:s3cret@shop.example/db", "pip install adbc-driver-nosuch"),
        ("nosuch://ann:s3cret@shop.example/db", "check `nosuch://`"),
        ("ann:s3cret at shop.example", "write it as"),
    ],
)
def test_a_missing_driver_or_a_wrong_url_names_the_cure_and_no_password(url, hint):
    with pytest.raises(ConfigError) as raised:
        _query(url)
    assert hint in raised.value.hint
    assert "s3cret" not in raised.value.message + raised.value.hint
    assert raised.value.__cause__ is None


def test_neither_name_nor_password_is_in_an_address():
    url = door._url("postgresql://ann:s3cret@shop.example:5432/db")
    assert door._address(url) == "postgresql://shop.example:5432/db"


def test_what_a_database_says_of_a_password_is_not_repeated():
    url = door._url("postgresql://ann:s3cret@shop.example/db")
    assert "s3cret" not in door._failed(url, ValueError("login ann/s3cret refused")).message
