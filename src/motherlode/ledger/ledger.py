"""Facts are written, read and, where a person is erased, forgotten."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from motherlode.ledger.layout import CORRECTIONS, DECISIONS, NAMES, RUNS, personal


class Ledger:
    """Facts are added and read; none is changed, and only erasing a person takes facts away."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> sa.Engine:
        """The database, for facts that need a transaction of their own."""
        return self._engine

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

    def since(self, name: str, last: int) -> list[dict[str, Any]]:
        """Facts of a table that were added after one, by its number."""
        table = NAMES[name]
        (number,) = table.primary_key.columns
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(table).where(number > last).order_by(number))
            return [dict(row) for row in rows.mappings()]

    def about_people(self) -> list[str]:
        """Names of the tables about people."""
        return [table.name for table in personal()]

    def about(self, name: str, customer_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Facts of a table about people, oldest first."""
        table = NAMES[name]
        mine = sa.select(table).where(_names(table, customer_ids))
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(mine.order_by(*table.primary_key.columns)).mappings()]

    def beginning(self, name: str, start: str) -> list[dict[str, Any]]:
        """Facts of a table about people whose id begins so, oldest first."""
        table = NAMES[name]
        mine = sa.select(table).where(table.c.customer_id.startswith(start, autoescape=True))
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(mine.order_by(*table.primary_key.columns)).mappings()]

    def last(self, name: str, limit: int) -> list[dict[str, Any]]:
        """The last facts of a table, oldest first."""
        table = NAMES[name]
        newest = sa.select(table).order_by(*(column.desc() for column in table.primary_key.columns)).limit(limit)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(newest).mappings()][::-1]

    def last_decisions(self) -> pa.Table:
        """The digest of the last decision about each person."""
        newest = sa.select(sa.func.max(DECISIONS.c.decision_id)).group_by(DECISIONS.c.customer_id)
        mine = sa.select(DECISIONS.c.customer_id, DECISIONS.c.digest).where(DECISIONS.c.decision_id.in_(newest))
        with self._engine.connect() as connection:
            rows = connection.execute(mine).all()
        names = ("customer_id", "digest")
        return pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})

    def requests(self, person: str) -> list[dict[str, Any]]:
        """What a person, named by a blind token, asked for, oldest first."""
        return [row for row in self.read("requests") if row["person"] == person]

    def people(self) -> list[str]:
        """Everybody whom facts are about."""
        with self._engine.connect() as connection:
            return sorted(
                {who for t in personal() for who in connection.scalars(sa.select(t.c.customer_id).distinct())}
            )

    def forget(self, customer_ids: Sequence[str], rows: Sequence[Mapping[str, Any]] = ()) -> dict[str, int]:
        """Delete what is about people, and corrections of these loaded rows; gives the facts by table."""
        at = sa.and_(*(CORRECTIONS.c[name] == sa.bindparam(f"of_{name}") for name in ("source", "file", "row")))
        places = [{f"of_{name}": row[name] for name in ("source", "file", "row")} for row in rows]
        gone = {"corrections": 0}
        with self._engine.begin() as connection:
            for place in places:
                gone["corrections"] += connection.execute(sa.delete(CORRECTIONS).where(at), place).rowcount
            for table in personal():
                gone[table.name] = connection.execute(sa.delete(table).where(_names(table, customer_ids))).rowcount
            if connection.scalar(sa.select(sa.exists().where(DECISIONS.c.facts.contains('"peer_id":"')))):
                _unname(connection, customer_ids)
        return gone

    def copy_to(self, path: Path) -> None:
        """Write SQLite's file, whole as it is now, into another."""
        with closing(self._engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM INTO ?", (str(path),))

    def rewrite(self) -> None:
        """Write SQLite's file anew, so that no freed page keeps what was deleted."""
        if self._engine.dialect.name == "sqlite":
            with closing(self._engine.raw_connection()) as raw:
                raw.cursor().execute("VACUUM")
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def last_run(self) -> dict[str, Any] | None:
        latest = sa.select(RUNS).order_by(RUNS.c.run_id.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(latest).mappings().first()
        return dict(row) if row else None

    def close(self) -> None:
        self._engine.dispose()


def _unname(connection: sa.Connection, customer_ids: Sequence[str]) -> None:
    """Take people out of decisions about others: those of an older version say whom somebody was compared to."""
    for who in customer_ids:
        named = f'"peer_id":"{who}"'
        facts = sa.func.replace(DECISIONS.c.facts, named, '"peer_id":null')
        mine = DECISIONS.c.facts.contains(named, autoescape=True)
        connection.execute(sa.update(DECISIONS).where(mine).values(facts=facts))


def _names(table: sa.Table, customer_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a fact is about one of these people; a fact about two is about both."""
    people = [table.c[name] for name in ("customer_id", "other") if name in table.c]
    return sa.or_(*(column.in_(customer_ids) for column in people))
