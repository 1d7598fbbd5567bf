"""The tracking endpoints, before the router of the pages: SDKs of the Segment, Rudder, PostHog, Jitsu family.

Success is exactly 200 with small JSON, and one bad event never fails its batch: SDKs drop a whole batch on a 400, and
send it for ever on a 202.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from motherlode.collect.tracking import (
    LARGEST_REQUEST,
    ROUTES,
    WARN_EVENT,
    Parcel,
    Route,
    TooLarge,
    Unreadable,
    key_within,
    packed,
    parcel,
    queried,
    salvage,
    warnings,
)
from motherlode.collect.webhooks import is_signed, mapped
from motherlode.collect.write_keys import header_keys
from motherlode.config import WebhookConfig
from motherlode.live.collector import KEYLESS, UNKNOWN, Collector
from motherlode.live.door import Outcome, Overloaded
from motherlode.live.senders import Sender, Settings
from motherlode.web import answers
from motherlode.web.answers import Result, SetAside, Taken, TakenByUuid
from motherlode.web.asking import is_asked
from motherlode.web.sdk_settings import SdkSettings, settings_for

Headers = Mapping[bytes, bytes]

_JSON = (b"content-type", b"application/json")
_OK = b'{"success":true,"results":["ok"]}'
WEBHOOKS = "/v1/webhook/"
SETTINGS_METHODS = ("GET", "HEAD", "POST")
_MAX_AGE = b"86400"


class Answer(msgspec.Struct):
    """An HTTP answer."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


def problem(status: int, code: str, message: str, detail: Any = None, retry_after: int = 0) -> Answer:
    """An answer that says why nothing was taken."""
    headers = ((b"retry-after", str(retry_after).encode()),) if retry_after else ()
    return Answer(status, answers.told(code, message, detail), headers)


Answering = Callable[[Scope, Headers, Receive], Coroutine[Any, Any, Answer]]


class Tracking:
    """ASGI: tracking paths are answered here, every other one by the application behind."""

    def __init__(
        self,
        application: ASGIApp,
        collector: Collector,
        prefix: str = "",
        webhooks: Mapping[str, WebhookConfig] = MappingProxyType({}),
        asking: ASGIApp | None = None,
    ) -> None:
        self._application = application
        self._collector = collector
        self._webhooks = webhooks
        self._asking = asking
        self._prefix = f"/{prefix.strip('/')}" if prefix.strip("/") else ""
        # Nearly every request is one of these: it is found at once.
        self._posted: dict[str, Answering] = {path: partial(self._track, route) for path, route in ROUTES.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answering(scope) if scope["type"] == "http" else None
        if answer is None:
            asks = self._asking is not None and scope["type"] == "http" and is_asked(scope["path"])
            await (self._asking if asks and self._asking else self._application)(scope, receive, send)
            return
        headers = dict(scope["headers"])
        told = await answer(scope, headers, receive)
        await send({"type": "http.response.start", "status": told.status, "headers": [*_typed(told), *_cors(headers)]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else told.body})

    def _answering(self, scope: Scope) -> "Answering | None":
        path, method = scope["path"], scope["method"]
        if method == "POST" and path in self._posted:
            return self._posted[path]
        if self._prefix and path.startswith(f"{self._prefix}/"):
            path = path[len(self._prefix) :]
        if path.startswith(WEBHOOKS):
            return self._webhook if method == "POST" else _wrong_method(b"POST")
        route = ROUTES.get(path if len(path) < 2 else path.rstrip("/"))
        if route is None:
            settings = settings_for(path)
            return self._setting(settings, method) if settings is not None else None
        if method == "OPTIONS":
            return _preflight
        if method == "POST" or (method == "GET" and (path.startswith("/pixel/") or b"data=" in scope["query_string"])):
            return partial(self._track, route)
        return _wrong_method(b"POST, OPTIONS")

    def _setting(self, settings: SdkSettings, method: str) -> "Answering":
        if method == "OPTIONS":
            return _preflight
        return self._settings(settings) if method in SETTINGS_METHODS else _wrong_method(b"GET, HEAD, POST, OPTIONS")

    def _settings(self, settings: SdkSettings) -> "Answering":
        async def answer(scope: Scope, headers: Headers, receive: Receive) -> Answer:
            host = headers.get(b"x-forwarded-host", headers.get(b"host", b"")).decode("latin-1")
            query = queried(scope["query_string"])
            key = settings.key or query.get("writeKey") or next(header_keys(headers), "")
            sender = self._collector.sender([key]) if key else None
            if sender is None and settings.needs_key:
                return _unknown_key()
            return Answer(
                200, settings.write(key, sender.source if sender else "", f"{host}{self._prefix}"), settings.headers
            )

        return answer

    async def _track(self, route: Route, scope: Scope, headers: Headers, receive: Receive) -> Answer:
        received_at = self._collector.now()
        body = await _body(receive)
        if body is None:
            self._collector.refuse(UNKNOWN, 1)
            return _too_large()
        query = queried(scope["query_string"])
        try:
            parts, is_json = parcel(route, body, query), True
        except TooLarge as error:
            self._collector.refuse(UNKNOWN, 1)
            return problem(413, "too_large", str(error))
        except Unreadable as error:
            parts, is_json = salvage(route, error), False
        sender = self._collector.named(headers.get(b"authorization", b""), headers.get(b"x-write-key", b""))
        sender = sender or self._collector.sender([*_query_key(query), *parts.keys])
        sender = sender or self._collector.sender(key_within(parts.events))
        if sender is None and route.shape == "snowplow" and is_json:
            sender = KEYLESS
            for event in parts.events:
                event.problem = event.problem or "unknown_source"
        if sender is None:
            self._collector.refuse(UNKNOWN, len(parts.events) or 1)
            return _unknown_key()
        if not self._collector.is_within_limit(sender, len(parts.events)):
            self._collector.refuse(sender.source, len(parts.events))
            return problem(429, "rate_limited", "more events a second than this source may send", retry_after=1)
        return await self._keep(sender, parts, headers, received_at, is_json=is_json)

    async def _webhook(self, scope: Scope, headers: Headers, receive: Receive) -> Answer:
        """A system that has no SDK: its body is signed, and a mapping says what in it is an event."""
        received_at, name = self._collector.now(), scope["path"].rpartition("/")[2]
        webhook, body = self._webhooks.get(name), await _body(receive)
        if webhook is None or body is None:
            self._collector.refuse(UNKNOWN, 1)
            return (
                problem(404, "unknown_webhook", f"there is no [webhooks.{name}]") if body is not None else _too_large()
            )
        signature = headers.get(webhook.signature.lower().encode(), b"").decode("latin-1")
        if not is_signed(webhook.secret, body, signature):
            self._collector.refuse(name, 1)
            return problem(401, "bad_signature", f"{webhook.signature} does not sign this body")
        sender = Sender(name, "", datetime.min, Settings())
        try:
            parts, is_json = packed(mapped(body, webhook.mapping)), True
        except (ValueError, ArithmeticError, RecursionError):
            parts, is_json = Parcel("segment", "", [], left=body), False
        if not self._collector.is_within_limit(sender, len(parts.events)):
            self._collector.refuse(name, len(parts.events))
            return problem(429, "rate_limited", "more events a second than this source may send", retry_after=1)
        return await self._keep(sender, parts, headers, received_at, is_json=is_json)

    async def _keep(
        self, sender: Sender, parts: Parcel, headers: Headers, received_at: int, *, is_json: bool
    ) -> Answer:
        signal = "gpc" if headers.get(b"sec-gpc") == b"1" else ""
        parts.sent_at = parts.sent_at or headers.get(b"sentat", b"").decode("latin-1")
        try:
            outcomes = await self._collector.take(sender, parts, received_at=received_at, signal=signal)
        except Overloaded as error:
            return problem(429, "overloaded", "nothing was kept, send it again", retry_after=error.seconds)
        if not is_json:
            detail = {"kept_whole_events": outcomes.count("ok"), "kept_for_repair_bytes": len(parts.left)}
            return problem(400, "not_json", "the body is no JSON; what came is kept in quarantine", detail)
        if parts.shape == "posthog_v1":
            return Answer(200, answers.encode(TakenByUuid(_by_uuid(parts, outcomes))))
        if outcomes == ["ok"] and len(parts.events[0].raw) <= WARN_EVENT and not parts.events[0].warnings:
            return Answer(200, _OK)
        problems = {place: event.problem for place, event in enumerate(parts.events) if event.problem}
        if problems and headers.get(b"x-strict-mode") == b"1":
            return problem(400, "invalid_events", f"{len(problems)} events are set aside", _told(problems))
        said = Taken(True, outcomes, _told(problems), _warnings(parts))
        return Answer(200, answers.encode(said))


def _too_large() -> Answer:
    return problem(413, "too_large", f"a request has at most {LARGEST_REQUEST >> 20} MB")


def _unknown_key() -> Answer:
    return problem(401, "unknown_write_key", "no source has this write key", "motherlode source add NAME")


def _told(problems: Mapping[int, str]) -> list[SetAside]:
    return [SetAside(place, said) for place, said in problems.items()]


def _warnings(parts: Parcel) -> list[str]:
    sizes = [len(event.raw) for event in parts.events]
    planned = dict.fromkeys(rule for event in parts.events for rule in event.warnings)
    return [*warnings(len(sizes), sum(sizes), max(sizes, default=0)), *planned]


_RESULT_OF: Mapping[Outcome, Literal["ok", "warning", "drop"]] = {
    "ok": "ok",
    "duplicate": "ok",
    "quarantined": "drop",
    "suppressed": "drop",
    "refused": "drop",
}


def _by_uuid(parts: Parcel, outcomes: Sequence[Outcome]) -> dict[str, Result]:
    pairs = zip(parts.events, outcomes, strict=True)
    return {
        event.message_id: Result(_RESULT_OF[outcome], event.problem or outcome)
        for event, outcome in pairs
        if event.message_id
    }


def _query_key(query: Mapping[str, str]) -> list[str]:
    return [query[name] for name in ("writeKey", "write_key", "api_key", "token") if query.get(name)]


async def _body(receive: Receive) -> bytes | None:
    """The whole body; `None` where it is larger than what is taken."""
    message = await receive()
    if not message.get("more_body"):
        whole: bytes = message.get("body", b"")
        return whole if len(whole) <= LARGEST_REQUEST else None
    parts, size = [message.get("body", b"")], len(message.get("body", b""))
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_REQUEST:
            return None
    return b"".join(parts)


def _typed(told: Answer) -> list[tuple[bytes, bytes]]:
    """Headers with the type of the body, which is JSON where nothing else is said."""
    if not told.headers:
        return [_JSON]
    said = any(name == b"content-type" for name, _ in told.headers)
    return list(told.headers) if said else [_JSON, *told.headers]


def _wrong_method(allowed: bytes) -> "Answering":
    async def answer(scope: Scope, headers: Headers, receive: Receive) -> Answer:
        said = problem(405, "method_not_allowed", f"{scope['method']} means nothing here", f"use {allowed.decode()}")
        return Answer(said.status, said.body, ((b"allow", allowed),))

    return answer


async def _preflight(scope: Scope, headers: Headers, receive: Receive) -> Answer:
    asked = headers.get(b"access-control-request-headers", b"content-type, authorization")
    more = (b"access-control-allow-methods", b"GET, POST, OPTIONS"), (b"access-control-max-age", _MAX_AGE)
    return Answer(204, b"", (*more, (b"access-control-allow-headers", asked)))


def _cors(headers: Headers) -> tuple[tuple[bytes, bytes], ...]:
    """Pages of any site may send, and may read when to come back."""
    origin = headers.get(b"origin")
    if origin is None:
        return ()
    return (
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"Retry-After"),
        (b"vary", b"Origin"),
    )
