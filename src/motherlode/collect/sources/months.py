"""Tables with a column a month, as people keep them in spreadsheets: a row for each cell that holds something."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.doors import Batch

# What the columns of such a row are called.
DAY, VALUE = "order_date", "value"
# Two months may be a comparison; three are a table of months.
LEAST = 3

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR, _MONTH = r"(?P<year>(?:19|20)\d\d)", r"(?P<month>0[1-9]|1[0-2]|[1-9])"
_FORMS = tuple(
    re.compile(rf"(?P<before>\D*){form}(?P<after>\D*)", re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?:[-/._ ]|年|-M|M)?{_MONTH}月?(?:[-/]0?1(?:[ T]00:00(?::00)?)?)?",
        rf"{_MONTH}[-/._]{_YEAR}",
        rf"(?P<name>{'|'.join(_NAMES)})[a-z]{{0,6}}[-/._ ']*{_YEAR}",
    )
)


def month_columns(headers: Iterable[str]) -> dict[str, str]:
    """First day of the month by header, for the headers that are months of one series; nothing where they are few."""
    series: dict[tuple[str, str], dict[str, str]] = {}
    for header in headers:
        found = next((match for form in _FORMS if (match := form.fullmatch(header.strip()))), None)
        if found is not None:
            series.setdefault((found["before"], found["after"]), {})[header] = _first_day(found)
    several = [days for days in series.values() if len(set(days.values())) >= LEAST]
    # Two series side by side, money and pieces, are no plain table of months.
    return several[0] if len(several) == 1 and len(set(several[0].values())) == len(several[0]) else {}


def _first_day(found: re.Match[str]) -> str:
    groups: Mapping[str, str] = found.groupdict()
    month = int(groups["month"]) if groups.get("month") else _NAMES.index(groups["name"].lower()) + 1
    return f"{groups['year']}-{month:02d}-01"


def by_month(batches: Iterable[Batch]) -> Iterator[Batch]:
    """A row for each month of a row in which something stands, with all that stands beside the months."""
    first_row = 1
    for batch in batches:
        days = month_columns(batch.rows.schema.names)
        rows = _unfolded(batch.rows, days) if days else batch.rows
        yield Batch(rows, first_row, batch.broken)
        first_row += rows.num_rows


def _unfolded(rows: pa.RecordBatch, days: Mapping[str, str]) -> pa.RecordBatch:
    headers = list(days)
    cells = pa.concat_arrays([rows[header].cast(pa.string()) for header in headers])
    size, many = rows.num_rows, len(headers)
    # Month by month as they were put together, row by row as they are wanted.
    order = np.arange(size * many).reshape(many, size).T.ravel()
    cells = cells.take(pa.array(order))
    said = pc.fill_null(pc.invert(pc.match_substring_regex(cells, r"^[\s\-]*(?:0+(?:[.,]0+)?)?\s*$")), False)
    beside = [name for name in rows.schema.names if name not in days]
    place = pa.array(np.repeat(np.arange(size), many)).filter(said)
    columns = {name: rows[name].take(place) for name in beside}
    columns[DAY] = pa.array(np.tile(np.array(list(days.values()), dtype=object), size), pa.string()).filter(said)
    columns[VALUE] = cells.filter(said)
    return pa.record_batch(list(columns.values()), names=list(columns))


def is_free(headers: Sequence[str]) -> bool:
    """Whether no other column is called like those that are made."""
    return not {DAY, VALUE} & set(headers)
