"""Files of SQLite: one part a table."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pyarrow as pa

from motherlode.collect.sources.cells import columns
from motherlode.collect.sources.layout import ROWS_A_BATCH, Layout, Part
from motherlode.doors import Batch
from motherlode.errors import ConfigError, did_you_mean

_PACKED = (".gz", ".bz2", ".zst")


def parts(path: Path, layout: Layout) -> Iterator[Part]:
    """Every table of the file that has rows, or the one asked for as its `sheet`."""
    with closing(_opened(path)) as book:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        names = sorted(name for (name,) in book.execute(sql))
        filled = {name for name in names if book.execute(f"SELECT 1 FROM {_quoted(name)} LIMIT 1").fetchone()}  # noqa: S608
    if layout.sheet is not None and layout.sheet not in names:
        raise ConfigError(f"`{path.name}` has no table `{layout.sheet}`", hint=did_you_mean(layout.sheet, names))
    for name in names:
        if layout.sheet in (None, name) and name in filled:
            yield Part(name, partial(batches, path, name))


def batches(path: Path, table: str) -> Iterator[Batch]:
    """Rows of a table as they are stored."""
    with closing(_opened(path)) as book:
        found = book.execute(f"SELECT * FROM {_quoted(table)}")  # noqa: S608
        names = [column[0] for column in found.description]
        first_row = 1
        while (rows := found.fetchmany(ROWS_A_BATCH)) or first_row == 1:
            yield Batch(columns(rows, names), first_row)
            first_row += max(1, len(rows))


def _opened(path: Path) -> sqlite3.Connection:
    """The file, to be read and left alone; a packed one is unpacked in memory."""
    if not path.name.lower().endswith(_PACKED):
        book = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    else:
        book = sqlite3.connect(":memory:")
        with pa.input_stream(str(path), compression="detect") as stream:
            book.deserialize(stream.read())
    # A cell that is no text although it says so is shown as far as it can be.
    book.text_factory = lambda cell: cell.decode(errors="backslashreplace")
    return book


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
