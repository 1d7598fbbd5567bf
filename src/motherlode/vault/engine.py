"""The database of the vault: opened, its transactions, its log."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from motherlode.errors import EngineError
from motherlode.machine.private import private_file

_WAIT_SECONDS = 60
_CACHE_KIB = 131_072


@contextmanager
def transaction(engine: sa.Engine, *, reading: bool = False) -> Iterator[sa.Connection]:
    """One transaction; one that only reads waits for no writer."""
    try:
        with engine.execution_options(reading=reading).begin() as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        raise EngineError(
            f"vault: `{engine.url.database}` failed: {error.orig}",
            hint="nothing of this call was written: see that the file is a vault and that no one else holds it",
        ) from error


def open_engine(url: str, root: Path) -> tuple[sa.Engine, Path | None]:
    """The engine, and SQLite's file where it is one."""
    parsed = sa.make_url(url)
    path = _private_file(parsed, root)
    engine = sa.create_engine(parsed.set(database=str(path)) if path else parsed, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _connected)
        sa.event.listen(engine, "begin", _begun)
    return engine, path


def _private_file(url: sa.URL, root: Path) -> Path | None:
    """SQLite's file, which only its owner can read; SQLite gives the same rights to the log beside it."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return private_file(root / str(url.database))


def _connected(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # Transactions begin in `_begun`, not at Python's first guess of a write.
    # Larger pages than SQLite's own cost a fifth less to fill; a file that has others keeps them.
    for setting in (
        "page_size=16384",
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        f"cache_size=-{_CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {setting}")
    connection.execute(f"PRAGMA busy_timeout={_WAIT_SECONDS * 1000}")


def _begun(connection: sa.Connection) -> None:
    """A writer takes the lock before it reads, so that two of them cannot both find a person missing."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def empty_log(engine: sa.Engine) -> None:
    """Move SQLite's log into the database and cut it: a destroyed key must not live on in it."""
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as raw:
        busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise EngineError(
            "vault: people were shredded, but the log with their old keys is still being read",
            hint="close other readers of the vault, then shred the same people again",
        )


def rewrite(engine: sa.Engine) -> None:
    """Write SQLite's file anew and cut its log."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM")
        empty_log(engine)


def copy_to(engine: sa.Engine, path: Path) -> None:
    """Write SQLite's file, whole as it is now, into another."""
    with closing(engine.raw_connection()) as raw:
        raw.cursor().execute("VACUUM INTO ?", (str(path),))
