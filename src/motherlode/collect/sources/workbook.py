"""Workbooks of Excel and LibreOffice: one part a sheet, cells as the text a reader of the sheet would type."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum

from motherlode.collect.sources import pages, text
from motherlode.collect.sources.encoding import look, utf8_blocks
from motherlode.collect.sources.header import LOOKED_AT, column_names, header_row, is_blank, named_width
from motherlode.collect.sources.layout import ROWS_A_BATCH, Layout, Part
from motherlode.doors import Batch
from motherlode.errors import ConfigError, did_you_mean

Cell = int | float | str | bool | datetime.date | datetime.time | datetime.timedelta
Cells = Sequence[Cell]

# Whole numbers beyond this are not exact in a float; they are shown as Excel holds them.
_EXACT = float(2**53)


def parts(path: Path, layout: Layout) -> Iterator[Part]:
    """Every sheet of a workbook that holds something, or the one asked for; a text that is called one holds itself."""
    if path.name.lower().endswith(".xls") and not _is_workbook(path):
        yield from _called_so(path, layout)
        return
    with CalamineWorkbook.from_path(str(path)) as book:
        names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if layout.sheet is not None and layout.sheet not in names:
        raise ConfigError(f"`{path.name}` has no sheet `{layout.sheet}`", hint=did_you_mean(layout.sheet, names))
    changed = path.stat().st_mtime_ns
    for name in sorted(names):
        if layout.sheet in (None, name) and _sheet(path, changed, name).height:
            yield Part(name, partial(batches, path, changed, name, layout.header))


def _is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8).startswith((b"PK", b"\xd0\xcf\x11\xe0", b"\x09\x08"))


def _called_so(path: Path, layout: Layout) -> Iterator[Part]:
    """Many programs write text or a web page and call it `.xls`, because Excel opens that too."""
    beginning = next(utf8_blocks(path, look(path, layout.encoding)), b"").lstrip()
    if beginning.startswith(b"<"):
        yield Part("", partial(_of_a_page, path, layout))
    elif beginning and b"\0" not in beginning[:1000]:
        yield from text.parts(path, layout)
    else:
        raise ValueError("it is no workbook")


def _of_a_page(path: Path, layout: Layout) -> Iterator[Batch]:
    rows = pages.table(utf8_blocks(path, look(path, layout.encoding)))
    at = header_row(rows[:LOOKED_AT]) if layout.header is None else layout.header - 1 if layout.header else None
    names = column_names(rows[at] if at is not None else [], len(rows[0]) if rows else 0)
    yield from _batches(filter(_has_cells, rows[0 if at is None else at + 1 :]), names)


def batches(path: Path, changed: int, name: str, header: int | None = None) -> Iterator[Batch]:
    """Rows of a sheet below its headers; rows without a cell count for nothing."""
    sheet = _sheet(path, changed, name)
    rows = _unmerged(sheet)
    first = list(islice(rows, max(LOOKED_AT, header or 0)))
    shown = [[_shown(cell) for cell in row] for row in first]
    at = header_row(shown) if header is None else _numbered(sheet, header)
    width = max(named_width(row) for row in shown)
    names = column_names(shown[at] if at is not None else [], max(width, len(first[0])))
    below = first[0 if at is None else at + 1 :]
    yield from _batches(filter(_has_cells, chain(below, rows)), names)


def _unmerged(sheet: CalamineSheet) -> Iterator[Cells]:
    """Rows in which a cell that was merged over several of them says in each what it says in the first."""
    left = sheet.start[1] if sheet.start else 0
    spans = {
        (top, column - left): bottom for (top, column), (bottom, _) in sheet.merged_cell_ranges or () if bottom > top
    }
    if not spans:
        yield from sheet.iter_rows()
        return
    columns = sorted({column for _, column in spans})
    held: dict[int, tuple[int, Cell]] = {}
    for number, row in enumerate(sheet.iter_rows()):
        cells = list(row)
        for column in columns:
            bottom, said = held.get(column, (-1, ""))
            if number <= bottom and cells[column] == "":
                cells[column] = said
            if (number, column) in spans:
                held[column] = (spans[number, column], cells[column])
        yield cells


@lru_cache(maxsize=1)
def _sheet(path: Path, changed: int, name: str) -> CalamineSheet:
    """The sheet in memory: asking whether it is empty, looking at it and reading it each need the whole of it."""
    with CalamineWorkbook.from_path(str(path)) as book:
        return book.get_sheet_by_name(name)


def _numbered(sheet: CalamineSheet, header: int) -> int | None:
    """Index of the row of this number; `None` for 0, which says that there is no row of headers."""
    if sheet.end and header > sheet.end[0] + 1:
        hint = "count rows from 1 as the sheet shows them, or leave `header` out to have it found"
        raise ConfigError(f"`header = {header}` is past the end of sheet `{sheet.name}`", hint=hint)
    return header - 1 if header else None


def _has_cells(row: Cells) -> bool:
    return any(cell != "" for cell in row) and not is_blank([cell if isinstance(cell, str) else "x" for cell in row])


def _batches(rows: Iterator[Cells], names: Sequence[str]) -> Iterator[Batch]:
    first_row = 1
    while taken := list(islice(rows, ROWS_A_BATCH)):
        yield Batch(_columns(taken, names), first_row)
        first_row += len(taken)
    if first_row == 1:
        yield Batch(_columns([], names), first_row)


def _columns(rows: Iterable[Cells], names: Sequence[str]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.record_batch([_as_text(column) for column in columns], names=list(names))


def _as_text(cells: Cells) -> "pa.Array[Any]":
    """A column as text; the common kinds without a step of Python for each cell."""
    kinds = set(map(type, cells))
    if kinds <= {str}:
        return pa.array(cells, pa.string())
    if kinds <= {float, int}:
        numbers = np.array(cells, dtype=np.float64)
        if np.all(np.abs(numbers) < _EXACT) and np.all(numbers == np.floor(numbers)):
            return pa.array(numbers.astype(np.int64)).cast(pa.string())
    timed = datetime.datetime in kinds
    return pa.array([_shown(cell, timed=timed) for cell in cells], pa.string())


def _shown(cell: Cell, *, timed: bool = False) -> str:
    """One cell as text; a day in a column of moments begins at midnight."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, datetime.date) and timed:
        return f"{cell.isoformat()} 00:00:00"
    return str(cell)
