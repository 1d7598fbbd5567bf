"""What is written into the queue of requests and breaches by the forms of the Privacy page."""

from datetime import UTC, datetime

from starlette.responses import RedirectResponse, Response

from motherlode.errors import ContractError
from motherlode.privacy import cases, requests
from motherlode.privacy.cases import Case
from motherlode.project import Project
from motherlode.web.pages.visit import Visit

REQUEST_STEPS = ("answered", "extended", "refused")
BREACH_STEPS = ("told", "people_told", "closed")


def ask(visit: Visit) -> Response:
    """Write a request down that is to be answered later."""
    with visit.writing() as project:
        cases.ask(project, _said(visit, "person"), _said(visit, "kind"), _request(visit))
    return _done()


def step(visit: Visit) -> Response:
    """Note what became of a request or a breach."""
    with visit.writing() as project:
        _take(project, _said(visit, "case"), _said(visit, "step"), _said(visit, "note"), _request(visit))
    return _done()


def _take(project: Project, number: str, taken: str, note: str, request: requests.Request) -> Case:
    if taken == "answered":
        return cases.answered(project, number, request)
    if taken == "extended":
        return cases.extend(project, number, note, request)
    if taken == "refused":
        return cases.refuse(project, number, note, request)
    if taken in BREACH_STEPS:
        return cases.move(project, number, taken, note, request)
    raise ContractError(f"there is no step `{taken}`", hint=", ".join((*REQUEST_STEPS, *BREACH_STEPS)))


def breach(visit: Visit) -> Response:
    """Write a breach down; it touched everybody whom the readings of that time showed."""
    what, since = _said(visit, "what"), _moment(visit, "since")
    if not what or since is None:
        raise ContractError(visit.voice.tell("breach_needs"), hint=visit.voice.tell("breach_needs_hint"))
    with visit.writing() as project:
        until, found = _moment(visit, "until") or visit.now, _moment(visit, "found") or visit.now
        by = {"actor": _said(visit, "actor"), "role": _said(visit, "role")}
        readings = cases.readings_between(project, since, until, **by)
        cases.breach(project, what, _request(visit), readings, found)
    return _done()


def revoke(visit: Visit) -> Response:
    """Call back every link to a person's choices."""
    with visit.writing() as project:
        project.revoke_links(_said(visit, "person"), visit.visitor.name)
    return RedirectResponse("/privacy?done=revoke", 303)


def _done() -> Response:
    return RedirectResponse("/privacy?done=case#waiting", 303)


def _said(visit: Visit, name: str) -> str:
    return str(visit.request.state.form.get(name, "")).strip()


def _request(visit: Visit) -> requests.Request:
    return requests.Request(_said(visit, "identity") or "not stated", visit.visitor.name, visit.now)


def _moment(visit: Visit, name: str) -> datetime | None:
    """A moment in UTC as a browser writes it; `None` where none was given."""
    said = _said(visit, name)
    try:
        moment = datetime.fromisoformat(said) if said else None
    except ValueError as error:
        raise ContractError(visit.voice.tell("no_moment"), hint=visit.voice.tell("no_moment_hint")) from error
    return moment.astimezone(UTC).replace(tzinfo=None) if moment and moment.tzinfo else moment
