"""Operational facts, append-only: what was run, what people corrected.

SQLAlchemy, so that SQLite and PostgreSQL are one code.

Consents, assignments, messages and decisions join here as tables of their own.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from motherlode.errors import ConfigError, EngineError

FACTS = sa.MetaData()

RUNS = sa.Table(
    "runs",
    FACTS,
    sa.Column("run_id", sa.Integer, primary_key=True),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("tables", sa.JSON, nullable=False),
)

CORRECTIONS = sa.Table(
    "corrections",
    FACTS,
    sa.Column("correction_id", sa.Integer, primary_key=True),
    sa.Column("made_at", sa.DateTime, nullable=False),
    sa.Column("table", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("cells", sa.JSON, nullable=False),
)

NAMES = {"runs": RUNS, "corrections": CORRECTIONS}


class Ledger:
    """Facts are added and read; none is changed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def record(self, name: str, facts: Sequence[Mapping[str, Any]]) -> None:
        """Add facts to one of the ledger's tables, in one transaction."""
        if facts:
            with self._engine.begin() as connection:
                connection.execute(NAMES[name].insert(), [dict(fact) for fact in facts])

    def read(self, name: str) -> list[dict[str, Any]]:
        """All facts of a table, oldest first."""
        table = NAMES[name]
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            return [dict(row) for row in rows.mappings()]

    def last_run(self) -> dict[str, Any] | None:
        latest = sa.select(RUNS).order_by(RUNS.c.run_id.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(latest).mappings().first()
        return dict(row) if row else None

    def close(self) -> None:
        self._engine.dispose()


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
    except sa.exc.DBAPIError as error:
        engine.dispose()
        hint = f"look at `ledger =` in motherlode.toml, and whether {root} can be written to"
        raise EngineError(f"ledger {engine.url!r} cannot be opened: {error.orig}", hint=hint) from error
    return Ledger(engine)


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
    path = root / str(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write_ahead(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
