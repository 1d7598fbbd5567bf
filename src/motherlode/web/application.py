"""The one application behind the port: what answers which address."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from motherlode.project import STORES, Project
from motherlode.web.gate import Gate
from motherlode.web.guard import Guard
from motherlode.web.jobs import Jobs
from motherlode.web.packing import Packing
from motherlode.web.pages import site
from motherlode.web.pages.kept import Kept
from motherlode.web.preferences import Preferences
from motherlode.web.sessions import Sessions


def application(project: Project, hosts: Sequence[str] = (), *, local: bool = True) -> Starlette:
    """The ASGI application of a project; the project stays open as long as it serves.

    Parameters
    ----------
    hosts
        Names under which it may be asked for; none for all.
    local
        Only this machine reaches it: nobody has to sign in as long as there are no users.
    """
    for store in (*STORES, "graph"):
        # Opened before threads share them.
        getattr(project, store)
    preferences = Preferences()
    web = Starlette(
        routes=[Route("/health", health), *preferences.routes(), *site.routes()],
        middleware=[Middleware(Guard, hosts=hosts), Middleware(Packing)],
        exception_handlers={404: site.not_found, 500: site.broken},
    )
    web.state.project = project
    web.state.kept = Kept()
    web.state.gate = Gate()
    web.state.jobs = Jobs(project, web.state.gate, web.state.kept)
    web.state.sessions = Sessions(project.ledger, local=local)
    preferences.state = web.state
    return web


def health(request: Request) -> JSONResponse:
    """Whether the tables can be read, and the day as of which they stand."""
    project: Project = request.app.state.project
    last = project.ledger.last_run()
    return JSONResponse({"status": "ok", "as_of": str(last["as_of"]) if last else None})
