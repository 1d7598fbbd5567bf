"""What a person has said about the use of her data, as she sees it behind a link of her own, and what she can change.

Her state is read where it is newest: statements of files from the tables, those recorded in the house from the ledger.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from motherlode.errors import ContractError, Refused, did_you_mean
from motherlode.govern.grounds import basis
from motherlode.govern.statements import CHANNELS, NO
from motherlode.govern.verdicts import ASKED_FOR
from motherlode.labels import Language, label
from motherlode.people import consents
from motherlode.people.consents import Statement, Text
from motherlode.people.lookup import Person
from motherlode.privacy import requests
from motherlode.project import Project

# What can be refused; serving whoever bought rests on the contract.
PURPOSES = ("marketing", "profiling", "analytics", "sharing", "sensitive")
ACTOR = "subject"


class Choice(msgspec.Struct, frozen=True):
    """A purpose, and a channel of marketing or "" for all, as it stands.

    Attributes
    ----------
    allowed
        Whether it takes place now.
    asked
        Whether the law wants a yes for it: where none is on record and it takes place all the same, the house took the
        person for asked elsewhere, and she is told so.
    decision, said_at
        What the person said last; "" and `None` where nothing.
    text
        What she agrees to if she says yes now.
    """

    purpose: str
    channel: str
    allowed: bool
    asked: bool
    decision: str
    said_at: datetime | None
    text: Text


def behind(project: Project, key: str, *, now: datetime) -> Person | None:
    """Whose link a key is of; nobody's where it is none, is over, or was called back since."""
    link = project.vault.behind(key, now=now)
    if link is None:
        return None
    called_back = project.ledger.about("revoked_links", link.customer_ids)
    is_good = all(fact["revoked_at"] < link.made_at for fact in called_back)
    return Person(link.customer_ids, "link") if is_good else None


def choices(project: Project, person: Person, language: Language) -> list[Choice]:
    """Every choice that a person has, as it stands now."""
    law, now = requests.law_of(project, person), _now(project, person)
    said = _said(project, person, child=is_child(project, person))
    asked = [(purpose, "") for purpose in PURPOSES] + [("marketing", channel) for channel in CHANNELS]
    return [_choice(project, purpose, channel, law, said, now, language) for purpose, channel in asked]


def is_child(project: Project, person: Person) -> bool:
    """Whether somebody else must agree for a person, as far as her year of birth tells."""
    if not project.warehouse.has("govern.residence"):
        return False
    sql = "SELECT bool_or(child) FROM govern.residence WHERE customer_id IN (SELECT unnest($ids))"
    return bool(project.warehouse.value(sql, {"ids": list(person.customer_ids)}))


def text_of(project: Project, purpose: str, language: Language) -> Text:
    """The text that was shown last for a purpose in a language, or the house's own."""
    shown = [
        row for row in project.ledger.read("consent_texts") if (row["purpose"], row["language"]) == (purpose, language)
    ]
    if not shown:
        return consents.house_text(purpose, language)
    last = max(shown, key=lambda row: row["first_shown_at"])
    return Text(purpose, language, last["version"], last["text"])


def agree(project: Project, person: Person, purpose: str, channel: str, evidence: str, language: Language) -> None:
    """Record a yes with the text that stood beside it.

    Raises
    ------
    ContractError
        This is no choice.
    Refused
        Somebody else has to agree for this person.
    """
    _check_choice(purpose)
    if is_child(project, person):
        raise Refused(label("web", "guardian_needed", language), hint="motherlode consent grant --guardian")
    statement = Statement(purpose, "granted", channel, evidence=evidence, actor=ACTOR)
    project.note_said(person, statement, text_of(project, purpose, language))


def refuse(project: Project, person: Person, purpose: str, channel: str, evidence: str) -> None:
    """Record a no; `ContractError` where this is no choice."""
    _check_choice(purpose)
    project.note_said(person, Statement(purpose, "withdrawn", channel, evidence=evidence, actor=ACTOR))


def _check_choice(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise ContractError(f"`{purpose}` is no choice", hint=did_you_mean(purpose, PURPOSES))


def refuse_all(project: Project, person: Person, evidence: str) -> None:
    """Record a no to everything that can be refused."""
    for purpose in PURPOSES:
        project.note_said(person, Statement(purpose, "withdrawn", evidence=evidence, actor=ACTOR))


def heed_signal(project: Project, person: Person, evidence: str) -> bool:
    """Take a browser's Global Privacy Control as an opt-out of sharing; gives whether it said something new."""
    _, decision = _last(_said(project, person, child=False), "sharing", "")
    if decision in NO:
        return False
    project.note_said(person, Statement("sharing", "opted_out", evidence=f"Sec-GPC: 1, {evidence}", actor=ACTOR))
    return True


Said = Mapping[tuple[str, str], tuple[datetime, str]]


def _choice(
    project: Project, purpose: str, channel: str, law: str, said: Said, now: Mapping[str, bool], language: Language
) -> Choice:
    at, decision = _last(said, purpose, channel)
    asked = basis(law, purpose) in (*ASKED_FOR, "none")
    # Where she said nothing, what the tables do counts: a house may profile before a yes is on record.
    by_default = now.get(f"by_{channel}" if channel else purpose, not asked)
    allowed = decision == "granted" or (decision not in NO and by_default)
    text = text_of(project, purpose, language)
    return Choice(purpose, channel, allowed, asked, decision, None if at == datetime.min else at, text)


def _now(project: Project, person: Person) -> dict[str, bool]:
    """What takes place by `govern.usable` and `govern.contactable`, by purpose and by channel."""
    found: dict[str, bool] = {}
    for address in ("govern.contactable", "govern.usable"):
        if project.warehouse.has(address):
            sql = f"SELECT * FROM {address} WHERE customer_id IN (SELECT unnest($ids))"  # noqa: S608
            for row in project.warehouse.arrow(sql, {"ids": list(person.customer_ids)}).to_pylist():
                found |= {name: value for name, value in row.items() if isinstance(value, bool)}
    return {**found, "marketing": found["allowed"]} if "allowed" in found else found


def _last(said: Said, purpose: str, channel: str) -> tuple[datetime, str]:
    """The last statement that is about a channel: one about all is, too."""
    nothing = (datetime.min, "")
    return max(said.get((purpose, one), nothing) for one in {"", channel})


def _said(project: Project, person: Person, *, child: bool) -> Said:
    """The last statement by purpose and channel; of two at once the no counts, as in `govern.statements`.

    What a child agreed to itself allows nothing.
    """
    said: dict[tuple[str, str], tuple[datetime, bool, str]] = {}
    for row in [*_in_files(project, person.customer_ids), *project.ledger.about("consents", person.customer_ids)]:
        if child and row["decision"] == "granted" and row["given_by"] != "guardian":
            continue
        key = (row["purpose"], row["channel"])
        one = (row["said_at"] or datetime.min, row["decision"] in NO, row["decision"])
        said[key] = max(said.get(key, one), one)
    return {key: (at, decision) for key, (at, _, decision) in said.items()}


def _in_files(project: Project, ids: Sequence[str]) -> list[dict[str, Any]]:
    if not project.warehouse.has("govern.statements"):
        return []
    sql = """SELECT purpose, channel, decision, said_at, given_by FROM govern.statements
             WHERE said_in <> 'recorded' AND customer_id IN (SELECT unnest($ids))"""
    rows: list[dict[str, Any]] = project.warehouse.arrow(sql, {"ids": list(ids)}).to_pylist()
    return rows
