"""Columns whose header says that their numbers count hundredths or ten thousands: 实付金额(分), 合同金额(万元)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

import pyarrow as pa

from motherlode.doors import Batch

_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")


def multiplied(batches: Iterable[Batch], factors: Mapping[str, float]) -> Iterator[Batch]:
    """Rows with the cells of these columns times what their header says, as text."""
    for batch in batches:
        rows = batch.rows
        for header in (header for header in factors if header in rows.schema.names):
            cells = rows[header].cast(pa.string()).to_pylist()
            texts = pa.array([_times(cell, factors[header]) for cell in cells], pa.string())
            rows = rows.set_column(rows.schema.get_field_index(header), header, texts)
        yield Batch(rows, batch.first_row, batch.broken)


def _times(cell: str | None, factor: float) -> str | None:
    """A cell that is no plain number keeps its factor beside it, so that nobody reads it without."""
    text = (cell or "").strip()
    if not text:
        return cell
    try:
        number = Decimal(text.replace(",", "") if _GROUPED.fullmatch(text) else text)
    except InvalidOperation:
        return f"{text} × {factor:g}"
    return f"{number * Decimal(str(factor)):f}"
