"""Columns of the stores that SQLAlchemy writes, several of a kind at once."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

Kind = type[sa.types.TypeEngine[Any]]


def always(kind: Kind, *names: str) -> Iterator[sa.Column[Any]]:
    """Columns that every row fills."""
    return (sa.Column(name, kind, nullable=False) for name in names)


def perhaps(kind: Kind, *names: str) -> Iterator[sa.Column[Any]]:
    """Columns that a row may leave empty."""
    return (sa.Column(name, kind) for name in names)
