"""What programs ask a server that collects: its health and counts, events as they come, and profiles of customers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from motherlode.collect.canonical import scrubbed
from motherlode.errors import MotherlodeError
from motherlode.live import profiles
from motherlode.live.collector import Collector
from motherlode.live.rows import COUNTS, Told
from motherlode.project import Project
from motherlode.warehouse import Warehouse, lacking
from motherlode.web.answers import encode, told
from motherlode.web.gate import Gate

# Whatever is not there is told to programs in their own form.
_PROGRAMS = "/v1/"
# A reader that falls behind by so many misses the rest.
_BEHIND, _SILENT_SECONDS = 1000, 1.0

Answers = Callable[[Request], Awaitable[Response]]


class LogEnd(msgspec.Struct, frozen=True):
    """Up to where the log is safe, and how much waits for the disk."""

    segment: int
    offset: int
    waiting_bytes: int


class MovedTo(msgspec.Struct, frozen=True):
    """Up to where the tables have the log, and what holds them up."""

    segment: int
    offset: int
    trouble: str


class Health(msgspec.Struct, frozen=True):
    """Whether the log takes events and the tables keep up with it."""

    status: Literal["ok", "trouble"]
    as_of: str | None
    log: LogEnd
    consumer: MovedTo


class Minute(msgspec.Struct, frozen=True):
    """What a source sent in a minute: received is the sum of the others."""

    source: str
    minute: str
    received: int
    stored: int
    duplicate: int
    quarantined: int
    suppressed: int
    refused: int


class Received(msgspec.Struct, frozen=True):
    """The last 1,000 of these."""

    received: list[Minute]


class Profile(msgspec.Struct, frozen=True):
    """A customer as she is now, beside what the last run made of her: rows of tables under their names."""

    customer_id: str
    ids: list[str]
    purpose: str
    consents: list[dict[str, Any]]
    withheld: str = ""
    traits: dict[str, Any] = {}
    events: dict[str, int] = {}
    last_seen_at: str | None = None
    cart: list[dict[str, Any]] = []
    offers: list[dict[str, Any]] = []


class Asked(msgspec.Struct, frozen=True):
    """An address that programs ask.

    Attributes
    ----------
    shape
        What the body is: a structure as JSON, or the type of another text.
    scope
        What the key of the program must allow; "" for everybody.
    also
        Statuses beside 200 with a body of the same shape.
    """

    path: str
    says: str
    shape: type[msgspec.Struct] | str
    scope: str = ""
    also: tuple[int, ...] = ()


ASKED = (
    Asked("/health", "Whether the log takes events and the tables keep up with it", Health, also=(503,)),
    Asked("/metrics", "Counts and positions, as Prometheus reads them", "text/plain"),
    Asked("/openapi.json", "This document", "application/json"),
    Asked("/v1/received", "Events by source and minute, and what became of them", Received, "events:read"),
    Asked("/v1/events", "Events as they come, as server-sent events", "text/event-stream", "events:read"),
    Asked(
        "/v1/profiles/{who}",
        "A customer by a number or a device; what the purpose of the key does not allow is withheld",
        Profile,
        "profiles:read",
    ),
)
_PATHS = {asked.path for asked in ASKED}


def is_asked(path: str) -> bool:
    """Whether a path is answered here."""
    return path in _PATHS or path.startswith(_PROGRAMS)


def asking(project: Project, collector: Collector, gate: Gate) -> Starlette:
    """The application behind these paths; it reads tables while nobody is alone with them."""

    def reading(answer: Callable[[Warehouse], Any]) -> Any:
        with gate.reading():
            beside = project.warehouse.beside()
            try:
                return answer(beside)
            finally:
                beside.close()

    async def received(request: Request) -> Response:
        sql = f"""SELECT source, strftime(minute, '%Y-%m-%dT%H:%M:00Z') AS minute, received, {", ".join(COUNTS)}
                  FROM collect.received ORDER BY minute DESC, source LIMIT 1000"""  # noqa: S608
        rows = await run_in_threadpool(reading, lambda warehouse: warehouse.arrow(sql).to_pylist())
        return _json(Received([Minute(**row) for row in rows]))

    async def health(request: Request) -> Response:
        state, last = collector.state(), project.ledger.last_run()
        well, as_of = state["is_well"], str(last["as_of"]) if last else None
        said = Health("ok" if well else "trouble", as_of, LogEnd(**state["log"]), MovedTo(**state["consumer"]))
        return _json(said, 200 if well else 503)

    async def metrics(request: Request) -> Response:
        return PlainTextResponse(metrics_of(collector), media_type="text/plain; version=0.0.4")

    async def described(request: Request) -> Response:
        from motherlode.web.openapi import document

        return _json(document())

    async def events(request: Request) -> Response:
        return StreamingResponse(
            _events(collector), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    async def profile(request: Request) -> Response:
        reader = collector.reader(_key(request))
        assert reader is not None
        today = datetime.fromtimestamp(collector.now() / 1e6, ZoneInfo(project.config.timezone)).date()
        who = request.path_params["who"]
        try:
            said = await run_in_threadpool(reading, lambda warehouse: profiles.profile(warehouse, who, reader, today))
        except MotherlodeError as error:
            if lacking(error):
                raise
            return _refusal(404, "unknown_customer", error.message)
        return _json(said)

    answers: Mapping[str, Answers] = {
        "/health": health,
        "/metrics": metrics,
        "/openapi.json": described,
        "/v1/received": received,
        "/v1/events": events,
        "/v1/profiles/{who}": profile,
    }
    routes = [Route(one.path, _scoped(collector, one.scope, answers[one.path])) for one in ASKED]
    return Starlette(routes=routes, exception_handlers={404: _nothing_here, 405: _wrong_method, 500: _broken})


def _json(said: Any, status: int = 200) -> Response:
    return Response(encode(said), status, media_type="application/json")


def _scoped(collector: Collector, scope: str, answer: Answers) -> Answers:
    """An answer for programs whose key has a scope."""
    if not scope:
        return answer

    async def checked(request: Request) -> Response:
        reader = collector.reader(_key(request))
        if reader is None:
            return _refusal(401, "unknown_key", "no program has this key", "motherlode key add NAME")
        if scope not in reader.scopes:
            hint = f"motherlode key add {reader.name} --scope {scope}"
            return _refusal(403, "missing_scope", f"the key of {reader.name} has no scope {scope}", hint)
        return await answer(request)

    return checked


def _key(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _refusal(status: int, code: str, message: str, detail: str = "") -> Response:
    return Response(told(code, message, detail), status, media_type="application/json")


async def _nothing_here(request: Request, error: Exception) -> Response:
    return _refusal(404, "not_found", f"there is nothing at {request.url.path}", "see /openapi.json")


async def _wrong_method(request: Request, error: Exception) -> Response:
    answer = _refusal(405, "method_not_allowed", f"{request.method} means nothing here", "use GET")
    answer.headers["Allow"] = "GET, HEAD"
    return answer


async def _broken(request: Request, error: Exception) -> Response:
    what = lacking(error)
    if what:
        return _refusal(503, "outdated", f"another version of the program made the tables: {what}", "motherlode run")
    return _refusal(500, "broken", "this is a fault of ours", "see the output of `motherlode serve`")


def metrics_of(collector: Collector) -> str:
    """Counts since the start in the text form of Prometheus."""
    names = {"ok": "stored", "duplicate": "duplicate", "quarantined": "quarantined", "suppressed": "suppressed"}
    counts = {**{word: collector.counts[name] for name, word in names.items()}, "refused": collector.counts["refused"]}
    state = collector.state()
    log, moved = state["log"], state["consumer"]
    lines = ["# TYPE motherlode_events_total counter"]
    lines += [f'motherlode_events_total{{outcome="{name}"}} {count}' for name, count in counts.items()]
    gauges = {
        "motherlode_log_segment": log["segment"],
        "motherlode_log_offset_bytes": log["offset"],
        "motherlode_log_waiting_bytes": log["waiting_bytes"],
        "motherlode_consumer_segment": moved["segment"],
        "motherlode_consumer_offset_bytes": moved["offset"],
        "motherlode_is_well": int(state["is_well"]),
    }
    for name, value in gauges.items():
        lines += [f"# TYPE {name} gauge", f"{name} {value}"]
    return "\n".join(lines) + "\n"


async def _events(collector: Collector) -> AsyncIterator[bytes]:
    """Events as they reach the tables, as server-sent events: pseudonymous, without what names people."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[list[Told]] = asyncio.Queue()

    def listen(told: list[Told]) -> None:
        if waiting.qsize() < _BEHIND:
            loop.call_soon_threadsafe(waiting.put_nowait, told)

    collector.listeners.append(listen)
    try:
        yield b": events as they come\n\n"
        for one in list(collector.recent):
            yield _said(one)
        while not collector.is_leaving:
            try:
                told = await asyncio.wait_for(waiting.get(), _SILENT_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            for one in told:
                yield _said(one)
    finally:
        collector.listeners.remove(listen)


def _said(one: Told) -> bytes:
    call = one.call
    event: dict[str, Any] = {
        "source": one.source,
        "received_at": one.received_at,
        "occurred_at": call.occurred_at,
        "message_id": call.message_id,
        "type": call.kind,
        "event": call.name,
        "customer_id": call.user_id,
        "anonymous_id": call.anonymous_id,
        "properties": scrubbed(call.properties),
    }
    return b"data: " + msgspec.json.encode(event) + b"\n\n"
