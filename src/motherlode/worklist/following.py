"""What those who work the list do about customers: accept, put off, turn down, take charge of, win or lose.

Each act is a fact of the ledger for everybody it is about, stands in the log, and can be taken back. What is not
relevant is also a veto of who knows the customer, so that the next ranking goes by it.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from motherlode.errors import ContractError
from motherlode.project import Project

# Why something is not relevant, and why a deal was lost: codes, as words in a sentence may name a person.
REASONS: Mapping[str, tuple[str, ...]] = {
    "not_relevant": ("no_need", "wrong_action", "bought_elsewhere", "complaint_open", "no_such_customer"),
    "lost": ("price", "competitor", "no_budget", "no_answer", "bad_timing"),
}
FOLLOW_UPS = ("open", "accepted", "snoozed", "not_relevant", "won", "lost")
# Says nothing of the customer, but of this action.
OF_THE_ACTION = "wrong_action"
LONGEST_DAYS, LONGEST_NAME = 366, 80

Whom = Sequence[tuple[str, str]]


class Act(msgspec.Struct, frozen=True):
    """What is done about some customers.

    Attributes
    ----------
    follow_up
        One of `FOLLOW_UPS`; "" where it stays as it was.
    because
        One of the `REASONS` of it, where it needs one.
    snoozed_until
        The first day on which somebody who was put off is listed again.
    owner
        Who is in charge from now on, "" for nobody; `None` where it stays as it was.
    """

    follow_up: str = ""
    because: str = ""
    snoozed_until: date | None = None
    owner: str | None = None


def do(project: Project, whom: Whom, act: Act, *, actor: str, now: datetime) -> str:
    """Do something about customers, each with the play that it is about ("" for any); gives the number of the act.

    Raises
    ------
    ContractError
        Nobody is meant, or the act lacks its reason or its day.
    """
    _check(act, project.as_of)
    if not whom:
        raise ContractError("nobody was chosen", hint="tick somebody, or take the whole list")
    shared = {**msgspec.structs.asdict(act), "made_on": project.as_of, "takes_back": ""}
    number = _record(project, [{"customer_id": who, "play": play, **shared} for who, play in whom], actor, now)
    vetoed = act.follow_up == "not_relevant"
    if act.follow_up:
        plays = [(who, play if act.because == OF_THE_ACTION else "") for who, play in whom]
        _veto(project, plays if vetoed else _vetoed(project, whom), vetoed, act.because, actor, now)
    return number


def take_back(project: Project, number: str, *, actor: str, now: datetime) -> int:
    """Put everybody whom an act was about back to how they stood before; gives how many.

    Whom somebody did something about since stays as she is.
    """
    again = [_before(some) for some in _of_everybody(project).values() if some[-1]["act"] == number]
    if again:
        lifted = _vetoed(project, [(fact["customer_id"], "") for fact in again])
        _veto(project, lifted, False, "", actor, now)
        for fact in again:
            if fact["follow_up"] == "not_relevant":
                play = fact["play"] if fact["because"] == OF_THE_ACTION else ""
                _veto(project, [(fact["customer_id"], play)], True, fact["because"], actor, now)
        _record(project, [{**fact, "takes_back": number} for fact in again], actor, now)
    return len(again)


def _check(act: Act, as_of: date) -> None:
    if act.follow_up not in ("", *FOLLOW_UPS) or (not act.follow_up and act.owner is None):
        raise ContractError(f"`{act.follow_up}` is nothing that can be done", hint=", ".join(FOLLOW_UPS))
    known = REASONS.get(act.follow_up, ("",))
    if act.because not in known:
        raise ContractError("it does not say why", hint=f"choose one of {', '.join(known)}")
    if act.follow_up == "snoozed":
        first, last = as_of + timedelta(days=1), as_of + timedelta(days=LONGEST_DAYS)
        if act.snoozed_until is None or not first <= act.snoozed_until <= last:
            raise ContractError(f"until {act.snoozed_until}: no such day", hint=f"{first} to {last}")
    if act.owner is not None and (len(act.owner) > LONGEST_NAME or not (act.owner + " ").isprintable()):
        raise ContractError("an owner has a name of at most 80 letters", hint="the name by which colleagues know her")


def _record(project: Project, facts: Sequence[Mapping[str, Any]], actor: str, now: datetime) -> str:
    """Facts of one act, and the act in the log: with the person where there is one, else with how many there are."""
    number = secrets.token_hex(6)
    project.ledger.record("follow_ups", [{**fact, "act": number, "actor": actor, "made_at": now} for fact in facts])
    told = {
        name: facts[0][name]
        for name in ("follow_up", "because", "snoozed_until", "owner", "takes_back")
        if facts[0][name]
    }
    who = {"person": project.vault.token("customer_id", facts[0]["customer_id"]), "play": facts[0]["play"]}
    people = who if len(facts) == 1 else {"customers": len(facts)}
    project.audit.note("follow_up", {"act": number, "actor": actor, **told, **people}, now=now)
    return number


def _veto(project: Project, whom: Iterable[tuple[str, str]], veto: bool, why: str, actor: str, now: datetime) -> None:
    shared = {"veto": veto, "score": None, "reason": why, "actor": actor, "made_at": now, "made_on": project.as_of}
    project.ledger.record("judgements", [{"customer_id": who, "play": play, **shared} for who, play in whom])


def _vetoed(project: Project, whom: Whom) -> list[tuple[str, str]]:
    """Vetoes that stand because an act said that something is not relevant; those of experts stay."""
    wanted = {who for who, _ in whom}
    last: dict[tuple[str, str], Mapping[str, Any]] = {}
    for fact in project.ledger.read("judgements"):
        if fact["customer_id"] in wanted:
            last[fact["customer_id"], fact["play"]] = fact
    return [key for key, fact in last.items() if fact["veto"] and fact["reason"] in REASONS["not_relevant"]]


def _of_everybody(project: Project) -> dict[str, list[dict[str, Any]]]:
    facts: dict[str, list[dict[str, Any]]] = {}
    for fact in project.ledger.read("follow_ups"):
        facts.setdefault(fact["customer_id"], []).append(fact)
    return facts


def _before(facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fact that puts a customer back to how she stood before the last one, for what this one changed."""
    last, earlier = facts[-1], facts[:-1]
    nothing = {"play": "", "follow_up": "open", "because": "", "snoozed_until": None, "made_on": last["made_on"]}
    done = next((fact for fact in reversed(earlier) if fact["follow_up"]), nothing)
    owned = next((fact["owner"] for fact in reversed(earlier) if fact["owner"] is not None), "")
    stood = {name: done[name] for name in nothing} if last["follow_up"] else {**nothing, "follow_up": ""}
    return {"customer_id": last["customer_id"], **stood, "owner": owned if last["owner"] is not None else None}
