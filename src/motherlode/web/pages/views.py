"""Views: the filters of a page under a name, for oneself or for everybody, as links that can be passed on."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from motherlode.errors import ContractError, Refused
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit

# Pages whose address says what they show, and the word for each.
PAGES = {
    "/opportunities": ("page", "opportunities"),
    "/customers": ("page", "customers"),
    "/accounts": ("page", "accounts"),
    "/analyse/funnel": ("web", "tab_funnel"),
    "/analyse/retention": ("web", "tab_retention"),
    "/analyse/paths": ("web", "tab_paths"),
    "/analyse/events": ("web", "tab_events"),
    "/decisions": ("page", "decisions"),
}
# Where in a list somebody is, is no filter.
PASSING = ("page", "language", "verify")
MOST_NAME, MOST_QUERY = 60, 4_000


class View(msgspec.Struct, frozen=True):
    """A page's filters under a name; `mine` may be dropped by who looks."""

    page: str
    name: str
    query: str
    actor: str
    shared: bool
    mine: bool

    @property
    def link(self) -> str:
        return f"{self.page}?{self.query}" if self.query else self.page


def views(visit: Visit, page: str = "") -> list[View]:
    """Views of the visitor, and those that others share, of one page or of all; by name."""
    last: dict[tuple[str, str, str], dict[str, Any]] = {}
    for fact in visit.project.ledger.read("views"):
        last[fact["page"], fact["actor"], fact["name"]] = fact
    mine = visit.visitor.name
    found = [
        View(row["page"], row["name"], row["query"], row["actor"], row["shared"], mine=row["actor"] == mine)
        for row in last.values()
        if row["kept"]
        and row["page"] in PAGES
        and page in ("", row["page"])
        and (row["shared"] or row["actor"] == mine)
    ]
    return sorted(found, key=lambda view: (list(PAGES).index(view.page), view.name, view.actor))


def filters(query: QueryParams) -> str:
    """What of an address is worth a name."""
    said = [(name, value) for name, value in query.multi_items() if value and name not in PASSING]
    return urlencode(sorted(said, key=lambda pair: pair[0]))


def here(visit: Visit) -> dict[str, Any]:
    """The views of the page that is shown, its own filters, and whether it can have any."""
    page = visit.request.url.path
    if page not in PAGES:
        return {"page": "", "query": "", "views": []}
    return {"page": page, "query": filters(visit.query), "views": views(visit, page)}


def everything(visit: Visit) -> Mapping[str, Any]:
    """All views of the visitor, and those that are shared."""
    return {"rows": [(view, visit.voice.word(*PAGES[view.page])) for view in views(visit)], "can_have": list(PAGES)}


def keep(visit: Visit) -> Response:
    """Keep the filters of a page under a name; those of the same name are replaced."""
    page, name, query = (str(visit.request.state.form.get(key, "")).strip() for key in ("path", "name", "query"))
    if page not in PAGES or not name or len(query) > MOST_QUERY:
        raise ContractError(visit.voice.tell("view_needs"), hint=visit.voice.tell("view_needs_hint"))
    shared = visit.request.state.form.get("shared") == "yes"
    view = View(page, name[:MOST_NAME], filters(QueryParams(query)), visit.visitor.name, shared, mine=True)
    _record(visit, view, kept=True)
    return RedirectResponse(view.link, 303)


def drop(visit: Visit) -> Response:
    """Take a view away: one's own, or as administrator anybody's; what it was stays in the ledger."""
    page, name, actor = (str(visit.request.state.form.get(key, "")) for key in ("path", "name", "actor"))
    found = next((view for view in views(visit, page) if (view.name, view.actor) == (name, actor)), None)
    if found is None or not (found.mine or visit.visitor.role == "admin"):
        raise Refused(visit.voice.tell("view_not_yours"), hint=visit.voice.tell("view_not_yours_hint"))
    _record(visit, found, kept=False)
    return RedirectResponse("/views" if visit.request.state.form.get("back") == "/views" else found.page, 303)


def _record(visit: Visit, view: View, *, kept: bool) -> None:
    said = {"page": view.page, "name": view.name, "query": view.query, "shared": view.shared, "kept": kept}
    visit.project.ledger.record("views", [{**said, "actor": view.actor, "made_at": visit.now}])
    visit.project.audit.note("view", {**said, "actor": visit.visitor.name}, now=visit.now)


PAGE = Page(
    "views",
    "/views",
    "house",
    2,
    everything,
    also=(Also("/views/keep", keep, method="POST"), Also("/views/drop", drop, method="POST")),
    shown=False,
)
