"""Operational facts, append-only: what was run, what people corrected.

SQLAlchemy, so that SQLite and PostgreSQL are one code.

Consents, assignments, messages and decisions join here as tables of their own.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

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
        runs = self.read("runs")
        return runs[-1] if runs else None

    def close(self) -> None:
        self._engine.dispose()


def open_ledger(url: str, root: Path) -> Ledger:
    """Open the ledger; a relative SQLite path is relative to the project."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        path = root / parsed.database
        path.parent.mkdir(parents=True, exist_ok=True)
        parsed = parsed.set(database=str(path))
    engine = sa.create_engine(parsed)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _write_ahead)
    FACTS.create_all(engine)
    return Ledger(engine)


def _write_ahead(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
