"""The ledger is opened by the URL of its database, and gets the tables and columns that it lacks."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from motherlode.errors import ConfigError, EngineError
from motherlode.ledger.layout import FACTS
from motherlode.ledger.ledger import Ledger
from motherlode.machine.private import private_file


def open_ledger(url: str, root: Path) -> Ledger:
    """Open the ledger; a relative SQLite path is relative to the project.

    Raises
    ------
    ConfigError
        A URL of no database, or of one whose driver is not installed.
    EngineError
        The database cannot be opened.
    """
    engine = _engine(url, root)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _write_ahead)
    try:
        FACTS.create_all(engine)
        _complete(engine)
    except sa.exc.DBAPIError as error:
        engine.dispose()
        hint = f"look at `ledger =` in motherlode.toml, and whether {root} can be written to"
        raise EngineError(f"ledger {engine.url!r} cannot be opened: {error.orig}", hint=hint) from error
    return Ledger(engine)


def _complete(engine: sa.Engine) -> None:
    """Add the columns that an older version of the house did not know; facts of then have nothing in them."""
    known = sa.inspect(engine)
    with engine.begin() as connection:
        for table in FACTS.tables.values():
            there = {column["name"] for column in known.get_columns(table.name)}
            for column in (column for column in table.columns if column.name not in there):
                kind = column.type.compile(engine.dialect)
                connection.execute(sa.text(f'ALTER TABLE "{table.name}" ADD COLUMN "{column.name}" {kind}'))


def _engine(url: str, root: Path) -> sa.Engine:
    hint = 'such as ledger = "sqlite:///data/ledger.sqlite" or "postgresql://…"'
    try:
        parsed = sa.make_url(url)
        path = _file(parsed, root)
        # The URL is never told: it may hold a password.
        return sa.create_engine(parsed.set(database=str(path)) if path else parsed)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise ConfigError("ledger = … is no URL of a known database", hint=hint) from error
    except ImportError as error:
        raise ConfigError(f"ledger: {error}", hint=f"pip install {error.name}") from error


def _file(url: sa.URL, root: Path) -> Path | None:
    """SQLite's file, its folder made."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return private_file(root / str(url.database))


def _write_ahead(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA secure_delete=ON")
