"""Files of SQLite, a part a table."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from motherlode.collect.sources.files import Files, files
from motherlode.errors import ConfigError, ContractError


def _shop(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as book:
        book.execute("CREATE TABLE orders (no TEXT, paid, at TEXT, picture BLOB)")
        rows = [("007", 12.5, "2024-05-06", b"\x00\x01"), ("008", "面议", None, None)]
        book.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
        book.execute('CREATE TABLE "odd ""name" (n INTEGER)')
        book.execute('INSERT INTO "odd ""name" VALUES (1)')
        book.execute("CREATE TABLE unfilled (n INTEGER)")
        book.commit()
    return path


def _rows(path: Path, sheet: str) -> list[dict[str, object]]:
    (piece,) = files(Files(path=str(path), root=str(path.parent), sheet=sheet))
    return [row for batch in piece.batches() for row in batch.rows.to_pylist()]


def test_every_table_that_holds_something_is_a_part(tmp_path):
    found = [piece.address for piece in files(Files(path=str(_shop(tmp_path / "shop.db")), root=str(tmp_path)))]
    assert found == ['shop.db#odd "name', "shop.db#orders"]


def test_cells_come_as_they_are_stored_numbers_beside_words_as_text(tmp_path):
    assert _rows(_shop(tmp_path / "shop.sqlite3"), "orders") == [
        {"no": "007", "paid": "12.5", "at": "2024-05-06", "picture": b"\x00\x01"},
        {"no": "008", "paid": "面议", "at": None, "picture": None},
    ]


def test_a_packed_file_holds_the_same_and_reading_leaves_it_alone(tmp_path):
    plain = _shop(tmp_path / "shop.sqlite")
    before = plain.read_bytes()
    packed = tmp_path / "packed.sqlite.gz"
    packed.write_bytes(gzip.compress(before))
    assert _rows(packed, "orders") == _rows(plain, "orders")
    assert plain.read_bytes() == before


def test_a_table_that_is_not_there_is_said_with_the_nearest(tmp_path):
    with pytest.raises(ConfigError, match="no table `order`") as told:
        _rows(_shop(tmp_path / "shop.db"), "order")
    assert "orders" in str(told.value.hint)


def test_a_file_that_only_is_called_so_is_said_to_be_unreadable(tmp_path):
    (tmp_path / "thumbs.db").write_bytes(b"no database at all" * 99)
    with pytest.raises(ContractError, match=r"thumbs\.db"):
        list(files(Files(path=str(tmp_path / "thumbs.db"), root=str(tmp_path))))
