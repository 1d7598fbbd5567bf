"""Who was shredded, blindly."""

import sqlalchemy as sa

from motherlode.vault.bulk import add
from motherlode.vault.layout import SUPPRESSED


def suppressed(connection: sa.Connection) -> dict[str, set[str]]:
    """Blind tokens, in hexadecimal, of who was shredded, by their index."""
    tokens: dict[str, set[str]] = {}
    for name, token in connection.execute(sa.select(SUPPRESSED.c.index_name, SUPPRESSED.c.token)):
        tokens.setdefault(name, set()).add(token.hex())
    return tokens


def suppress(connection: sa.Connection, tokens: set[tuple[str, bytes]], at: object) -> None:
    """Add blind tokens, each (index, token), of who is shredded; those that are known already stay as they were."""
    known = {(name, bytes.fromhex(token)) for name, some in suppressed(connection).items() for token in some}
    add(connection, SUPPRESSED, [(name, token, at) for name, token in sorted(tokens - known)])
