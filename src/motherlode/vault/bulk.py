"""Many rows at once into the tables of the vault, and the few values that its driver wants in a form of its own."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

_IDS_A_QUERY = 5_000

Row = tuple[Any, ...]


def add(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    _send(connection, table.insert(), [column.name for column in table.columns], rows)


def remove(connection: sa.Connection, table: sa.Table, keys: list[Row]) -> None:
    names = [column.name for column in table.primary_key.columns]
    _send(connection, sa.delete(table).where(*(table.c[name] == sa.bindparam(name) for name in names)), names, keys)


def _send(connection: sa.Connection, statement: sa.Insert | sa.Delete, names: list[str], rows: list[Row]) -> None:
    """Hand rows to the driver as they are: preparing each in Python costs more than SQLite takes to write it."""
    if not rows:
        return
    compiled = statement.compile(dialect=connection.dialect)
    ready: Any = rows if compiled.positional else [dict(zip(names, row, strict=True)) for row in rows]
    connection.exec_driver_sql(str(compiled), ready)


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
