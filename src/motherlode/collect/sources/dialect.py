"""How a text file is cut into cells: delimiter, quotation marks, columns, and where its rows begin."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from motherlode.collect.sources.encoding import whole_lines
from motherlode.collect.sources.header import LOOKED_AT, column_names, header_row, named_width
from motherlode.collect.sources.layout import Layout
from motherlode.collect.sources.records import Record, lines_tell, records
from motherlode.errors import ConfigError

Letters = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.intp]
Quoting = Literal["none", "regular", "irregular"]

# Runs of blanks between cells, as in printed tables.
BLANKS = " "
# Stands between cells where there is one column only: a character no text has.
NO_DELIMITER = "\x1f"

_DELIMITERS = (",", "\t", ";", "|")
# A delimiter that cuts fewer of the first records alike is part of the text.
_ALIKE = 0.5
_QUOTE, _NEWLINE = 34, 10


class Dialect(msgspec.Struct, frozen=True):
    """How a text file is cut into cells.

    Attributes
    ----------
    names
        Names of the columns.
    start
        Bytes of UTF-8 before the first row: titles, blank lines and headers.
    ticked
        Every cell begins with a back tick, by which exports of WeChat keep spreadsheets from taking it for a number.
    """

    delimiter: str
    names: tuple[str, ...]
    start: int
    ticked: bool = False


def dialect(beginning: str, layout: Layout) -> Dialect:
    """Find delimiter and headers in the first lines of a file."""
    before = _lines_before(beginning, layout.header or 1)
    beginning = beginning[len(before) :]
    delimiter = _given(layout.delimiter) or _found(beginning)
    first = _first_records(beginning, delimiter)
    row = header_row([record.cells for record in first]) if layout.header is None else None
    row = 0 if layout.header else row
    header, rows = ([], first) if row is None else (first[row].cells, first[row + 1 :])
    width = max(_usual_width(rows or first, named_width(header)), named_width(header))
    start = len(before.encode()) + _size(first[: 0 if row is None else row + 1], beginning)
    filled = [cell for record in rows if len(record.cells) == width for cell in record.cells if cell]
    ticked = bool(filled) and all(cell.startswith("`") for cell in filled)
    return Dialect(delimiter, column_names(header, width), start, ticked)


def quoting(blocks: Iterable[bytes], shape: Dialect) -> Quoting:
    """Say whether quotation marks open and close cells everywhere, nowhere, or only in some places.

    A mark that opens a cell follows a delimiter or a line end, one that closes it stands before one, and marks come in
    pairs that do not span whole records. Where that holds for the whole file a fast reader gives the same cells as a
    careful one.
    """
    edges = _letters_of(f"{shape.delimiter}\r\n")
    edges_or_mark = _letters_of(f'{shape.delimiter}\r\n"')
    inside, opens, regular = False, False, True
    for block in whole_lines(blocks):
        if b'"' not in block:
            continue
        letters = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
        marks = np.flatnonzero(letters == _QUOTE)
        opens = opens or bool(edges[letters[marks - 1]].any())
        if regular:
            before = letters[marks[int(inside) :: 2] - 1]
            after = letters[marks[1 - int(inside) :: 2] + 1]
            regular = bool(edges_or_mark[before].all() and edges_or_mark[after].all())
            regular = regular and not _spans_records(letters, marks, inside, shape)
        inside ^= bool(len(marks) % 2)
    if not opens:
        return "none"
    return "regular" if regular and not inside else "irregular"


def _letters_of(text: str) -> npt.NDArray[np.bool_]:
    """For every byte, whether it is one of these letters."""
    among = np.zeros(256, dtype=np.bool_)
    among[list(text.encode())] = True
    return among


def _spans_records(letters: Letters, marks: Positions, inside: bool, shape: Dialect) -> bool:
    """Whether a line that begins within a quoted cell has as many delimiters as a record of its own."""
    if not lines_tell(shape.delimiter, len(shape.names)):
        return False
    ends = np.flatnonzero(letters == _NEWLINE)
    within = (np.searchsorted(marks, ends[:-1]) + inside) % 2 == 1
    if not within.any():
        return False
    delimiters = np.flatnonzero(letters == ord(shape.delimiter))
    counts = np.diff(np.searchsorted(delimiters, ends))
    return bool((counts[within] == len(shape.names) - 1).any())


def _given(delimiter: str | None) -> str | None:
    if delimiter is None or (len(delimiter) == 1 and delimiter not in '"\r\n' and delimiter < "\x80"):
        return delimiter
    hint = 'use one of "," ";" "\\t" "|", or " " for columns set apart by blanks'
    raise ConfigError(f"`{delimiter!r}` cannot be a delimiter", hint=hint)


def _found(beginning: str) -> str:
    """The delimiter that cuts most records alike, and of two that do it as well the one that gives more cells."""
    scores = {delimiter: _score(_first_records(beginning, delimiter)) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: scores[delimiter])
    if scores[best][0] >= _ALIKE:
        return best
    return BLANKS if _set_in_blanks(_first_records(beginning, BLANKS)) else NO_DELIMITER


def _score(first: Sequence[Record]) -> tuple[float, int]:
    width = _usual_width(first)
    alike = sum(len(record.cells) == width for record in first)
    return (alike / len(first), width) if width > 1 else (0.0, width)


def _set_in_blanks(first: Sequence[Record]) -> bool:
    """Whether words line up as columns: all lines have as many, and numbers stand under each other somewhere."""
    share, width = _score(first)
    if share < 0.95:
        return False
    columns = zip(*(record.cells for record in first[1:] if len(record.cells) == width), strict=True)
    return any(all(cell[-1:].isdigit() for cell in column) for column in columns)


def _first_records(beginning: str, delimiter: str) -> list[Record]:
    lines = io.StringIO(beginning, newline="")
    if delimiter == BLANKS:
        return [Record(line, line.split()) for line in islice(filter(str.strip, lines), LOOKED_AT)]
    return list(islice(records(lines, delimiter), LOOKED_AT))


def _lines_before(beginning: str, number: int) -> str:
    """The lines above the one of this number, as an editor shows them: blank ones count."""
    before = "".join(islice(io.StringIO(beginning, newline=""), number - 1))
    if not beginning[len(before) :].strip():
        hint = "count lines from 1 as an editor shows them, or leave `header` out to have it found"
        raise ConfigError(f"`header = {number}` is past the end of the file", hint=hint)
    return before


def _size(taken: Sequence[Record], text: str) -> int:
    """Bytes of the text up to the end of the last of the taken records, blank lines between them included."""
    at = 0
    for record in taken:
        at = text.index(record.text, at) + len(record.text)
    return len(text[:at].encode())


def _usual_width(rows: Sequence[Record], likely: int = 0) -> int:
    """How many cells most records have; of several numbers the likely one, or else the largest."""
    counts = Counter(len(row.cells) for row in rows)
    return max(counts, key=lambda width: (counts[width], width == likely, width), default=0)


def beginning_of(blocks: Iterator[bytes]) -> str:
    """The first lines of a file, the last of them whole."""
    return next(whole_lines(blocks), b"").decode(errors="replace")
