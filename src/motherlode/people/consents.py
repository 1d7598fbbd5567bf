"""What people agree to, refuse and take back: recorded with the exact text, and obeyed at once.

The ledger keeps each statement for ever; the warehouse has a copy (`recorded`) for the tables of `govern`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from motherlode.access import Reading
from motherlode.errors import ContractError, Refused, did_you_mean
from motherlode.govern.statements import CHANNELS, NO
from motherlode.labels import Language, catalogue
from motherlode.ledger import Ledger
from motherlode.people.lookup import Person
from motherlode.stores import Stores
from motherlode.tables import PURPOSES
from motherlode.vault import Vault

PURPOSES_ASKED = (*PURPOSES, "sensitive")
# The version of the texts that come with the house, `words/govern.toml`.
OWN_VERSION = "motherlode-1"


class Text(msgspec.Struct, frozen=True):
    """The text that a person was shown, word by word."""

    purpose: str
    language: str
    version: str
    text: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


class Statement(msgspec.Struct, frozen=True):
    """A yes or a no.

    Attributes
    ----------
    channel
        "" is every channel.
    evidence
        Where it can be seen: a form, a call, a signal of the browser.
    actor
        Who recorded it.
    """

    purpose: str
    decision: str
    channel: str = ""
    given_by: str = "subject"
    evidence: str = ""
    actor: str = ""


def house_text(purpose: str, language: Language) -> Text:
    """The text for a purpose that comes with the house; `ContractError` where there is no such purpose."""
    _check_known("purpose", purpose, PURPOSES_ASKED)
    return Text(purpose, language, OWN_VERSION, catalogue()["consent_text"][purpose][language])


def record(stores: Stores, person: Person, statement: Statement, text: Text | None, *, now: datetime) -> int:
    """Record what a person said, for each of her numbers; a yes needs the text that she was shown.

    The evidence may name her, and so is sealed under her own key.

    Returns
    -------
    int
        Statements recorded.

    Raises
    ------
    Refused
        A yes without a text, or a version that once said something else.
    ContractError
        An unknown purpose or channel.
    """
    _check(statement, text)
    if text is not None:
        _register(stores.ledger, text, now)
    shown = {"text_version": text.version, "text_language": text.language, "text_hash": text.hash} if text else {}
    blank = {"text_version": "", "text_language": "", "text_hash": ""}
    said = {**msgspec.structs.asdict(statement), **blank, **shown, "said_at": now}
    facts = [
        {"customer_id": who, **said, "evidence": stores.vault.sealed(who, statement.evidence)}
        for who in person.customer_ids
    ]
    stores.ledger.record("consents", facts)
    return len(person.customer_ids)


def entry(vault: Vault, said: Mapping[str, Any]) -> dict[str, Any]:
    """A statement as the log has it: who said it, blindly, and without its evidence."""
    names = ("text_hash", "purpose", "channel", "decision", "given_by", "actor")
    return {"person": vault.token("customer_id", said["customer_id"]), **{name: said[name] for name in names}}


def proofs(stores: Stores, customer_ids: Sequence[str], reading: Reading, *, now: datetime) -> list[dict[str, Any]]:
    """What people said, each with its evidence, and the text word by word as it was shown."""
    texts = {row["text_hash"]: row["text"] for row in stores.ledger.read("consent_texts")}
    proven = []
    for who in customer_ids:
        said = stores.ledger.about("consents", [who])
        evidence = stores.vault.unsealed(who, [one["evidence"] for one in said], reading, now=now) if said else []
        proven += [
            {**one, "evidence": seen, "text": texts.get(one["text_hash"], "")}
            for one, seen in zip(said, evidence, strict=True)
        ]
    return proven


class Refusals:
    """Whoever said no to a purpose in the house: `look` again to see what was recorded since.

    For doors, at which each event is asked about: people who refused analytics are not followed (GDPR 7(3), PIPL 15).
    """

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose
        self._seen = 0
        self._refused: set[str] = set()

    def look(self, ledger: Ledger) -> None:
        """Take in what was recorded since the last look."""
        for said in ledger.since("consents", self._seen):
            self._seen = said["consent_id"]
            if said["purpose"] == self._purpose and said["channel"] == "":
                (self._refused.add if said["decision"] in NO else self._refused.discard)(said["customer_id"])

    @property
    def people(self) -> frozenset[str]:
        return frozenset(self._refused)

    def __contains__(self, customer_id: object) -> bool:
        return customer_id in self._refused

    def __bool__(self) -> bool:
        return bool(self._refused)


def _check(statement: Statement, text: Text | None) -> None:
    _check_known("purpose", statement.purpose, PURPOSES_ASKED)
    _check_known("channel", statement.channel, ("", *CHANNELS))
    if statement.decision == "granted" and text is None:
        raise Refused("a yes without the text that was shown proves nothing", hint="add --text FILE")


def _check_known(what: str, said: str, known: Sequence[str]) -> None:
    if said not in known:
        raise ContractError(f"there is no {what} `{said}`", hint=did_you_mean(said, filter(None, known)))


def _register(ledger: Ledger, text: Text, now: datetime) -> None:
    known = {
        (row["purpose"], row["language"], row["version"]): row["text_hash"] for row in ledger.read("consent_texts")
    }
    before = known.get((text.purpose, text.language, text.version))
    if before is None and text.hash not in known.values():
        fact = {"text_hash": text.hash, "first_shown_at": now, **msgspec.structs.asdict(text)}
        ledger.record("consent_texts", [fact])
    elif before not in (None, text.hash):
        hint = "give the changed text a version of its own: --text-version"
        raise Refused(f"version `{text.version}` of this text once said something else", hint=hint)
