"""The privacy budget: how much of a year's epsilon each recipient has had, on disk, and never overspent.

Epsilon is reserved in a transaction before a release runs and never given back: what crashed may have been seen. A
release that was made is kept, and given again for nothing.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from motherlode.columns import always
from motherlode.errors import Refused
from motherlode.ledger import Ledger

_TABLES = sa.MetaData()

SPENT = sa.Table(
    "privacy_spent",
    _TABLES,
    sa.Column("spend_id", sa.Integer, primary_key=True),
    *always(sa.Text, "recipient", "query_hash", "query", "actor"),
    *always(sa.Integer, "year"),
    *always(sa.Float, "epsilon"),
    *always(sa.DateTime, "reserved_at"),
)
RELEASED = sa.Table(
    "privacy_released",
    _TABLES,
    sa.Column("query_hash", sa.Text, primary_key=True),
    *always(sa.DateTime, "made_at"),
    *always(sa.Text, "rows"),
)
# Sums of decimals such as 0.1 must not be refused for their last bit.
_ROUNDING = 1e-9


class Allowance:
    """What may still be released to whom."""

    def __init__(self, ledger: Ledger, epsilon_a_year: float) -> None:
        self._engine = ledger.engine
        self._year = epsilon_a_year
        _TABLES.create_all(self._engine)

    def reserve(self, recipient: str, epsilon: float, query: Mapping[str, Any], *, actor: str, now: datetime) -> None:
        """Take epsilon from the year's allowance, or refuse and take none."""
        fact = {"recipient": recipient, "query": json.dumps(query, sort_keys=True), "actor": actor}
        row = {**fact, "query_hash": query["hash"], "year": now.year, "epsilon": epsilon, "reserved_at": now}
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("LOCK TABLE privacy_spent IN EXCLUSIVE MODE"))
            # Written first: SQLite then lets nobody else write before this one has counted and ended.
            connection.execute(SPENT.insert(), row)
            spent = self._spent(connection, recipient, now.year)
            if spent > self._year + _ROUNDING:
                left = max(self._year - (spent - epsilon), 0.0)
                raise Refused(
                    f"`{recipient}` has epsilon {left:g} left of {self._year:g} in {now.year}; this takes {epsilon:g}",
                    hint="take a smaller --epsilon, ask again what was released before, or wait for the next year",
                )

    def spent(self, recipient: str, year: int) -> float:
        """The epsilon that a recipient has had in a year."""
        with self._engine.connect() as connection:
            return self._spent(connection, recipient, year)

    def all_spent(self) -> list[dict[str, Any]]:
        """Every reservation, oldest first."""
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.select(SPENT).order_by(SPENT.c.spend_id)).mappings()]

    def note_spent(self, reservations: Sequence[Mapping[str, Any]]) -> None:
        """Add reservations that are not known here, as those since an older backup was made."""
        known, facts = [_without_number(row) for row in self.all_spent()], []
        for fact in map(_without_number, reservations):
            if fact in known:
                known.remove(fact)
            else:
                facts.append(fact)
        if facts:
            with self._engine.begin() as connection:
                connection.execute(SPENT.insert(), facts)

    def released(self, query_hash: str) -> list[dict[str, Any]] | None:
        """The rows of a release that was made before; the same question twice would average the noise away."""
        mine = sa.select(RELEASED.c.rows).where(RELEASED.c.query_hash == query_hash)
        with self._engine.connect() as connection:
            kept = connection.scalar(mine)
        return json.loads(kept) if kept else None

    def keep(self, query_hash: str, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
        """Keep a release."""
        with self._engine.begin() as connection:
            fact = {"query_hash": query_hash, "made_at": now, "rows": json.dumps(list(rows))}
            connection.execute(RELEASED.insert(), fact)

    def _spent(self, connection: sa.Connection, recipient: str, year: int) -> float:
        mine = (SPENT.c.recipient == recipient) & (SPENT.c.year == year)
        return connection.scalar(sa.select(sa.func.sum(SPENT.c.epsilon)).where(mine)) or 0.0


def _without_number(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "spend_id"}
