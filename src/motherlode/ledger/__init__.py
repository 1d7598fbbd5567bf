"""Operational facts, append-only: what was run, what people corrected, what customers agreed to and asked for.

SQLAlchemy, so that SQLite and PostgreSQL are one code. Facts are added and never changed; only erasing a person takes
what is about her away.
"""

from motherlode.ledger.ledger import Ledger
from motherlode.ledger.opening import open_ledger

__all__ = ["Ledger", "open_ledger"]
