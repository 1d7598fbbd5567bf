"""The page behind a person's own link: what her data is used for, and a yes or a no to it in one step.

Nobody signs in and no script runs: whoever has the link may say what its person may say, and sees no name, no number
and no contact. Another site cannot send the form, as it does not know the link.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock, Thread
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from motherlode.errors import MotherlodeError
from motherlode.govern.statements import CHANNELS
from motherlode.labels import chosen_language
from motherlode.machine import clock
from motherlode.people.lookup import Person
from motherlode.privacy import preferences
from motherlode.project import Project
from motherlode.web.guard import same_site
from motherlode.web.pages.filtering import link
from motherlode.web.pages.site import static_address, templates
from motherlode.web.pages.visit import PageVoice, language_of, theme_of

PATH = "/preferences"
# What a mail program sends when its button is pressed (RFC 8058).
ONE_CLICK = "List-Unsubscribe"
MOST_BYTES = 10_000
# So many wrong links from one address, and changes behind one link, within so long.
MOST_WRONG, MOST_CHANGES, WITHIN_SECONDS = 20, 60, 900.0
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Pace:
    """How often something happened of late, by key."""

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._now = most, now
        self._lock = Lock()
        self._at: dict[str, list[float]] = {}

    def is_too_fast(self, key: str) -> bool:
        """Count once more; gives whether that was too often."""
        now = self._now()
        with self._lock:
            if len(self._at) > 10_000:
                self._at = {one: at for one, at in self._at.items() if now - at[-1] < WITHIN_SECONDS}
            recent = [at for at in self._at.get(key, []) if now - at < WITHIN_SECONDS]
            self._at[key] = [*recent, now][-self._most - 1 :]
            return len(self._at[key]) > self._most


class Preferences:
    """The page of a project that serves, with the `state` of its application: `project`, `gate` and `kept`."""

    def __init__(self) -> None:
        self.state: Any = None
        self._wrong, self._changes = Pace(MOST_WRONG), Pace(MOST_CHANGES)
        self._obeying = Lock()
        self._asked = False

    def routes(self) -> list[Route]:
        return [Route(PATH, self._page), Route(PATH, self._change, methods=["POST"])]

    async def _page(self, request: Request) -> Response:
        return await run_in_threadpool(self._shown, request)

    async def _change(self, request: Request) -> Response:
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return await run_in_threadpool(self._told, request, 413, "too_long")
        async with request.form(max_files=0, max_fields=20) as form:
            said = {name: str(value) for name, value in form.items()}
        return await run_in_threadpool(self._changed, request, said)

    def _shown(self, request: Request) -> Response:
        key = request.query_params.get("key", "")
        with self._open() as project:
            person = preferences.behind(project, key, now=clock.now())
            if person is None:
                return self._unknown(request, project, key)
            voice = _voice(request, project)
            heeded = request.headers.get("sec-gpc") == "1" and preferences.heed_signal(project, person, _evidence(key))
            found: dict[str, Any] = {
                "choices": preferences.choices(project, person, voice.language),
                "is_child": preferences.is_child(project, person),
                "signal": request.headers.get("sec-gpc") == "1",
                "done": request.query_params.get("done", ""),
                "house": project.config.name,
            }
        if heeded:
            self._obey()
        return self._html(request, voice, "preferences.html", key=key, **found)

    def _changed(self, request: Request, said: dict[str, str]) -> Response:
        key = said.get("key") or request.query_params.get("key", "")
        with self._open() as project:
            person = preferences.behind(project, key, now=clock.now())
            if person is None:
                return self._unknown(request, project, key)
            if not same_site(request.headers):
                return self._told(request, 403, "forged")
            if self._changes.is_too_fast(key):
                return self._told(request, 429, "too_often")
            try:
                self._say(request, project, person, said, key)
            except MotherlodeError as error:
                return self._told(request, 400, "not_taken", error.message)
        self._obey()
        if ONE_CLICK in said:
            return Response(status_code=200, headers=HEADERS)
        return RedirectResponse(link(PATH, key=key, language=said.get("language"), done="yes"), 303, headers=HEADERS)

    def _say(self, request: Request, project: Project, person: Person, said: dict[str, str], key: str) -> None:
        evidence, language = _evidence(key), _language(request, said.get("language", ""))
        purpose, _, channel = said.get("about", "").partition(":")
        if said.get(ONE_CLICK) == "One-Click":
            preferences.refuse(project, person, "marketing", "email", f"{evidence}, {ONE_CLICK}")
        elif said.get("everything") == "no":
            preferences.refuse_all(project, person, evidence)
        elif said.get("say") == "yes":
            preferences.agree(project, person, purpose, channel, evidence, language)
        else:
            preferences.refuse(project, person, purpose, channel, evidence)

    @contextmanager
    def _open(self) -> Iterator[Project]:
        """The project with a reader of its own."""
        with self.state.gate.reading():
            project = self.state.project.beside()
            try:
                yield project
            finally:
                project.warehouse.close()

    def _unknown(self, request: Request, project: Project, key: str) -> Response:
        """A link that is none, or was one; who tries many has to wait, and so nobody behind a link that is good."""
        if self._wrong.is_too_fast(request.client.host if request.client else ""):
            return self._told(request, 429, "too_often")
        was = project.vault.behind(key, now=datetime.min) is not None
        return self._told(request, 410 if was else 404, "link_over" if was else "no_link")

    def _obey(self) -> None:
        """Make the tables of what people said anew: now, or as soon as whoever writes them is done."""
        with self._obeying:
            self._asked = True
        if not self._obeyed():
            Thread(target=self._wait, name="obey", daemon=True).start()

    def _wait(self) -> None:
        while self._asked and not self._obeyed():
            time.sleep(0.5)

    def _obeyed(self) -> bool:
        with self.state.gate.reading(), self.state.gate.writing() as free:
            if not free:
                return False
            with self._obeying:
                asked, self._asked = self._asked, False
            if asked:
                project = self.state.project.beside()
                try:
                    project.obey()
                finally:
                    project.warehouse.close()
                self.state.kept.forget()
        return True

    def _told(self, request: Request, status: int, why: str, message: str = "") -> Response:
        voice = _voice(request, self.state.project)
        house = self.state.project.config.name
        found = {"why": why, "message": voice.error(message), "house": house}
        return self._html(request, voice, "preferences_closed.html", status, **found)

    def _html(self, request: Request, voice: PageVoice, template: str, status: int = 200, **found: Any) -> Response:
        words = {"word": voice.word, "tell": voice.tell, "address": static_address, "path": PATH, "channels": CHANNELS}
        other = {**request.query_params, "language": "en" if voice.language == "zh" else "zh"}
        body = (
            templates()
            .get_template(template)
            .render(voice=voice, theme=theme_of(request), other=link(PATH, **other), **words, **found)
        )
        headers = {**HEADERS, "Content-Language": voice.language, "Vary": "Accept-Language, Cookie"}
        more = {"Retry-After": str(int(WITHIN_SECONDS))} if status == 429 else {}
        return HTMLResponse(body, status, {**headers, **more})


def _voice(request: Request, project: Project) -> PageVoice:
    return PageVoice(_language(request, request.query_params.get("language", "")), project.config.currency)


def _language(request: Request, asked: str) -> Any:
    return chosen_language(asked) if asked in ("zh", "en") else language_of(request)


def _evidence(key: str) -> str:
    """Which link it was, without giving it away."""
    return f"preference page, link {hashlib.sha256(key.encode()).hexdigest()[:12]}"
