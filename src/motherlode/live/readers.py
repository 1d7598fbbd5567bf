"""Programs that may ask for profiles and live events: a key each, with scopes and the purpose that it reads for."""

import secrets
from datetime import datetime
from typing import Literal

import msgspec

from motherlode.errors import ContractError, did_you_mean
from motherlode.ledger import Ledger
from motherlode.live.senders import KEY_BYTES, key_hash
from motherlode.tables import PURPOSES

Scope = Literal["profiles:read", "events:read"]
SCOPES: tuple[Scope, ...] = ("profiles:read", "events:read")


class Reader(msgspec.Struct, frozen=True):
    """A program that may read."""

    name: str
    key_hash: str
    scopes: tuple[str, ...]
    purpose: str


def add(ledger: Ledger, name: str, scopes: tuple[str, ...], purpose: str, *, actor: str, now: datetime) -> str:
    """Let a program read; gives its key, of which only a hash is kept.

    Raises
    ------
    ContractError
        An unknown scope or purpose.
    """
    for said, known in [*((scope, SCOPES) for scope in scopes), (purpose, PURPOSES)]:
        if said not in known:
            raise ContractError(f"there is no `{said}`", hint=did_you_mean(said, known))
    key = secrets.token_urlsafe(KEY_BYTES)
    fact = {"made_at": now, "name": name, "key_hash": key_hash(key), "decision": "added", "actor": actor}
    ledger.record("readers", [{**fact, "scopes": list(scopes), "purpose": purpose}])
    return key


def remove(ledger: Ledger, name: str, *, actor: str, now: datetime) -> int:
    """Take every key of a program back; gives how many there were."""
    mine = [reader for reader in by_hash(ledger).values() if reader.name == name]
    facts = [
        {
            "made_at": now,
            "name": name,
            "key_hash": reader.key_hash,
            "decision": "removed",
            "actor": actor,
            "scopes": list(reader.scopes),
            "purpose": reader.purpose,
        }
        for reader in mine
    ]
    if facts:
        ledger.record("readers", facts)
    return len(facts)


def by_hash(ledger: Ledger) -> dict[str, Reader]:
    """Who may read now, by the hash of the key."""
    readers: dict[str, Reader] = {}
    for fact in ledger.read("readers"):
        readers.pop(fact["key_hash"], None)
        if fact["decision"] == "added":
            readers[fact["key_hash"]] = Reader(fact["name"], fact["key_hash"], tuple(fact["scopes"]), fact["purpose"])
    return readers
