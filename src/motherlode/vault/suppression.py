"""Who was shredded, blindly."""

from collections.abc import Sequence

import sqlalchemy as sa

from motherlode.vault.bulk import add
from motherlode.vault.layout import BLIND, SUPPRESSED


def suppressed(connection: sa.Connection) -> dict[str, set[str]]:
    tokens: dict[str, set[str]] = {}
    for name, token in connection.execute(sa.select(SUPPRESSED.c.index_name, SUPPRESSED.c.token)):
        tokens.setdefault(name, set()).add(token.hex())
    return tokens


def theirs_alone(connection: sa.Connection, people: Sequence[str]) -> set[tuple[str, bytes]]:
    """Tokens of values of these people that nobody else has: a family may share one phone."""
    mine = BLIND.c.customer_id.in_(people)
    others = BLIND.alias()
    same = (others.c.index_name == BLIND.c.index_name) & (others.c.token == BLIND.c.token)
    shared = sa.exists().where(same, others.c.customer_id.not_in(people))
    rows = connection.execute(sa.select(BLIND.c.index_name, BLIND.c.token).where(mine, ~shared))
    return {(name, token) for name, token in rows}


def suppress(connection: sa.Connection, tokens: set[tuple[str, bytes]], at: object) -> None:
    known = {(name, bytes.fromhex(token)) for name, some in suppressed(connection).items() for token in some}
    add(connection, SUPPRESSED, [(name, token, at) for name, token in sorted(tokens - known)])
