"""What programs ask a server that collects: its health and counts, events as they come, and profiles of customers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from motherlode.collect.canonical import scrubbed
from motherlode.errors import MotherlodeError
from motherlode.live import profiles
from motherlode.live.collector import Collector
from motherlode.live.rows import COUNTS, Told
from motherlode.project import Project
from motherlode.warehouse import Warehouse
from motherlode.web.gate import Gate

_PATHS = ("/health", "/metrics", "/v1/received", "/v1/events")
_PROFILES = "/v1/profiles/"
# A reader that falls behind by so many misses the rest.
_BEHIND, _SILENT_SECONDS = 1000, 1.0

Answer = Callable[[Request], Awaitable[Response]]


def is_asked(path: str) -> bool:
    """Whether a path is answered here."""
    return path in _PATHS or path.startswith(_PROFILES)


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
        return JSONResponse({"received": rows})

    async def health(request: Request) -> Response:
        state, last = collector.state(), project.ledger.last_run()
        well = state.pop("is_well")
        said = {"status": "ok" if well else "trouble", "as_of": str(last["as_of"]) if last else None, **state}
        return JSONResponse(said, 200 if well else 503)

    async def metrics(request: Request) -> Response:
        return PlainTextResponse(metrics_of(collector), media_type="text/plain; version=0.0.4")

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
            return _refusal(404, "unknown_customer", error.message)
        return JSONResponse(said)

    routes = [
        Route("/health", health),
        Route("/metrics", metrics),
        Route("/v1/received", _scoped(collector, "events:read", received)),
        Route("/v1/events", _scoped(collector, "events:read", events)),
        Route("/v1/profiles/{who}", _scoped(collector, "profiles:read", profile)),
    ]
    return Starlette(routes=routes)


def _scoped(collector: Collector, scope: str, answer: Answer) -> Answer:
    """An answer for programs whose key has a scope."""

    async def checked(request: Request) -> Response:
        reader = collector.reader(_key(request))
        if reader is None:
            return _refusal(401, "unknown_key", "no program has this key: motherlode key add NAME")
        if scope not in reader.scopes:
            return _refusal(403, "missing_scope", f"the key of {reader.name} has no scope {scope}")
        return await answer(request)

    return checked


def _key(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _refusal(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "detail": message}, status)


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
