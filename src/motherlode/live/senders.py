"""Who may send over HTTP: names with a write key, of which only a hash is kept."""

import hashlib
import re
import secrets
from datetime import datetime
from typing import Any

import msgspec

from motherlode.errors import ContractError, did_you_mean
from motherlode.ledger import Ledger

# Names of ours in `loaded`, and what is no key of anybody.
RESERVED = ("tracking", "unknown")
KEY_BYTES = 18


class Settings(msgspec.Struct, frozen=True):
    """How a source is taken.

    Attributes
    ----------
    events_per_second
        What it may send on average; 0 is as `[serve]` says.
    """

    events_per_second: int = 0


class Sender(msgspec.Struct, frozen=True):
    """A source that may send."""

    source: str
    key_hash: str
    added_at: datetime
    settings: Settings


def key_hash(key: str) -> str:
    """Write keys stand in the pages of a shop, but a copy of the ledger need not hand them out."""
    return hashlib.sha256(key.encode()).hexdigest()


def add(ledger: Ledger, source: str, key: str, settings: Settings, *, actor: str, now: datetime) -> str:
    """Let a source send with a key, or with a new one; gives the key, which is not kept.

    Raises
    ------
    ContractError
        A name that is none, or a key that another source has.
    """
    if not re.fullmatch(r"[\w-]{1,64}", source) or source in RESERVED:
        raise ContractError(f"`{source}` is no name of a source", hint="letters, digits, _ and - make a name")
    key = key or secrets.token_urlsafe(KEY_BYTES)
    holder = by_hash(ledger).get(key_hash(key))
    if holder is not None and holder.source != source:
        raise ContractError(f"source `{holder.source}` has this key", hint="give each source a key of its own")
    _record(ledger, source, key_hash(key), "added", settings, actor, now)
    return key


def remove(ledger: Ledger, source: str, *, actor: str, now: datetime) -> int:
    """Take every key from a source; what it sent stays.

    Raises
    ------
    ContractError
        There is no such source.
    """
    mine = [sender for sender in by_hash(ledger).values() if sender.source == source]
    if not mine:
        known = {sender.source for sender in by_hash(ledger).values()}
        raise ContractError(f"no source `{source}` may send", hint=did_you_mean(source, known))
    for sender in mine:
        _record(ledger, source, sender.key_hash, "removed", sender.settings, actor, now)
    return len(mine)


def by_hash(ledger: Ledger) -> dict[str, Sender]:
    """Who may send now, by the hash of the key."""
    senders: dict[str, Sender] = {}
    for fact in ledger.read("senders"):
        senders.pop(fact["key_hash"], None)
        if fact["decision"] == "added":
            settings = msgspec.convert(fact["settings"], Settings)
            senders[fact["key_hash"]] = Sender(fact["source"], fact["key_hash"], fact["made_at"], settings)
    return senders


def _record(
    ledger: Ledger, source: str, hashed: str, decision: str, settings: Settings, actor: str, now: datetime
) -> None:
    fact: dict[str, Any] = {"made_at": now, "source": source, "key_hash": hashed, "decision": decision}
    ledger.record("senders", [{**fact, "actor": actor, "settings": msgspec.to_builtins(settings)}])
