"""One request, as pages see it: the tables, the language, who asks, and what is asked for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request

from motherlode.errors import Refused
from motherlode.labels import Language, chosen_language, error_text, label
from motherlode.machine import clock
from motherlode.project import Project
from motherlode.report.findings import Findings, gather
from motherlode.report.trust import checks
from motherlode.report.view import Check, Voice
from motherlode.web.pages.kept import Kept
from motherlode.web.users import Role
from motherlode.worklist.rules import Trait, traits

THEMES = ("light", "dark", "system")
Answer = TypeVar("Answer")


class Visitor(msgspec.Struct, frozen=True):
    """Who asks; `local` is whoever sits at the machine, where nobody has to sign in."""

    name: str
    role: Role
    local: bool = False


class PageVoice(Voice, frozen=True):
    """Also says the words of the pages, and the time by the house's clocks."""

    timezone: str = "UTC"

    def tell(self, key: str, **values: Any) -> str:
        return label("web", key, self.language).format(**values)

    def error(self, sentence: str) -> str:
        return error_text(sentence, self.language)

    def clock(self, moment: datetime, form: str = "%Y-%m-%d %H:%M") -> str:
        """A moment of UTC, as all are stored, as it is read where the house is."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.timezone)).strftime(form)


class Visit(msgspec.Struct, frozen=True):
    """What a page is told.

    Attributes
    ----------
    run
        The last run's number; `None` before the first.
    token
        What a form must send back, so that no other site can send it.
    """

    project: Project
    request: Request
    voice: PageVoice
    theme: str
    visitor: Visitor
    token: str
    kept: Kept
    run: int | None
    as_of: date | None
    made_at: datetime | None

    @property
    def query(self) -> QueryParams:
        return self.request.query_params

    @property
    def now(self) -> datetime:
        return clock.now()

    @contextmanager
    def writing(self, *, alone: bool = False) -> Iterator[Project]:
        """The project to change tables with; `Refused` while somebody else does.

        Parameters
        ----------
        alone
            The file is written anew: nobody reads meanwhile, this visit neither.
        """
        state = self.request.app.state
        with ExitStack() as held:
            if alone:
                self.project.warehouse.close()
            if not held.enter_context(state.gate.writing()) or (alone and not held.enter_context(state.gate.alone())):
                raise Refused(self.voice.tell("busy"), hint=self.voice.tell("busy_hint"))
            yield state.project
        state.kept.forget()

    def keep(self, name: Any, make: Callable[[], Answer]) -> Answer:
        """An answer that holds until the next run."""
        return self.kept.get(self.run, name, make)

    def findings(self) -> Findings:
        """What the report says, asked for once a run."""
        return self.keep("findings", lambda: gather(self.project))

    def traits(self) -> dict[str, Trait]:
        """What can be asked of customers, found once a run."""
        return self.keep("traits", lambda: traits(self.project))

    def checks(self) -> tuple[Check, ...]:
        """Whether the data can be trusted: what stands above every result."""
        return self.keep(("checks", self.voice.language), lambda: checks(self.findings(), self.voice))

    def has_rows(self, address: str) -> bool:
        """Whether a table has been made and is not empty."""

        def look() -> bool:
            graph, warehouse = self.project.graph, self.project.warehouse
            promise = graph.promises.get(address.partition(".")[2])
            if promise is not None and promise.kind == "graded":
                # Every row that came is graded; reading them all to see the first takes seconds.
                raw = [f"collect.{name}" for name in graph.reads[promise.name] if name.startswith("raw_")]
                return any(warehouse.has(name) and warehouse.has_rows(name) for name in raw)
            return warehouse.has(address) and warehouse.has_rows(address)

        return self.keep(("has rows", address), look)


def language_of(request: Request) -> Language:
    """The language that was chosen, else the browser's first that there is, else the machine's."""
    chosen = request.cookies.get("language")
    if chosen in ("zh", "en"):
        return chosen_language(chosen)
    ranked = sorted(map(_weighed, enumerate(request.headers.get("accept-language", "").split(","))))
    for _, _, name in ranked:
        if name[:2] in ("zh", "en"):
            return chosen_language(name)
    return "en" if any(name for _, _, name in ranked) else chosen_language()


def theme_of(request: Request) -> str:
    chosen = request.cookies.get("theme", "system")
    return chosen if chosen in THEMES else "system"


def _weighed(placed: tuple[int, str]) -> tuple[float, int, str]:
    """A language of the header with its weight, the heaviest first."""
    place, said = placed
    name, _, weight = said.strip().lower().partition(";q=")
    try:
        return -float(weight or 1), place, name.strip()
    except ValueError:
        return 0.0, place, name.strip()
