"""Many rows at once into the tables of the vault, and the few values that its driver wants in a form of its own."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa

_IDS_A_QUERY = 5_000

Row = tuple[Any, ...]


def add(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    """Add rows as the driver takes them: preparing each in Python costs more than SQLite takes to write it."""
    if not rows:
        return
    compiled = table.insert().compile(dialect=connection.dialect)
    names = [column.name for column in table.columns]
    ready: Any = rows if compiled.positional else [dict(zip(names, row, strict=True)) for row in rows]
    connection.exec_driver_sql(str(compiled), ready)


def among(connection: sa.Connection, column: sa.Column[str], values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a column is one of some values, in one parameter where the database can: each costs more than a row."""
    if connection.dialect.name != "sqlite":
        return column.in_(values)
    listed = sa.text("SELECT value FROM json_each(:listed)").bindparams(listed=msgspec.json.encode(values).decode())
    return column.in_(listed)


def stamp(connection: sa.Connection, now: datetime) -> object:
    """The moment as this database's driver takes it."""
    ready = sa.DateTime().dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return ready(utc(now)) if ready else utc(now)


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Few enough at a time for the parameters of one query."""
    return (values[start : start + _IDS_A_QUERY] for start in range(0, len(values), _IDS_A_QUERY))


def utc(moment: datetime) -> datetime:
    """Without a zone, as the stores write it; a moment without a zone is UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
