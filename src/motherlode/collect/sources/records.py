"""Lines into records, by hand: for the first rows of every file, and for files whose quotation marks are not in order.

A quotation mark only means something where it opens a cell and where a delimiter or the end of the line follows the one
that closes it; anywhere else (`42" TV`, `="00123"`) it is a letter like others.
"""

import re
from collections import deque
from collections.abc import Iterator
from typing import Literal

import msgspec

# open: nothing closes the quotation mark of the last cell; torn: a line ends outside quotation marks.
State = Literal["whole", "open", "torn"]

# A quotation mark that is never closed must not swallow the rest of the file.
LINES_A_RECORD = 200

_QUOTED = re.compile(r'"((?:[^"]++|"")*+)("?)')


class Record(msgspec.Struct, frozen=True):
    """One record: the text it was made of, with its line end, and its cells."""

    text: str
    cells: list[str]


def records(lines: Iterator[str], delimiter: str, width: int | None = None) -> Iterator[Record]:
    """Give every record that is not blank; a cell may go on over lines where the record then has `width` cells."""
    waiting: deque[str] = deque()
    while (line := _next(waiting, lines)) is not None:
        if not line.strip():
            continue
        cells, state = cells_of(line.rstrip("\r\n"), delimiter)
        closed = _closed(line, waiting, lines, delimiter, width) if state == "open" else None
        yield closed or Record(line, cells)


def cells_of(line: str, delimiter: str) -> tuple[list[str], State]:
    """Cells of a line, or of lines put together, and whether they make a record."""
    if '"' not in line:
        return line.split(delimiter), "whole"
    cells: list[str] = []
    at = 0
    state: State = "whole"
    while at <= len(line):
        quoted = _QUOTED.match(line, at)
        if quoted and not quoted[2]:
            return cells + line[at:].split(delimiter), "open"
        if quoted and line[quoted.end() : quoted.end() + 1] in ("", delimiter):
            cells.append(quoted[1].replace('""', '"'))
            at = quoted.end() + 1
            continue
        end = line.find(delimiter, at)
        cells.append(line[at:] if end < 0 else line[at:end])
        at = len(line) + 1 if end < 0 else end + 1
        state = "torn" if "\n" in cells[-1] or "\r" in cells[-1] else state
    return cells, state


def lines_tell(delimiter: str, width: int) -> bool:
    """Whether a line with as many delimiters as a record is one, even within a quoted cell.

    Sentences hold a comma or two to a line, so with commas it takes more columns to be sure.
    """
    return width >= (4 if delimiter == "," else 2)


def _next(waiting: deque[str], lines: Iterator[str]) -> str | None:
    return waiting.popleft() if waiting else next(lines, None)


def _closed(line: str, waiting: deque[str], lines: Iterator[str], delimiter: str, width: int | None) -> Record | None:
    """The record that begins with an open cell, with the lines it goes on over; `None` if they do not make one."""
    taken = [line]
    while len(taken) < LINES_A_RECORD and (line := _next(waiting, lines) or ""):
        taken.append(line)
        if '"' not in line:
            continue
        text = "".join(taken)
        cells, state = cells_of(text.rstrip("\r\n"), delimiter)
        if state == "open":
            continue
        if state == "whole" and width in (None, len(cells)) and not _are_records(taken, delimiter, width):
            return Record(text, cells)
        break
    waiting.extendleft(reversed(taken[1:]))
    return None


def _are_records(lines: list[str], delimiter: str, width: int | None) -> bool:
    """Whether each line is a record by itself, as where one cell begins and a later one ends with a quotation."""
    if width is None or not lines_tell(delimiter, width):
        return False
    return all(len(cells_of(line.rstrip("\r\n"), delimiter)[0]) == width for line in lines)
