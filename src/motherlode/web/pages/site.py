"""The pages put together: addresses, layout, what is said when something fails."""

import gzip
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from importlib.resources import files
from typing import Any

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from motherlode.errors import GraphError, MotherlodeError, NotReady, Refused
from motherlode.project import Project
from motherlode.warehouse import lacking
from motherlode.web.guard import is_ours
from motherlode.web.packing import SLOWEST, packed, understood
from motherlode.web.pages import views
from motherlode.web.pages.filtering import link
from motherlode.web.pages.page import SECTIONS, Also, Page, pages
from motherlode.web.pages.sign_in import inside
from motherlode.web.pages.validating import validated
from motherlode.web.pages.visit import PageVoice, Visit, Visitor, language_of, theme_of
from motherlode.web.pages.wording import shown
from motherlode.web.sessions import COOKIE, Sessions

NOBODY = Visitor("", "analyst")
MOST_FILES, MOST_FIELDS = 20, 2000
LOG = logging.getLogger("motherlode.web")
YEAR = 31_536_000
# The program's own files, under a name that changes with their content.
STATIC = {"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml"}


def routes() -> list[Route]:
    """Every address of every page."""
    found = [
        Route("/static/{mark}/{name}", _static),
        Route("/favicon.ico", _icon),
        Route("/appearance", _appearance),
    ]
    for page in pages():
        found.append(Route(page.path, _endpoint(page, _own(page))))
        found += [Route(also.path, _endpoint(page, also), methods=[also.method]) for also in page.also]
    return found


def _own(page: Page) -> Also:
    """The address under which a page stands in the side bar."""
    return Also(page.path, page.answer, f"{page.key}.html", stored=page.stored)


def _endpoint(page: Page, also: Also) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            return await answered(request)
        finally:
            await request.close()

    async def answered(request: Request) -> Response:
        if page.key != "sign_in" and not await run_in_threadpool(_admitted, request):
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(link("/sign-in", next=here if request.method == "GET" else ""), 303)
        if also.method == "POST":
            # Read here, as only the answer runs in a thread of its own; not before it is known who sends.
            length = request.headers.get("content-length", "")
            if not length.isdecimal() or int(length) > also.most_bytes:
                return await run_in_threadpool(_told, request, 413, "too_long")
            request.state.form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
            if not is_ours(request):
                return await run_in_threadpool(_told, request, 403, "forged")
        return await run_in_threadpool(_answer, request, page, also)

    return endpoint


def _admitted(request: Request) -> bool:
    """Whether somebody is signed in, or nobody has to be; who it is, is written on the request."""
    sessions: Sessions = request.app.state.sessions
    user = sessions.find(request.cookies.get(COOKIE, ""))
    if user is not None:
        request.state.visitor = Visitor(user.name, user.role)
    elif sessions.is_open:
        request.state.visitor = Visitor("local", "admin", local=True)
    return hasattr(request.state, "visitor")


def _answer(request: Request, page: Page, also: Also) -> Response:
    with _visiting(request) as visit:
        if not page.is_for(visit.visitor.role) or (also.roles and visit.visitor.role not in (*also.roles, "admin")):
            return failed(visit, 403, visit.voice.tell("not_for_role", role=visit.voice.tell(visit.visitor.role)))
        return _shown(visit, page, also)


@contextmanager
def _visiting(request: Request) -> Iterator[Visit]:
    """A visit with a reader of its own."""
    state = request.app.state
    with state.gate.reading():
        project = state.project.beside()
        try:
            visit = _visit(request, project)
            project.warehouse.shapes = visit.keep("shapes", dict)
            yield visit
        finally:
            project.warehouse.close()


def _shown(visit: Visit, page: Page, also: Also) -> Response:
    missing = [address for address in page.needs if not visit.has_rows(address)]
    if missing:
        # An address that is shared may come before its data: the page says what would fill it.
        names = ", ".join(visit.voice.word("table", address.partition(".")[2]) for address in missing)
        return failed(
            visit, 200, visit.voice.tell("empty", tables=names), visit.voice.tell("empty_hint"), "empty_title"
        )
    try:
        found = also.answer(visit)
        if isinstance(found, Response):
            return found
        answer = _html(visit, also.template, page.key, found)
        may_be_stored = also.stored and found.get("stored", True) and answer.status_code == 200
        return validated(visit.request, answer) if may_be_stored else answer
    except Exception as error:
        told = _in_words(visit, error)
        if told is None:
            raise
        return told


def _in_words(visit: Visit, error: Exception) -> Response | None:
    """Why there is no such page; `None` where nobody expected it."""
    what = lacking(error)
    if what:
        LOG.warning("%s: %s", visit.request.url.path, what)
        told = visit.voice.tell("outdated", what=what)
        return failed(visit, 409, told, visit.voice.tell("outdated_hint"), key="not_ready")
    if isinstance(error, NotReady):
        return failed(visit, 200 if visit.run is None else 404, error.message, error.hint, key="not_ready")
    status = 404 if isinstance(error, GraphError) else 403 if isinstance(error, Refused) else 400
    return failed(visit, status, error.message, error.hint) if isinstance(error, MotherlodeError) else None


def failed(visit: Visit, status: int, message: str, hint: str = "", key: str = "failed") -> Response:
    """What happened, and what to do about it."""
    said = {"message": visit.voice.error(message), "hint": visit.voice.error(hint), "why": key}
    return _html(visit, "failed.html", "", said, status)


def _visit(request: Request, project: Project) -> Visit:
    run = project.ledger.last_run()
    return Visit(
        project=project,
        request=request,
        voice=PageVoice(language_of(request), project.config.currency, project.config.timezone),
        theme=theme_of(request),
        visitor=getattr(request.state, "visitor", NOBODY),
        token=getattr(request.state, "token", ""),
        kept=request.app.state.kept,
        run=run["run_id"] if run else None,
        as_of=run["as_of"] if run else None,
        made_at=run["finished_at"] if run else None,
    )


def _html(visit: Visit, template: str, key: str, found: Mapping[str, Any], status: int = 200) -> Response:
    layout = {"visit": visit, "voice": visit.voice, "here": key, "menu": menu(visit), "address": static_address}
    layout |= {"views_here": partial(views.here, visit), "once": partial(_once, visit)}
    words = {"word": visit.voice.word, "tell": visit.voice.tell, "say": visit.voice.say, "shown": shown}
    status = found.get("status", status)
    body = templates().get_template(template).render(**layout, **words, **found)
    headers = {"Content-Language": visit.voice.language, "Vary": "Accept-Language, Cookie", "Cache-Control": "no-store"}
    return HTMLResponse(body, status, headers)


def _once(visit: Visit, name: Any, macro: Callable[..., str], *told: Any) -> str:
    """What a macro writes, kept until the next run: `name` says all that it depends on beside the language.

    Nothing of a visitor's own may stand in it, such as the token of a form.
    """
    return visit.keep(("written", name, visit.voice.language), lambda: macro(*told))


def menu(visit: Visit) -> list[tuple[str, list[Page]]]:
    """The side bar of a visitor; who is not signed in has none."""
    if visit.visitor == NOBODY:
        return []
    shown = [page for page in pages() if page.appears(visit)]
    groups = [(section, [page for page in shown if page.section == section]) for section in SECTIONS]
    return [(section, some) for section, some in groups if some]


@cache
def templates() -> jinja2.Environment:
    """The templates of the pages and of the report, in which an unknown name is an error and every text is escaped."""
    loaders = [jinja2.PackageLoader("motherlode.web.pages"), jinja2.PackageLoader("motherlode")]
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["link"] = link
    return environment


@cache
def _source(name: str) -> bytes:
    here = files("motherlode.web.pages").joinpath("static")
    own = here.joinpath(name).read_bytes()
    return files("motherlode").joinpath("templates", "look.css").read_bytes() + own if name == "app.css" else own


@cache
def _packed(name: str, by: str) -> bytes:
    return packed(_source(name), SLOWEST) if by == "br" else gzip.compress(_source(name), 9, mtime=0)


@cache
def static_address(name: str) -> str:
    return f"/static/{hashlib.sha256(_source(name)).hexdigest()[:12]}/{name}"


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC or request.url.path != static_address(name):
        return Response(status_code=404)
    headers = {"Cache-Control": f"public, max-age={YEAR}, immutable", "Vary": "Accept-Encoding"}
    known = understood(request.headers)
    by = next((one for one in ("br", "gzip") if one in known), None)
    if by is None:
        return Response(_source(name), media_type=STATIC[name], headers=headers)
    return Response(_packed(name, by), media_type=STATIC[name], headers={**headers, "Content-Encoding": by})


def _icon(request: Request) -> Response:
    return RedirectResponse(static_address("icon.svg"), 308)


def _appearance(request: Request) -> Response:
    """Remember a language or a theme, and go back."""
    asked = request.query_params
    response = RedirectResponse(inside(asked.get("back", "/")) or "/", 303)
    for name, known in (("language", ("zh", "en")), ("theme", ("light", "dark", "system"))):
        if asked.get(name) in known:
            response.set_cookie(name, asked[name], max_age=YEAR, httponly=True, samesite="lax", path="/")
    return response


async def not_found(request: Request, error: Exception) -> Response:
    """There is no such page; said in the look of the others."""
    return await run_in_threadpool(_told, request, 404, "no_page")


async def broken(request: Request, error: Exception) -> Response:
    """Something failed that should not; what, stands in the server's own log."""
    LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return await run_in_threadpool(_told, request, 500, "broke")


def _told(request: Request, status: int, key: str) -> Response:
    if not hasattr(request.state, "visitor"):
        # Whoever is signed in keeps the menu on a page that there is not.
        _admitted(request)
    with _visiting(request) as visit:
        return failed(visit, status, visit.voice.tell(f"{key}_hint"), key=key)
