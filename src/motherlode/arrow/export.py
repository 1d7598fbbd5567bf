"""Rows as files and text that other programs read: CSV safe from formulas, Excel, JSON, Parquet."""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from motherlode.errors import MotherlodeError

KINDS = ("csv", "json", "xlsx", "parquet")

# A cell that begins so is run as a formula by a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# More rows under its header, or letters in a cell, no Excel sheet holds.
EXCEL_ROWS = 1_048_575
EXCEL_LETTERS = 32_767

ROWS_AT_ONCE = 10_000


def write(rows: pa.Table, kind: str, out: BinaryIO) -> None:
    """Write rows to a binary stream.

    Parameters
    ----------
    kind
        "csv" (UTF-8), "json" (an array with an object a line), "xlsx" or "parquet".
    """
    if kind == "csv":
        _write_csv(rows, out)
    elif kind == "json":
        _write_json(rows, out)
    elif kind == "xlsx":
        _write_excel(rows, out)
    elif kind == "parquet":
        import pyarrow.parquet

        pyarrow.parquet.write_table(rows, out)
    else:
        raise MotherlodeError(f"rows cannot be written as `{kind}`", hint=f"one of {', '.join(KINDS)}")


def write_file(rows: pa.Table, path: Path, kind: str) -> None:
    """Write rows to a file, whole or not at all; a CSV begins with the mark by which Excel reads Chinese."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as out:
            if kind == "csv":
                out.write("\ufeff".encode())
            write(rows, kind, out)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def plain(value: Any) -> Any:
    """A value that JSON knows: what is no number is null, a moment is its ISO text."""
    if isinstance(value, Decimal):
        return plain(float(value))
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta | bytes) else value


def harmless(value: Any) -> Any:
    """A text cell that no spreadsheet runs; numbers, negative ones too, stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _flat(value: Any) -> Any:
    """A value that fits into one cell."""
    simple = plain(value)
    return json.dumps(simple, ensure_ascii=False) if isinstance(simple, dict | list) else simple


def _records(rows: pa.Table) -> Iterator[Iterable[Any]]:
    for batch in rows.to_batches(ROWS_AT_ONCE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _write_csv(rows: pa.Table, out: BinaryIO) -> None:
    out.write(_lines([rows.schema.names]))
    for batch in rows.to_batches(ROWS_AT_ONCE):
        out.write(_lines(_records(pa.Table.from_batches([batch]))))


def _lines(records: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([harmless(_flat(value)) for value in record] for record in records)
    return text.getvalue().encode()


def _write_json(rows: pa.Table, out: BinaryIO) -> None:
    """An object a line, so that a long list is written as it is read."""
    out.write(b"[")
    before = "\n"
    for batch in rows.to_batches(ROWS_AT_ONCE):
        for row in batch.to_pylist():
            out.write((before + json.dumps(plain(row), ensure_ascii=False, allow_nan=False)).encode())
            before = ",\n"
    out.write(b"\n]\n")


def _write_excel(rows: pa.Table, out: BinaryIO) -> None:
    import xlsxwriter

    if rows.num_rows > EXCEL_ROWS:
        hint = "--format csv or --format parquet, or fewer rows by --limit"
        raise MotherlodeError(f"{rows.num_rows:,} rows do not fit into an Excel sheet", hint=hint)
    # Texts stay texts: no formulas, links or numbers are made of them. A row is written as soon as it is whole.
    texts = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True, **texts}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(rows.schema.names):
            sheet.write_string(0, column, name, bold)
        for number, record in enumerate(_records(rows), start=1):
            for column, value in enumerate(record):
                cell = _flat(value)
                if cell is not None:
                    sheet.write(number, column, cell[:EXCEL_LETTERS] if isinstance(cell, str) else cell)
        sheet.autofilter(0, 0, max(rows.num_rows, 1), max(rows.num_columns - 1, 0))
    out.write(stream.getvalue())
