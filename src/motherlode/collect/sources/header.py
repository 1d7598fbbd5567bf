"""Which of the first rows holds the headers, and what the columns are called."""

import re
from collections.abc import Sequence

from motherlode.collect.sources.months import month_columns

Row = Sequence[str]

# Headers stand among the first rows or nowhere; looking further would take a sparse data row for a title.
TITLE_ROWS = 20
LOOKED_AT = 200

# Numbers, money, dates and times in the marks of both languages; letters only where a number needs them.
_VALUE = re.compile(
    r"(?=.*[\d０-９])(?:[\d０-９\s.,:/+\-()%'¥￥$€£年月日时分秒万亿元，．％]|(?<=[\d.])[eET](?=[\d+\-])|(?<=\d)Z$|[AaPp][Mm]$)+"
)
_EMAIL = re.compile(r"\S+@\S+\.\w+")


def header_row(rows: Sequence[Row]) -> int | None:
    """Index of the row of headers, past blank and title rows; `None` where the first full row is data already."""
    fullest = max((_filled(row) for row in rows), default=0)
    for index, row in enumerate(rows[:TITLE_ROWS]):
        if _is_title(row, fullest):
            continue
        return index if _names_columns(row, rows[index + 1 : index + 1 + LOOKED_AT]) else None
    return None


def column_names(header: Row, width: int) -> tuple[str, ...]:
    """Headers without the blanks around them; an empty one becomes `column_3`, a repeated one `name.2`."""
    names: list[str] = []
    for index in range(width):
        cell = header[index].strip("\ufeff \t\r\n\u3000\xa0") if index < len(header) else ""
        names.append(_unused(cell or f"column_{index + 1}", names))
    return tuple(names)


def named_width(header: Row) -> int:
    """Number of columns up to the last one that has a name."""
    return max((index + 1 for index, cell in enumerate(header) if cell.strip()), default=0)


def is_blank(row: Row) -> bool:
    return not any(cell.strip() for cell in row)


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell.strip())


def _is_title(row: Row, fullest: int) -> bool:
    filled = _filled(row)
    return filled == 0 or (filled == 1 < fullest) or filled * 2 < fullest


def _unused(name: str, taken: Sequence[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}.{number}" in taken:
        number += 1
    return f"{name}.{number}"


def _names_columns(row: Row, below: Sequence[Row]) -> bool:
    """Say whether a row differs from what stands under it as names differ from values."""
    others = [other for other in below if list(other) != list(row)]
    dated = month_columns(row)
    votes = [
        _vote_of_month(_column(others, index)) if cell in dated else _vote(cell.strip(), _column(others, index))
        for index, cell in enumerate(row)
    ]
    return sum(votes) >= 0 and any(cell.strip() and not _is_value(cell) for cell in row)


def _column(rows: Sequence[Row], index: int) -> list[str]:
    return [row[index].strip() for row in rows if index < len(row) and row[index].strip()]


def _vote_of_month(under: Sequence[str]) -> int:
    """A month names a column of what happened in it, unless months stand under it too."""
    return -1 if len(month_columns(under)) else 1


def _vote(cell: str, under: Sequence[str]) -> int:
    """+1: a word above values; -1: a value above values, or a word that comes back among the cells under it."""
    if not cell:
        return 0
    if _is_value(cell):
        return -1
    if under and sum(map(_is_value, under)) >= 0.9 * len(under):
        return 1
    return -1 if cell in under else 0


def _is_value(cell: str) -> bool:
    cell = cell.strip()
    return bool(_VALUE.fullmatch(cell) or _EMAIL.fullmatch(cell))
