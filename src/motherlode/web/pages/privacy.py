"""Are we allowed, and can we prove it: who may be contacted and why not, requests with their deadline, what left."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response

from motherlode.access import FIELD_CLASSES, PROCESSES, rules_of
from motherlode.errors import ContractError, Refused
from motherlode.labels import column_label
from motherlode.people import lookup
from motherlode.people.consents import PURPOSES_ASKED, Statement
from motherlode.privacy import cases, requests
from motherlode.rights import erasure
from motherlode.schemas import INPUTS
from motherlode.web.pages import casework
from motherlode.web.pages.customer import address_of
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit

SHOWN = 50
# What can be put right of a person: what names her first.
_COLUMNS = sorted(INPUTS["customers"].columns, key=lambda column: not column.personal)
RECTIFIED = tuple(column.name for column in _COLUMNS if column.name != "customer_id")
KINDS = ("access", "export", "restrict", "lift", "object", "erase")
# Who may ask for somebody by name: to others a phone that leads to a number would undo the pseudonym.
ANSWERERS = ("compliance", "admin")


def privacy(visit: Visit) -> Mapping[str, Any]:
    """The state of consents, the queue of requests, the files that left, and what a request would touch."""
    ledger = visit.project.ledger
    may_answer = visit.visitor.role in ANSWERERS
    asked = visit.query.get("person", "").strip() if may_answer else ""
    return {
        "gate": visit.keep("gate", lambda: _gate(visit)),
        "statements": visit.keep("statements", lambda: _statements(visit)),
        "waiting": [_waiting(case, visit) for case in cases.cases(ledger) if case.state not in ENDED],
        "may_answer": may_answer,
        "requests": [_request(row, visit) for row in reversed(ledger.read("requests")[-SHOWN:])],
        "exports": list(reversed(ledger.read("exports")[-SHOWN:])),
        "asked": asked,
        "preview": _preview(visit, asked) if asked else None,
        "purposes": PURPOSES_ASKED,
        "kinds": KINDS,
        "queued": cases.KINDS,
        "steps": {"request": casework.REQUEST_STEPS, "breach": casework.BREACH_STEPS},
        "fields": [(name, column_label("customers", name, visit.voice.language)) for name in RECTIFIED],
        "classes": visit.keep("classes", lambda: _classes(visit)),
        "periods": visit.keep("periods", lambda: _periods(visit)),
        "done": visit.query.get("done", ""),
        # Who was asked for stands in it.
        "stored": not asked,
    }


def _gate(visit: Visit) -> list[dict[str, Any]]:
    """Customers by what marketing may do with them, and on which basis."""
    if not visit.has_rows("govern.contactable"):
        return []
    rows = visit.project.expression("govern.contactable")
    counted = rows.group_by("law", "legal_basis", "verdict").aggregate(customers=rows.count())
    return visit.project.query(counted.order_by(counted.customers.desc(), "verdict", "law")).to_dicts()


def _statements(visit: Visit) -> list[dict[str, Any]]:
    if not visit.has_rows("govern.statements"):
        return []
    rows = visit.project.expression("govern.statements")
    counted = rows.group_by("purpose", "channel", "decision").aggregate(customers=rows.customer_id.nunique())
    return visit.project.query(counted.order_by("purpose", "channel", "decision")).to_dicts()


def _classes(visit: Visit) -> list[dict[str, Any]]:
    """Classes of personal fields: which fields, and who sees them as they are or masked."""
    rules = rules_of(visit.project.config.access)
    people = [rule for rule in rules if rule.role not in PROCESSES]
    return [
        {
            "name": name,
            "fields": fields,
            "seen": sorted({rule.role for rule in people if name in rule.clear}),
            "masked": sorted({rule.role for rule in people if name in rule.masked}),
        }
        for name, fields in FIELD_CLASSES.items()
    ]


def _periods(visit: Visit) -> list[dict[str, Any]]:
    """How long each kind of data is kept, for which purpose."""
    if not visit.has_rows("govern.retention"):
        return []
    rows = visit.project.expression("govern.retention")
    return visit.project.query(rows.order_by("purpose", "data")).to_dicts()


# Of requests and of breaches.
ENDED = ("answered", "refused", "closed")


def _waiting(case: cases.Case, visit: Visit) -> dict[str, Any]:
    """A request or breach that is not done with, and its clock."""
    details = case.details
    return {
        "case": case.case,
        "about": case.about,
        "kind": details.get("kind", ""),
        "what": details.get("what", ""),
        "law": details.get("law", ""),
        "person": details.get("person", "")[:12],
        "touched": details.get("touched"),
        "state": case.state,
        "due_at": case.due_at,
        "hours_left": int((case.due_at - visit.now).total_seconds() // 3600),
        "late": case.due_at < visit.now and case.state in cases.WAITING,
    }


def _request(row: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    return {**row, "days_left": (row["due_on"] - visit.now.date()).days, "person": row["person"][:12]}


def _preview(visit: Visit, asked: str) -> dict[str, Any]:
    """How many rows of a person stand where; nothing is read but their number."""
    try:
        person = lookup.find(visit.project.stores, asked)
    except ContractError as error:
        return {"nobody": error.message}
    rows = erasure.preview(visit.project.stores, visit.project.graph, [person], actor=visit.visitor.name, now=visit.now)
    told = {"person": person.customer_id, "joined": lookup.joined(visit.project.warehouse, person)}
    return {"nobody": "", **told, "rows": sorted(rows.items()), "total": sum(rows.values())}


def act(visit: Visit) -> "Mapping[str, Any] | Response":
    """Do what a person asks for by right; erasing waits until nobody reads, and gives the certificate."""
    form = visit.request.state.form
    kind, who, identity = (str(form.get(name, "")).strip() for name in ("kind", "person", "identity"))
    if not identity:
        raise Refused(visit.voice.tell("identity_needed"), hint=visit.voice.tell("identity_needed_hint"))
    request = requests.Request(identity, visit.visitor.name, visit.now)
    if kind == "erase":
        return _erase(visit, who, request, str(form.get("sure", "")))
    with visit.writing() as project:
        if kind in ("access", "export"):
            answer = (requests.access if kind == "access" else requests.portable)(project, who, request)
            return _file(answer, f"{kind}.json")
        if kind == "object":
            requests.object_to(project, who, "marketing", request)
            return RedirectResponse("/privacy?done=object", 303)
        if kind == "rectify":
            changes = {str(form.get("field", "")): str(form.get("value", ""))}
            requests.rectify(project, who, changes, request)
            return RedirectResponse("/privacy?done=rectify", 303)
        if kind not in ("restrict", "lift"):
            raise ContractError(visit.voice.tell("unknown_request"), hint=visit.voice.tell("unknown_request_hint"))
        requests.restrict(project, who, request, lift=kind == "lift")
    return RedirectResponse(f"/privacy?done={kind}", 303)


def _erase(visit: Visit, who: str, request: requests.Request, sure: str) -> "Mapping[str, Any] | Response":
    if sure != "yes":
        raise Refused(visit.voice.tell("not_sure"), hint=visit.voice.tell("not_sure_hint"))
    with visit.writing(alone=True) as project:
        erased = requests.erase(project, [who], request, lambda rows: True)
    return _file(msgspec.to_builtins(erased), "erasure-certificate.json")


def _file(answer: Any, name: str) -> Response:
    body = msgspec.json.format(msgspec.json.encode(answer, enc_hook=str), indent=1)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type="application/json", headers=headers)


def withdraw(visit: Visit) -> Response:
    """Record a no; it counts at once, for the next list already."""
    form = visit.request.state.form
    who, purpose = str(form.get("person", "")).strip(), str(form.get("purpose", ""))
    with visit.writing() as project:
        said = Statement(purpose, "withdrawn", evidence=visit.voice.tell("page_evidence"), actor=visit.visitor.name)
        person = project.say(who, said)
    return RedirectResponse(f"{address_of(person.customer_id)}#consents", 303)


PAGE = Page(
    "privacy",
    "/privacy",
    "trust",
    4,
    privacy,
    roles=("compliance", "analyst"),
    stored=True,
    also=(
        Also("/privacy/act", act, method="POST", roles=("compliance",)),
        Also("/privacy/ask", casework.ask, method="POST", roles=("compliance",)),
        Also("/privacy/step", casework.step, method="POST", roles=("compliance",)),
        Also("/privacy/breach", casework.breach, method="POST", roles=("compliance",)),
        Also("/privacy/revoke", casework.revoke, method="POST", roles=("compliance",)),
        Also("/privacy/withdraw", withdraw, method="POST", roles=("compliance", "sales", "marketer")),
    ),
)
