"""Requests of tracking SDKs read without trusting them: which events they carry, and with which key they came.

One bad event never fails its batch: it carries the `problem` that sets it aside. Events stay the bytes that came.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

import msgspec

from motherlode.collect.sent_event import (
    KINDS,
    LARGEST_EVENT,
    UNREADABLE,
    Event,
    Segment,
    Shape,
    app_of,
    judged,
    read_segment,
)

LARGEST_REQUEST = 20 << 20
# A client packs once, or piece by piece; each stream copies what follows it.
_MOST_STREAMS = 16
_MARK, _BLANK = b"\xef\xbb\xbf", b" \t\r\n"
# What Segment accepts itself; above it an event is kept, with a warning.
WARN_EVENT, WARN_REQUEST, WARN_EVENTS = 32 << 10, 500 << 10, 2500


class Route(msgspec.Struct, frozen=True):
    """What a path means: the shape of its body, and the type of its one event where the path says it."""

    shape: Shape
    type: str = ""


def _routes() -> dict[str, Route]:
    segment = Route("segment")
    batches = ("/v1/batch", "/batch", "/v1/b", "/b", "/v1/batch/b", "/v1/import", "/import", "/beacon/v1/batch")
    routes = dict.fromkeys(batches, segment)
    for letter, kind in KINDS.items():
        one = Route("segment", kind)
        names = (f"/v1/{kind}", f"/v1/{letter}", f"/pixel/v1/{kind}", f"/api/s/{kind}", f"/api/s/s2s/{kind}")
        routes |= dict.fromkeys(names, one)
    routes |= dict.fromkeys(("/api/s/event", "/api/s/s2s/event", "/api/s/batch", "/api/s/s2s/batch"), segment)
    routes["/v1/merge"] = Route("segment", "alias")
    routes |= dict.fromkeys(("/e", "/capture", "/track", "/engage", "/i/v0/e"), Route("posthog"))
    routes["/i/v1/analytics/events"] = Route("posthog_v1")
    routes["/com.snowplowanalytics.snowplow/tp2"] = Route("snowplow")
    return routes


ROUTES: Mapping[str, Route] = _routes()


class Unreadable(ValueError):
    """A body that is no JSON: `salvaged` are its whole events, `left` what is left of it."""

    def __init__(self, left: bytes, salvaged: list[bytes], envelope: "Envelope") -> None:
        super().__init__("the body is no JSON")
        self.left = left
        self.salvaged = salvaged
        self.envelope = envelope


class TooLarge(ValueError):
    """A body, once inflated, above what is taken."""


class Envelope(msgspec.Struct):
    """What a body says beside its events; nothing in it is trusted to be of a type."""

    batch: Any = None
    data: Any = None
    sentAt: Any = None  # noqa: N815
    sent_at: Any = None
    writeKey: Any = None  # noqa: N815
    api_key: Any = None
    token: Any = None
    context: Any = None
    type: Any = None


class Parcel(msgspec.Struct):
    """The events of one request.

    Attributes
    ----------
    keys
        Write keys in the body.
    common
        A context that all events share, as JSON.
    left
        Bytes of a body that ended in the middle.
    """

    shape: Shape
    type: str
    events: list[Event]
    keys: tuple[str, ...] = ()
    sent_at: str = ""
    common: bytes = b""
    left: bytes = b""


class _Batch(Segment):
    """A body as it should be, with each event of a list left as it came; a body that is one event is read at once."""

    batch: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    sentAt: Any = None  # noqa: N815
    sent_at: Any = None
    writeKey: Any = None  # noqa: N815
    api_key: Any = None
    token: Any = None
    context: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_batch = msgspec.json.Decoder(_Batch).decode
_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_any = msgspec.json.Decoder().decode


def parcel(route: Route, body: bytes, query: Mapping[str, str]) -> Parcel:
    """The events of a body, whatever its Content-Type says.

    Raises
    ------
    TooLarge
        Inflated, the body is larger than what is taken.
    Unreadable
        It is no JSON.
    """
    text = inflated(body)
    if not text and not body.strip(_BLANK) and query:
        if "data" not in query:
            return _pixel(route, query)
        text = b"data=" + query["data"].encode()
    if text[:5] == b"data=":
        text = _from_form(text)
    if not text and body.strip(_BLANK):
        raise Unreadable(body, [], Envelope())
    return _opened(route, text)


def packed(events: list[bytes]) -> Parcel:
    """Events that were made of something else, in the form of Segment's."""
    return Parcel("segment", "", [judged("segment", "", raw) for raw in events])


def inflated(body: bytes) -> bytes:
    """The body as text: gzip and zlib are known by their first bytes, as browsers do not say that they pack."""
    text = _unpacked(body) if _is_packed(body) else body
    if len(text) > LARGEST_REQUEST:
        raise TooLarge(f"more than {LARGEST_REQUEST >> 20} MB")
    # Of the mark of UTF-8 one byte alone is none: what is no text stays as it came.
    return text.lstrip(_BLANK).removeprefix(_MARK).lstrip(_BLANK)


def _is_packed(body: bytes) -> bool:
    return body[:2] == b"\x1f\x8b" or (body[:1] == b"\x78" and len(body) > 1 and not (body[0] * 256 + body[1]) % 31)


def _unpacked(body: bytes) -> bytes:
    """What packed streams hold, one behind the other (RFC 1952 2.2), with what follows them as it came."""
    parts, left, size = list[bytes](), body, 0
    while _is_packed(left) and len(parts) < _MOST_STREAMS:
        stream = zlib.decompressobj(47)
        try:
            parts.append(stream.decompress(left, LARGEST_REQUEST + 1 - size))
        except zlib.error as error:
            if not parts:
                raise Unreadable(body, [], Envelope()) from error
            break
        left, size = stream.unused_data, size + len(parts[-1])
        if size > LARGEST_REQUEST:
            break
    # Some fill the last block with zeros.
    return b"".join([*parts, left if left.strip(b"\0\r\n") else b""])


def _from_form(form: bytes) -> bytes:
    """`data=` with the body in base64, or plain."""
    value = unquote_to_bytes(form[5:].partition(b"&")[0].replace(b"+", b"%2B"))
    if value.lstrip()[:1] in (b"{", b"["):
        return value.lstrip()
    packed = b"".join(value.split()).rstrip(b"=")
    altchars = b"-_" if b"-" in packed or b"_" in packed else None
    try:
        return inflated(base64.b64decode(packed + b"=" * (-len(packed) % 4), altchars, validate=True))
    except binascii.Error as error:
        raise Unreadable(form, [], Envelope()) from error


def _pixel(route: Route, query: Mapping[str, str]) -> Parcel:
    """A picture's address is the event."""
    words = {name: value for name, value in query.items() if name not in ("writeKey", "write_key")}
    event: dict[str, Any] = {name: value for name, value in words.items() if name in Segment.__struct_fields__}
    event["properties"] = {name: value for name, value in words.items() if name not in event}
    return Parcel(route.shape, route.type, [judged(route.shape, route.type, msgspec.json.encode(event))])


def _opened(route: Route, text: bytes) -> Parcel:
    try:
        if text[:1] == b"[":
            return _packed(route, _Batch(), list(_list(text)))
        envelope = _batch(text)
    except UNREADABLE:
        return _opened_loosely(route, text)
    if isinstance(envelope.batch, list):
        return _unless_twice(text, b'"batch"', _packed(route, envelope, envelope.batch))
    data = b"" if isinstance(envelope.data, msgspec.UnsetType) else bytes(envelope.data)
    if route.shape == "snowplow" and data[:1] == b"[":
        return _unless_twice(text, b'"data"', _packed(route, envelope, list(_list(data))))
    return _alone(route, envelope, text)


def _unless_twice(text: bytes, name: bytes, sent: Parcel) -> Parcel:
    """The parcel, or where two lists stand under one name the whole body for repair: only the last one was read."""
    if text.find(name) != text.rfind(name) and _stands_twice(text, name.strip(b'"').decode()):
        sent.events = [Event(text, "", "unreadable")]
    return sent


def _stands_twice(text: bytes, name: str) -> bool:
    """Whether the outermost object may have a name twice."""
    try:
        words = text.decode("utf-8", "surrogateescape")
        names: list[str] = json.loads(words, object_pairs_hook=lambda pairs: [one for one, _ in pairs])
        return names.count(name) > 1
    except (ValueError, RecursionError):
        return True


def _alone(route: Route, envelope: _Batch, text: bytes) -> Parcel:
    """A body that is one event."""
    if route.shape != "segment" or envelope.api_key is not None or len(text) > LARGEST_EVENT:
        return _packed(route, envelope, [text])
    said = envelope.sentAt or envelope.sent_at
    events = [read_segment(route.type, text, envelope)]
    return Parcel("segment", route.type, events, _keys_of(envelope), said if isinstance(said, str) else "")


def _opened_loosely(route: Route, text: bytes) -> Parcel:
    """A body whose batch is no list is one bad event; what is no JSON at all gives its whole events."""
    try:
        value = _any(text)
    except UNREADABLE as error:
        whole, left = _salvaged(text)
        raise Unreadable(left, whole, _said(text)) from error
    keys = _keys(value) if isinstance(value, dict) else ()
    problem = "unreadable" if isinstance(value, dict) else "not_an_object"
    return Parcel(route.shape, route.type, [Event(text, "", problem)], keys)


_NO_KEYS = (None, None, None)
_START = re.compile(rb'"batch"\s*:\s*\[')
_KEY = re.compile(rb'"(writeKey|api_key|token)"\s*:\s*"([^"\\]{1,200})"')


def _salvaged(text: bytes) -> tuple[list[bytes], bytes]:
    """The whole events of a batch that ends in the middle, and what is left."""
    start = _START.search(text)
    if start is None:
        return [], text
    words, place = text[start.end() :].decode("utf-8", "surrogateescape"), 0
    decoder = json.JSONDecoder()
    whole: list[bytes] = []
    while True:
        place = _skipped(words, place)
        try:
            _, end = decoder.raw_decode(words, place)
        except (ValueError, RecursionError):
            return whole, text[: start.end()] + words[place:].encode("utf-8", "surrogateescape")
        whole.append(words[place:end].encode("utf-8", "surrogateescape"))
        place = end


def _skipped(words: str, place: int) -> int:
    while place < len(words) and words[place] in " \t\r\n,":
        place += 1
    return place


def _said(text: bytes) -> Envelope:
    said = {name.decode(): value.decode("utf-8", "replace") for name, value in _KEY.findall(text)}
    return Envelope(writeKey=said.get("writeKey"), api_key=said.get("api_key"), token=said.get("token"))


def salvage(route: Route, found: Unreadable) -> Parcel:
    """A parcel of what could be saved of a body, with what is left."""
    shape = shape_of(route, found.envelope)
    events = [judged(shape, route.type, raw) for raw in found.salvaged]
    return Parcel(shape, route.type, events, _keys(msgspec.structs.asdict(found.envelope)), left=found.left)


def shape_of(route: Route, envelope: Envelope | _Batch) -> Shape:
    """Segment and PostHog share `/batch`: the name of the key tells them apart."""
    return "posthog" if route.shape == "segment" and isinstance(envelope.api_key, str) else route.shape


def _packed(route: Route, envelope: _Batch, events: list[Any]) -> Parcel:
    shape = shape_of(route, envelope)
    sent_at = envelope.sentAt or envelope.sent_at
    context = b"" if isinstance(envelope.context, msgspec.UnsetType) else bytes(envelope.context)
    # What all events share is said beside a list of them; one event alone has it inside.
    common = context if isinstance(envelope.batch, list) and context[:1] == b"{" else b""
    read = [judged(shape, route.type, bytes(raw)) for raw in events]
    keys = app_of(read) if shape == "snowplow" else _keys_of(envelope)
    return Parcel(shape, route.type, read, keys, sent_at if isinstance(sent_at, str) else "", common)


def _keys_of(envelope: _Batch) -> tuple[str, ...]:
    said = (envelope.writeKey, envelope.api_key, envelope.token)
    # Most SDKs say it in a header.
    return () if said == _NO_KEYS else tuple(key for key in said if isinstance(key, str) and key)


def key_within(events: Sequence[Event]) -> tuple[str, ...]:
    """Older clients of PostHog put the key into the event."""
    found = _KEY.search(events[0].raw) if events else None
    return (found[2].decode("utf-8", "replace"),) if found else ()


def _keys(value: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key for name in ("writeKey", "api_key", "token") if isinstance(key := value.get(name), str) and key)


def queried(query: bytes) -> dict[str, str]:
    """The words behind `?` of an address, the last of a name."""
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}


def warnings(events: int, size: int, largest: int) -> Iterator[str]:
    """What Segment itself would not take."""
    if largest > WARN_EVENT:
        yield "event_above_32_kb"
    if size > WARN_REQUEST:
        yield "request_above_500_kb"
    if events > WARN_EVENTS:
        yield "more_than_2500_events"
