"""Who was shredded, blindly."""

import sqlalchemy as sa

from motherlode.vault.bulk import add
from motherlode.vault.layout import SUPPRESSED


def suppressed(connection: sa.Connection) -> dict[str, set[str]]:
    tokens: dict[str, set[str]] = {}
    for name, token in connection.execute(sa.select(SUPPRESSED.c.index_name, SUPPRESSED.c.token)):
        tokens.setdefault(name, set()).add(token.hex())
    return tokens


def suppress(connection: sa.Connection, tokens: set[tuple[str, bytes]], at: object) -> None:
    known = {(name, bytes.fromhex(token)) for name, some in suppressed(connection).items() for token in some}
    add(connection, SUPPRESSED, [(name, token, at) for name, token in sorted(tokens - known)])
