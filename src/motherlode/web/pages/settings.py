"""Who may sign in, and what the project is set to."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import RedirectResponse, Response

from motherlode.errors import ContractError
from motherlode.report.trust import trust
from motherlode.web import users
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit
from motherlode.web.users import ROLES


def settings(visit: Visit, invitation: str = "", invited: str = "") -> Mapping[str, Any]:
    """Users, the settings of the house, and the assumptions of the plays."""
    config = visit.project.config
    people = visit.request.app.state.sessions.users() if visit.visitor.role == "admin" else {}
    cards = trust(visit.findings(), visit.voice).cards if visit.run is not None else ()
    return {
        "people": sorted(people.values(), key=lambda user: user.name),
        "roles": ROLES,
        "house": (("name", config.name), ("timezone", config.timezone), ("currency", config.currency)),
        "cards": [card for card in cards if card.key == "assumptions"],
        "invitation": invitation,
        "invited": invited,
    }


def invite(visit: Visit) -> Mapping[str, Any]:
    """Make a link with which somebody chooses a password, once; shown to the administrator alone."""
    form = visit.request.state.form
    name, role = str(form.get("name", "")).strip(), str(form.get("role", ""))
    if not name or role not in ROLES:
        raise ContractError(visit.voice.tell("invite_needs"), hint=visit.voice.tell("invite_needs_hint"))
    key = visit.request.app.state.sessions.invite(name, role)
    fact = {"actor": visit.visitor.name, "outcome": "invited", "name": name, "role": role}
    visit.project.audit.note("user", fact, now=visit.now)
    return settings(visit, f"{visit.request.base_url}welcome?key={key}", name)


def remove(visit: Visit) -> Response:
    """Let somebody sign in no more, at once."""
    name, sessions = str(visit.request.state.form.get("name", "")), visit.request.app.state.sessions
    users.remove(visit.project.ledger, name, actor=visit.visitor.name, now=visit.now)
    sessions.changed()
    sessions.end_all(name)
    fact = {"actor": visit.visitor.name, "outcome": "removed", "name": name}
    visit.project.audit.note("user", fact, now=visit.now)
    return RedirectResponse("/settings", 303)


PAGE = Page(
    "settings",
    "/settings",
    "house",
    1,
    settings,
    also=(
        Also("/settings/invite", invite, "settings.html", "POST", roles=("admin",)),
        Also("/settings/remove", remove, method="POST", roles=("admin",)),
    ),
)
