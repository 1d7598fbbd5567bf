"""Requests that wait for an answer, and breaches: each a case with a clock, and a fact for every step.

People are named by blind tokens, so that a case outlives an erasure.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from motherlode.collect.detection import hide_shapes
from motherlode.errors import ContractError, Refused, did_you_mean
from motherlode.ledger import Ledger
from motherlode.people.lookup import find
from motherlode.privacy import requests
from motherlode.privacy.requests import Request
from motherlode.project import Project

KINDS = ("access", "export", "rectify", "restrict", "object", "erase", "opt_out")
WAITING = ("open", "extended")
# By how much the answer may be put off once: GDPR 12(3) by two further months, 1798.130(a)(2) by 45 days; the PIPL and
# GB/T 35273 know no extension.
MORE_MONTHS = 2
MORE_DAYS = {"ccpa": 45}
# An opt-out of sale or sharing, and a limit of sensitive use: 11 CCR 7026(f), 7027(g).
OPT_OUT_BUSINESS_DAYS = 15
# What people write into a case in their own words.
WRITTEN = ("what", "reason", "note")
# GDPR 33(1): to the authority within 72 hours of becoming aware; PIPL 57 says at once.
BREACH_HOURS = 72


class Case(msgspec.Struct, frozen=True):
    """A request or a breach as it stands.

    Attributes
    ----------
    due_at
        By when it must be answered, or told to the authority.
    state
        `open`, `extended`, `answered`, `refused`; of a breach `open`, `told` (to the authority) or `closed`.
    """

    case: str
    about: str
    state: str
    opened_at: datetime
    due_at: datetime
    details: Mapping[str, Any]

    def is_late(self, now: datetime) -> bool:
        """Whether it still waits although its time is over."""
        return self.state in WAITING and now > self.due_at


def ask(project: Project, who: str, kind: str, request: Request, holidays: Collection[date] = ()) -> Case:
    """Put a request into the queue, with the deadline of the law of the person's home."""
    if kind not in KINDS:
        raise ContractError(f"there is no request `{kind}`", hint=did_you_mean(kind, KINDS))
    person = find(project.stores, who)
    law = requests.law_of(project, person)
    due = due_on(kind, law, request.now.date(), holidays)
    details = {"person": requests.token_of(project, person), "kind": kind, "law": law, "identity": request.identity}
    number = _next(project.ledger, "request")
    _step(project, number, "request", "open", request, {**details, "due_on": due.isoformat()})
    return case(project.ledger, number)


def due_on(kind: str, law: str, made_on: date, holidays: Collection[date] = ()) -> date:
    """The last day to answer a request by."""
    if kind == "opt_out" and law == "ccpa":
        return after_business_days(made_on, OPT_OUT_BUSINESS_DAYS, holidays)
    return requests.due_on(law, made_on)


def after_business_days(day: date, many: int, holidays: Collection[date] = ()) -> date:
    """The day that many days of work later; Saturdays, Sundays and holidays are none."""
    while many:
        day += timedelta(days=1)
        many -= day.weekday() < 5 and day not in holidays
    return day


def extend(project: Project, number: str, reason: str, request: Request) -> Case:
    """Put an answer off once, as far as the law lets; the person must be told why (GDPR 12(3))."""
    asked = _waiting(project.ledger, number)
    due = put_off(asked.details["law"], asked.opened_at.date(), asked.due_at.date())
    if not due or asked.state != "open" or not reason.strip():
        why = "its law knows no extension" if not due else f"it is {asked.state}" if reason.strip() else "say why"
        raise Refused(f"request {number} cannot be extended: {why}", hint="motherlode govern queue")
    _step(project, number, "request", "extended", request, {"reason": reason, "due_on": due.isoformat()})
    return case(project.ledger, number)


def put_off(law: str, made_on: date, due: date) -> date | None:
    """The last day of an answer that is put off once; `None` where the law knows no extension."""
    if law == "gdpr":
        return requests.months_after(made_on, 1 + MORE_MONTHS)
    return due + timedelta(days=MORE_DAYS[law]) if law in MORE_DAYS else None


def refuse(project: Project, number: str, reason: str, request: Request) -> Case:
    """Refuse a request, with the reason that the person is told (PIPL 50)."""
    _waiting(project.ledger, number)
    if not reason.strip():
        raise Refused(f"request {number} is refused with a reason, and none was given", hint="--reason '…'")
    _step(project, number, "request", "refused", request, {"reason": reason})
    return case(project.ledger, number)


def answered(project: Project, number: str, request: Request) -> Case:
    """Note that a request was answered: by `motherlode rights`, whose receipt is the certificate."""
    asked = _waiting(project.ledger, number)
    done = answers(project.ledger, asked)
    if not done and asked.details["kind"] != "opt_out":
        raise Refused(
            f"request {number} was not answered yet", hint=f"motherlode rights {asked.details['kind']} PERSON"
        )
    receipt = {"request_id": done[-1]["request_id"], "receipt": done[-1]["receipt"]} if done else {}
    _step(project, number, "request", "answered", request, receipt)
    return case(project.ledger, number)


def answers(ledger: Ledger, asked: Case) -> list[dict[str, Any]]:
    """What was done by right for the person of a request since it came, of the kind that was asked for."""
    mine = ledger.requests(asked.details["person"])
    return [row for row in mine if row["kind"] == asked.details["kind"] and row["made_at"] >= asked.opened_at]


def _waiting(ledger: Ledger, number: str) -> Case:
    """A request that still waits for its answer."""
    asked = case(ledger, number)
    if asked.about != "request":
        raise ContractError(f"`{number}` is no request", hint="motherlode govern queue")
    if asked.state not in WAITING:
        raise Refused(f"request {number} waits no more: it is {asked.state}", hint="motherlode govern queue")
    return asked


def breach(project: Project, what: str, request: Request, reading_ids: Sequence[int], found_at: datetime) -> Case:
    """Record a breach and whom it touched: everybody whom the readings showed, by the log of the vault."""
    touched = project.vault.read_people(reading_ids)
    number = _next(project.ledger, "breach")
    due = found_at + timedelta(hours=BREACH_HOURS)
    details = {
        "what": what,
        "found_at": found_at.isoformat(),
        "due_at": due.isoformat(),
        "readings": list(reading_ids),
        "touched": len(touched),
    }
    _step(project, number, "breach", "open", request, details)
    return case(project.ledger, number)


def readings_between(
    project: Project, since: datetime, until: datetime, *, actor: str = "", role: str = ""
) -> list[int]:
    """Readings of personal fields within a time, by whoever it was; the last second counts to its end."""
    end = until.replace(microsecond=0) + timedelta(seconds=1)
    return [
        row["reading_id"]
        for row in project.vault.accesses()
        if since <= row["read_at"] < end and actor in ("", row["actor"]) and role in ("", row["role"])
    ]


def affected(project: Project, number: str) -> list[dict[str, Any]]:
    """Everybody whom a breach touched; who was erased since stays a blind token."""
    known = case(project.ledger, number)
    if known.about != "breach":
        raise ContractError(f"`{number}` is no breach", hint="motherlode govern breach")
    readings = known.details["readings"]
    return [{"person": token, "customer_id": who} for token, who in project.vault.read_people(readings).items()]


def move(project: Project, number: str, step: str, note: str, request: Request) -> Case:
    """Note that a breach was told to the authority (`told`), to the people (`people_told`), or is `closed`."""
    known = case(project.ledger, number)
    if known.about != "breach":
        raise ContractError(f"`{number}` is no breach", hint="motherlode govern breach")
    if known.state == "closed":
        raise Refused(f"{number} is closed", hint="motherlode govern breach")
    _step(project, number, "breach", step, request, {"note": note})
    return case(project.ledger, number)


def case(ledger: Ledger, number: str) -> Case:
    """A case as it stands."""
    found = {one.case: one for one in cases(ledger)}
    if number not in found:
        raise ContractError(f"there is no case `{number}`", hint=did_you_mean(number, found))
    return found[number]


def cases(ledger: Ledger, about: str = "") -> list[Case]:
    """Every case, what is due first first."""
    steps: dict[str, list[dict[str, Any]]] = {}
    for row in ledger.read("steps"):
        if about in ("", row["about"]):
            steps.setdefault(row["case"], []).append(row)
    return sorted((_standing(rows) for rows in steps.values()), key=lambda one: (one.due_at, one.case))


def _standing(rows: Sequence[Mapping[str, Any]]) -> Case:
    first = rows[0]
    details: dict[str, Any] = {}
    for row in rows:
        details |= row["details"]
    # The last moment of the day is still in time.
    due = details.get("due_at") or f"{details['due_on']}T23:59:59"
    steps = [row["step"] for row in rows if row["step"] != "people_told"]
    return Case(first["case"], first["about"], steps[-1], first["taken_at"], datetime.fromisoformat(due), details)


def _next(ledger: Ledger, about: str) -> str:
    taken = {row["case"] for row in ledger.read("steps") if row["about"] == about}
    return f"{about}-{len(taken) + 1}"


def _step(project: Project, number: str, about: str, step: str, request: Request, details: Mapping[str, Any]) -> None:
    # What somebody wrote outlives an erasure: numbers and addresses in it are hidden.
    told = {name: hide_shapes(said) if name in WRITTEN else said for name, said in details.items()}
    fact = {"about": about, "case": number, "step": step, "actor": request.actor, "taken_at": request.now}
    project.ledger.record("steps", [{**fact, "details": told}])
    project.audit.note(about, {**fact, "details": told}, now=request.now)
