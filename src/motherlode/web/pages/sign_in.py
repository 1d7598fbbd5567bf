"""Signing in and out, and the link with which a password is chosen."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from motherlode.errors import Refused
from motherlode.web import users
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit
from motherlode.web.sessions import COOKIE, Sessions

# Where each role begins.
LANDING = {"marketer": "/opportunities", "sales": "/opportunities", "compliance": "/privacy"}


def form(visit: Visit) -> Mapping[str, Any]:
    """Name and password."""
    return {"wrong": "", "name": "", "next": inside(visit.query.get("next", ""))}


def enter(visit: Visit) -> "Mapping[str, Any] | Response":
    """Begin a session, unless name and password do not fit; who guesses has to wait."""
    sessions, asked = _sessions(visit.request), visit.request.state.form
    name, password = str(asked.get("name", "")).strip(), str(asked.get("password", ""))
    address = visit.request.client.host if visit.request.client else ""
    wait = sessions.must_wait(name, address)
    user = None if wait else users.check(sessions.users(), name, password)
    if user is None:
        sessions.was_wrong(name, address)
        visit.project.audit.note("user", {"actor": name[:80], "outcome": "wait" if wait else "wrong"}, now=visit.now)
        told = visit.voice.tell("wait", minutes=-(-wait // 60)) if wait else visit.voice.tell("wrong")
        return {"wrong": told, "name": name, "next": inside(str(asked.get("next", ""))), "status": 429 if wait else 401}
    sessions.was_right(name)
    visit.project.audit.note("user", {"actor": user.name, "outcome": "signed_in"}, now=visit.now)
    return _begun(visit, user, inside(str(asked.get("next", ""))))


def leave(visit: Visit) -> Response:
    """End the session; pages of it that the browser has stored go with it."""
    _sessions(visit.request).end(visit.request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/sign-in", 303, headers={"Clear-Site-Data": '"cache"'})
    response.delete_cookie(COOKIE, path="/")
    return response


def welcome(visit: Visit) -> Mapping[str, Any]:
    """Choose a password with a link that works once."""
    invitation = _sessions(visit.request).invitation(visit.query.get("key", ""))
    if invitation is None:
        raise Refused(visit.voice.tell("no_invitation"), hint=visit.voice.tell("no_invitation_hint"))
    return {"key": visit.query["key"], "name": invitation.name, "role": invitation.role}


def choose(visit: Visit) -> Response:
    """Take the password that was chosen, and begin a session."""
    sessions, asked = _sessions(visit.request), visit.request.state.form
    key = str(asked.get("key", ""))
    invitation = sessions.invitation(key)
    if invitation is None:
        raise Refused(visit.voice.tell("no_invitation"), hint=visit.voice.tell("no_invitation_hint"))
    name = invitation.name or str(asked.get("name", ""))
    if not invitation.name and name.strip() in sessions.users():
        raise Refused(visit.voice.tell("name_taken"), hint=visit.voice.tell("name_taken_hint"))
    user = users.add(
        visit.project.ledger, name, invitation.role, str(asked.get("password", "")), actor=name, now=visit.now
    )
    sessions.accept(key)
    sessions.changed()
    sessions.end_all(user.name)
    visit.project.audit.note(
        "user", {"actor": user.name, "outcome": "password_chosen", "role": user.role}, now=visit.now
    )
    return _begun(visit, user, "")


def _begun(visit: Visit, user: users.User, to: str) -> Response:
    response = RedirectResponse(to or LANDING.get(user.role, "/"), 303)
    key = _sessions(visit.request).begin(user)
    secure = visit.request.url.scheme == "https"
    response.set_cookie(COOKIE, key, httponly=True, samesite="lax", secure=secure, path="/")
    return response


def inside(path: str) -> str:
    """A path of this site, or none: `//host` and `/\\host` lead elsewhere."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else ""


def _sessions(request: Request) -> Sessions:
    found: Sessions = request.app.state.sessions
    return found


PAGE = Page(
    "sign_in",
    "/sign-in",
    "house",
    9,
    form,
    shown=False,
    also=(
        Also("/sign-in", enter, "sign_in.html", "POST"),
        Also("/sign-out", leave, method="POST"),
        Also("/welcome", welcome, "welcome.html"),
        Also("/welcome", choose, method="POST"),
    ),
)
