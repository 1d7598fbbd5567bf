"""The one application behind the port: what answers which address."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from motherlode.project import Project


def application(project: Project) -> Starlette:
    """The ASGI application of a project; the project stays open as long as it serves."""
    web = Starlette(routes=[Route("/health", health)])
    web.state.project = project
    return web


def health(request: Request) -> JSONResponse:
    """Whether the tables can be read, and the day as of which they stand."""
    project: Project = request.app.state.project
    last = project.ledger.last_run()
    return JSONResponse({"status": "ok", "as_of": str(last["as_of"]) if last else None})
