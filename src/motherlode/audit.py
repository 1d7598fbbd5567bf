"""The log of what was read, decided and done, in which no entry can be changed or taken away unseen.

Each entry is hashed with the hash of the one before, over the exact bytes that are stored: a value that a database
gives back in another type would break the chain. After each addition a checkpoint signed with the house's Ed25519 key
goes to a second file, so that a log that was cut short is seen too. Entries name people by blind tokens: erasing
somebody breaks no chain.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from motherlode.columns import always
from motherlode.vault import Vault
from motherlode.vault.engine import open_engine, transaction

CHECKPOINTS = "motherlode.checkpoints"
_BEGINNING = bytes(32)
_TABLES = sa.MetaData()

ENTRIES = sa.Table(
    "entries",
    _TABLES,
    sa.Column("entry", sa.Integer, primary_key=True),
    *always(sa.LargeBinary, "body", "hash"),
)


class Finding(msgspec.Struct, frozen=True):
    """What a look at the whole log found.

    Attributes
    ----------
    outcome
        `whole`; `changed` (this entry, or one in its place, is not what was written); `cut` (entries that a checkpoint
        saw are gone); `forged` (a checkpoint that the house did not sign); `unsealed` (there are entries and not one
        checkpoint: whoever took these away could cut entries too).
    entry
        The first entry that is wrong; where the log is whole, the last one.
    """

    outcome: Literal["whole", "changed", "cut", "forged", "unsealed"]
    entry: int


class Audit:
    """Entries are added and read; none is changed or taken away."""

    def __init__(self, engine: sa.Engine, checkpoints: Path, vault: Vault) -> None:
        self._engine = engine
        self._checkpoints = checkpoints
        self._vault = vault

    def note(self, what: str, *details: Mapping[str, Any], now: datetime) -> None:
        """Add an entry for each of `details`, in one transaction; they are on disk when this returns."""
        if not details:
            return
        with transaction(self._engine) as connection:
            last = sa.select(ENTRIES.c.entry, ENTRIES.c.hash).order_by(ENTRIES.c.entry.desc()).limit(1)
            entry, digest = connection.execute(last).one_or_none() or (0, _BEGINNING)
            rows = []
            for detail in details:
                body = _bytes({"at": now, "what": what, **detail})
                entry, digest = entry + 1, hashlib.sha256(digest + body).digest()
                rows.append((entry, body, digest))
            connection.exec_driver_sql("INSERT INTO entries VALUES (?, ?, ?)", rows)
        self._checkpoint(entry, digest)
        self._vault.note_head(entry, digest)

    def verify(self) -> Finding:
        """Look at every entry and every checkpoint."""
        sealed: dict[int, bytes] = {}
        for entry, digest, signature in self._sealed():
            if not self._vault.has_signed(_sealing(entry, digest), signature):
                return Finding("forged", entry)
            sealed[entry] = digest
        head = self._vault.head()
        seen = sealed | ({head[0]: head[1]} if head else {})
        entry, digest = 0, _BEGINNING
        for number, body, stored in self._entries():
            entry, digest = entry + 1, hashlib.sha256(digest + _as_bytes(body)).digest()
            if (number, stored) != (entry, digest) or seen.get(entry, digest) != digest:
                return Finding("changed", entry)
        if entry and not sealed:
            return Finding("unsealed", entry)
        gone = [number for number in seen if number > entry]
        return Finding("cut", entry + 1) if gone else Finding("whole", entry)

    def entries(self, last: int) -> list[dict[str, Any]]:
        """The last entries, oldest first."""
        newest = sa.select(ENTRIES.c.entry, ENTRIES.c.body).order_by(ENTRIES.c.entry.desc()).limit(last)
        with transaction(self._engine, reading=True) as connection:
            rows = connection.execute(newest).all()
        return [{"entry": entry, **json.loads(body)} for entry, body in reversed(rows)]

    def about(self, kinds: Collection[str]) -> list[dict[str, Any]]:
        """Every entry of some kinds, oldest first."""
        told = ({"entry": entry, **json.loads(_as_bytes(body))} for entry, body, _ in self._entries())
        return [entry for entry in told if entry["what"] in kinds]

    def close(self) -> None:
        self._engine.dispose()

    def _entries(self) -> Iterator[Sequence[Any]]:
        with transaction(self._engine, reading=True) as connection:
            yield from connection.execute(sa.select(ENTRIES).order_by(ENTRIES.c.entry)).yield_per(10_000)

    def _checkpoint(self, entry: int, digest: bytes) -> None:
        signature = self._vault.sign(_sealing(entry, digest))
        self._checkpoints.touch(mode=0o600)
        with self._checkpoints.open("a", encoding="ascii") as out:
            out.write(f"{entry} {digest.hex()} {signature.hex()}\n")

    def _sealed(self) -> Iterator[tuple[int, bytes, bytes]]:
        lines = self._checkpoints.read_text(encoding="ascii").splitlines() if self._checkpoints.exists() else []
        for line in lines:
            entry, digest, signature = line.split(" ")
            yield int(entry), bytes.fromhex(digest), bytes.fromhex(signature)


def open_audit(url: str, root: Path, vault: Vault) -> Audit:
    """Open the log, and make it on first use; a relative SQLite path is relative to the project."""
    engine, _ = open_engine(url, root)
    with transaction(engine) as connection:
        _TABLES.create_all(connection)
    return Audit(engine, root / CHECKPOINTS, vault)


def _as_bytes(body: bytes | str) -> bytes:
    """SQLite gives text where somebody wrote text into a column of bytes, and no entry of ours is text."""
    return body if isinstance(body, bytes) else b"text:" + body.encode()


def _bytes(body: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(body, order="deterministic")


def _sealing(entry: int, digest: bytes) -> bytes:
    return f"motherlode audit {entry} ".encode() + digest
