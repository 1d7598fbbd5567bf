"""Comma-separated files and their kin: every cell as it came, every line that is no row kept with its problem."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from motherlode.collect.sources.dialect import BLANKS, Dialect, beginning_of, dialect, quoting
from motherlode.collect.sources.encoding import (
    BlockStream,
    Encoded,
    look,
    utf8_blocks,
    whole_lines,
    without_start,
)
from motherlode.collect.sources.layout import ROWS_A_BATCH, Layout, Part
from motherlode.collect.sources.records import Record, records
from motherlode.doors import Batch, Broken

READ_BYTES = 1 << 24

_BLANKS_AROUND = re.compile(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)")
_BLANKS_BETWEEN = re.compile(rb"[ \t]+")


def parts(path: Path, layout: Layout) -> Iterator[Part]:
    """A text file holds one part."""
    yield Part("", partial(batches, path, layout))


def batches(path: Path, layout: Layout) -> Iterator[Batch]:
    """Rows of a delimited text file; a file with headers and nothing else gives one batch without rows."""
    encoded = look(path, layout.encoding)
    beginning = beginning_of(utf8_blocks(path, encoded))
    if not beginning.strip():
        return
    shape = dialect(beginning, layout)
    has_quotes = encoded.quotes and shape.delimiter != BLANKS
    marks = quoting(_data(path, encoded, shape), shape) if has_quotes else "none"
    if marks == "irregular":
        found = _careful(_data(path, encoded, shape), shape)
    else:
        found = _fast(_data(path, encoded, shape), shape, quoted=marks == "regular")
    yield from map(_without_ticks, found) if shape.ticked else found


def _without_ticks(batch: Batch) -> Batch:
    cells = [pc.utf8_ltrim(column, characters="`") for column in batch.rows.columns]
    return msgspec.structs.replace(batch, rows=pa.RecordBatch.from_arrays(cells, schema=batch.rows.schema))


def _data(path: Path, encoded: Encoded, shape: Dialect) -> Iterator[bytes]:
    """Bytes of the rows alone, with a tab where cells are set apart by blanks."""
    blocks = without_start(utf8_blocks(path, encoded), shape.start)
    return map(_blanks_to_tabs, whole_lines(blocks)) if shape.delimiter == BLANKS else blocks


def _blanks_to_tabs(lines: bytes) -> bytes:
    return _BLANKS_BETWEEN.sub(b"\t", _BLANKS_AROUND.sub(b"", lines))


def _file(blocks: Iterator[bytes]) -> io.BufferedReader:
    return io.BufferedReader(BlockStream(blocks), READ_BYTES)


def _delimiter(shape: Dialect) -> str:
    return "\t" if shape.delimiter == BLANKS else shape.delimiter


def _fast(blocks: Iterator[bytes], shape: Dialect, *, quoted: bool) -> Iterator[Batch]:
    """Rows of a file whose quotation marks are in order: no Python on a good row."""
    broken: list[Broken] = []
    first_row, given = 1, False
    source = _file(blocks)
    # The reader takes a file without a byte for a mistake; here it is one that ends after its headers.
    for rows in _open_csv(source, shape, quoted, broken) if source.peek(1) else ():
        found = tuple(broken)
        del broken[: len(found)]
        if rows.num_rows or found:
            yield Batch(rows, first_row, found)
            first_row, given = first_row + rows.num_rows, True
    if broken or not given:
        yield Batch(_no_rows(shape.names), first_row, tuple(broken))


def _open_csv(
    source: io.BufferedReader, shape: Dialect, quoted: bool, broken: list[Broken]
) -> pacsv.CSVStreamingReader:
    def keep(line: pacsv.InvalidRow) -> Literal["skip"]:
        if line.text.strip():
            broken.append(_broken(line.number or 0, line.text, line.actual_columns, line.expected_columns))
        return "skip"

    return pacsv.open_csv(
        source,
        # One thread: the second costs more than it gives here, and without it lines are numbered.
        pacsv.ReadOptions(use_threads=False, block_size=READ_BYTES, column_names=list(shape.names)),
        pacsv.ParseOptions(
            delimiter=_delimiter(shape),
            quote_char='"' if quoted else False,
            newlines_in_values=quoted,
            invalid_row_handler=keep,
        ),
        # Looked at before: `utf8_blocks` gives nothing else.
        pacsv.ConvertOptions(
            check_utf8=False, column_types={name: pa.string() for name in shape.names}, strings_can_be_null=False
        ),
    )


def _careful(blocks: Iterator[bytes], shape: Dialect) -> Iterator[Batch]:
    """Rows of a file with quotation marks out of order, record by record."""
    lines = io.TextIOWrapper(_file(blocks), encoding="utf-8", newline="")
    found = records(lines, _delimiter(shape), len(shape.names))
    first_row, ordinal = 1, 1
    while taken := list(islice(found, ROWS_A_BATCH)):
        rows, broken = _sorted_out(taken, ordinal, len(shape.names))
        yield Batch(_columns(rows, shape.names), first_row, broken)
        first_row += len(rows)
        ordinal += len(taken)
    if ordinal == 1:
        yield Batch(_no_rows(shape.names), first_row)


def _sorted_out(taken: Sequence[Record], ordinal: int, width: int) -> tuple[list[list[str]], tuple[Broken, ...]]:
    rows = [record.cells for record in taken if len(record.cells) == width]
    broken = tuple(
        _broken(number, record.text.rstrip("\r\n"), len(record.cells), width)
        for number, record in enumerate(taken, ordinal)
        if len(record.cells) != width
    )
    return rows, broken


def _broken(row: int, text: str, cells: int, expected: int) -> Broken:
    return Broken(row, text, "too_few_fields" if cells < expected else "too_many_fields")


def _columns(rows: Iterable[Sequence[str]], names: Sequence[str]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.record_batch([pa.array(column, pa.string()) for column in columns], names=list(names))


def _no_rows(names: Sequence[str]) -> pa.RecordBatch:
    return _columns([], names)
