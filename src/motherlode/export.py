"""Rows as files and text that other programs read: CSV safe from formulas, Excel, JSON, Parquet."""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from motherlode.errors import MotherlodeError

FORMATS = ("table", "csv", "json", "xlsx", "parquet")

# A cell that begins so is run as a formula by a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# More rows than this no Excel sheet holds.
EXCEL_ROWS = 1_048_575


def write(rows: pa.Table, kind: str, out: BinaryIO, *, headers: Mapping[str, str] | None = None) -> None:
    """Write rows to a binary stream.

    Parameters
    ----------
    kind
        "csv" (UTF-8 with a byte-order mark, so that Excel reads Chinese), "json" (an array of objects), "xlsx" or
        "parquet".
    headers
        Words in place of column names, for files that people open.
    """
    names = [(headers or {}).get(name, name) for name in rows.schema.names]
    if kind == "csv":
        out.write("\ufeff".encode())
        out.write(as_csv(names, _records(rows)).encode())
    elif kind == "json":
        out.write(as_json(rows).encode())
    elif kind == "parquet":
        import pyarrow.parquet

        pyarrow.parquet.write_table(rows, pa.PythonFile(out, mode="w"))
    else:
        out.write(_as_excel(names, rows))


def write_file(rows: pa.Table, path: Path, kind: str, headers: Mapping[str, str] | None = None) -> None:
    """Write rows to a file."""
    with path.open("wb") as out:
        write(rows, kind, out, headers=headers)


def as_csv(names: Iterable[str], records: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in names])
    writer.writerows([harmless(plain(value)) for value in record] for record in records)
    return text.getvalue()


def as_json(rows: pa.Table) -> str:
    """A JSON array, an object a row."""
    objects = [{name: plain(value) for name, value in row.items()} for row in rows.to_pylist()]
    return json.dumps(objects, ensure_ascii=False, indent=1) + "\n"


def plain(value: Any) -> Any:
    """A value that JSON and CSV know."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date | datetime) else value


def harmless(value: Any) -> Any:
    """A text cell that no spreadsheet runs."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _records(rows: pa.Table) -> Iterable[Iterable[Any]]:
    for batch in rows.to_batches(10_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _as_excel(names: list[str], rows: pa.Table) -> bytes:
    import xlsxwriter

    if rows.num_rows > EXCEL_ROWS:
        raise MotherlodeError(f"{rows.num_rows:,} rows do not fit into an Excel sheet", hint="--format csv or parquet")
    stream = io.BytesIO()
    # Texts stay texts: no formulas, links or numbers are made of them.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, name in enumerate(names):
            sheet.write_string(0, column, name, bold)
        for number, record in enumerate(_records(rows), start=1):
            for column, value in enumerate(record):
                cell = plain(value)
                if cell is not None:
                    sheet.write(number, column, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(rows.num_rows, 1), max(len(names) - 1, 0))
    return stream.getvalue()
