"""Rows of Python values, as drivers of databases give them, as columns."""

import datetime
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pyarrow as pa


def columns(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> pa.RecordBatch:
    """Rows as columns, each of the type its cells have in this batch."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.record_batch([_typed(column) for column in columns], names=list(names))


def _typed(cells: Sequence[Any]) -> "pa.Array[Any]":
    if any(isinstance(cell, dict | list) for cell in cells):
        return _as_text(cells)
    try:
        return cast("pa.Array[Any]", pa.array(cells))
    except (pa.ArrowException, OverflowError):
        # SQLite keeps numbers and words in one column; a number may be longer than a machine word.
        return _as_text(cells)


def _as_text(cells: Sequence[Any]) -> "pa.Array[Any]":
    return pa.array([None if cell is None else _shown(cell) for cell in cells], pa.string())


def _shown(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bytes):
        return cell.hex()
    if isinstance(cell, dict | list):
        return msgspec.json.encode(cell, enc_hook=str).decode()
    return cell.isoformat(" ") if isinstance(cell, datetime.datetime) else str(cell)
