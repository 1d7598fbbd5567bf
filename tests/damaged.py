"""Requests that no SDK sends: seeds of real ones, changed in every way a network, a bug or a stranger changes them."""

import base64
import gzip
import json
import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

import msgspec

RECORDINGS = Path(__file__).parents[2] / "shared" / "fixtures" / "http-clients"
# What is put in the place of some value of a body: as bytes, since much of it no encoder writes.
NASTY = (
    b"null", b"true", b"{}", b"[]", b'""', b"-0", b"NaN", b"1e400", b"-1e-400", b"1.7976931348623157e308", b"9" * 30,
    b"9" * 400, b"9" * 5000, b"1e12", b"[1e12,{}]", b'{"price":1e12,"quantity":1e8}', b'"\\ud800"', b'"\\ud83d\\ude00"',
    b'"\\u0000"', b'"a\\u0000b"', b'"\x00"', b'"\xff\xfe"', b'"\xed\xa0\x80"', b'"%00"', b'"' + b"@" * 3000 + b'"',
    b'"ann@example.com"', b'"13800138000"', b'"2026-13-45T99:99:99Z"', b'"0001-01-01T00:00:00+14:00"',
    b'"9999-12-31T23:59:59-14:00"', b"-99999999999999", b"1e18", b'"' + b"x" * 70_000 + b'"', b"[" * 200 + b"]" * 200,
    b"[" * 900 + b"]" * 900, b"[" * 9000, b'{"a":' * 300 + b"1" + b"}" * 300, b'{"a":' * 600 + b"1" + b"}" * 600,
    b'{"a":' * 3000 + b"1" + b"}" * 3000, b'[{"price":1e12,"quantity":99999999},{"price":-1}]', b'{"a":1,"a":2}',
    b'{"":{"":""}}', b'"\\"', b'"Order Completed"', b'"identify"', b'{"email":["a@b.cn",{"c":1}],"phone":1e400}',
    b'{"categoryPreferences":{"Analytics":false}}', b'{"categoryPreferences":7}',
)  # fmt: skip
TOKENS = (b'"batch":[', b"]", b"}", b"{", b",", b"\x00", b"\xef\xbb\xbf", b"\xff", b"\x1f\x8b", b"data=", b"&", b"\\u")
WORDS = (
    "type",
    "event",
    "properties",
    "traits",
    "context",
    "timestamp",
    "sentAt",
    "userId",
    "batch",
    "products",
    "$set",
)


class Seed(msgspec.Struct, frozen=True):
    """A request as it was: its body as text, whatever packed it."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    text: bytes


class Damaged(msgspec.Struct, frozen=True):
    """A request to be sent.

    Attributes
    ----------
    pieces
        Its bytes, to be sent one after the other.
    body
        What a server must read as its body, byte for byte.
    is_framed
        Whether the server can tell where it ends; if not, nothing but an answer or the end of the connection is due.
    """

    method: str
    path: str
    pieces: tuple[bytes, ...]
    body: bytes
    is_framed: bool


def own_seeds() -> list[Seed]:
    """Small requests of each family."""
    event = {
        "type": "track",
        "event": "Tea Drunk",
        "userId": "ann",
        "messageId": "m",
        "timestamp": "2026-11-01T00:00:00Z",
    }
    goods = [{"product_id": "t1", "price": 10, "quantity": 2}, {"product_id": "t2", "price": "9.5"}]
    order = {**event, "event": "Order Completed", "properties": {"order_id": "o", "revenue": 28, "products": goods}}
    traits = {"email": "ann@example.com", "phone": "13800138000", "name": "张伟", "address": {"city": "杭州"}}
    stated = {"type": "identify", "userId": "ann", "anonymousId": "d", "messageId": "i", "traits": traits}
    consent = {"consent": {"categoryPreferences": {"Advertising": True, "Analytics": True}}}
    hog = {"event": "$identify", "uuid": "u", "distinct_id": "ann", "properties": {"$set": traits, "$device_id": "d"}}
    plow = {"e": "pv", "eid": "e", "duid": "d", "url": "https://tea.example/", "aid": "app", "dtm": "1793491200000"}
    bodies: list[tuple[str, Any]] = [
        ("/v1/batch", {"sentAt": "2026-11-01T00:00:01Z", "context": consent, "batch": [event, order, stated, event]}),
        ("/v1/track", order), ("/v1/identify", stated), ("/v1/alias", {"userId": "ann", "previousId": "d"}),
        ("/batch/", {"api_key": "k", "batch": [hog, {**hog, "event": "Tea Drunk"}]}), ("/e/", [hog, hog]),
        ("/i/v1/analytics/events", {"batch": [hog]}), ("/api/s/track", event),
        ("/com.snowplowanalytics.snowplow/tp2", {"schema": "s", "data": [plow]}),
    ]  # fmt: skip
    return [Seed("POST", path, (), json.dumps(body, ensure_ascii=False).encode()) for path, body in bodies]


def recorded_seeds() -> list[Seed]:
    """Requests that SDKs sent, where the recordings are there."""
    found: dict[tuple[str, bytes], Seed] = {}
    for file in sorted(RECORDINGS.glob("*/*.json")):
        for request in json.loads(file.read_text())["requests"]:
            body = base64.b64decode(request.get("body_raw_b64") or "")
            left_out = {"host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect"}
            headers = tuple((name, value) for name, value in request["headers"] if name.lower() not in left_out)
            text = max(readings(body), key=_looks_like_json)
            found.setdefault((request["path"], text), Seed(request["method"], request["path"], headers, text))
    return list(found.values())


def _looks_like_json(text: bytes) -> bool:
    return text[:1] in (b"{", b"[")


def readings(body: bytes) -> Iterator[bytes]:
    """What a body may be read as: itself, inflated, or what a form has in it."""
    yield body
    yield from _inflated(body)
    for form in (body, *_inflated(body)):
        if form.startswith(b"data="):
            value = unquote_to_bytes(form[5:].partition(b"&")[0].replace(b"+", b"%2B"))
            yield value
            # Lines may be broken, and how many signs of equality stand at the end says nothing.
            letters = b"".join(value.split()).rstrip(b"=")
            for altchars in (None, b"-_"):
                try:
                    packed = base64.b64decode(letters + b"=" * (-len(letters) % 4), altchars)
                except ValueError:
                    continue
                yield packed
                yield from _inflated(packed)


def _inflated(body: bytes) -> Iterator[bytes]:
    """What one or several packed streams hold."""
    whole, left = b"", body
    while left:
        stream = zlib.decompressobj(47)
        try:
            text = stream.decompress(left)
        except zlib.error:
            break
        # One byte may be the first of a stream: alone it follows as it came.
        if not text and not stream.eof:
            break
        whole, left = whole + text, stream.unused_data
        if not stream.eof:
            break
    if whole:
        yield whole
        yield whole + left


def damaged(chance: random.Random, seeds: list[Seed], key: str, number: int) -> Damaged:
    """A request of a seed, changed; `key` is in it where the source must be known, `number` makes its messages new."""
    seed = chance.choice(seeds)
    text = _renumbered(chance, seed.text, number)
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
        text = chance.choice((_value, _value, _value, _bytes, _bytes, _cut, _mixed, _doubled))(chance, text)
    body, form = _packed(chance, text)
    for _ in range(chance.choice((0, 0, 0, 0, 0, 1))):
        body = _bytes(chance, body)
    headers = [(name, value) for name, value in seed.headers if name.lower() not in ("authorization", "x-write-key")]
    path = _readdressed(chance, seed.path)
    return _framed(chance, seed.method, path, [*headers, *form, *_stray(chance), ("X-Write-Key", key)], body)


_NUMBER = re.compile(rb'"(messageId|uuid|eid|\$insert_id)"\s*:\s*"')


def _renumbered(chance: random.Random, text: bytes, number: int) -> bytes:
    """Messages that nobody sent before, but for some that somebody did."""
    if chance.random() < 0.1:
        return text
    return _NUMBER.sub(lambda found: found[0] + b"%d-%d-" % (number, found.start()), text)


def _value(chance: random.Random, text: bytes) -> bytes:
    """Something nasty in the place of a value, or beside it under a name of its own."""
    places = [found.start(1) for found in re.finditer(rb'[:,\[]\s*("|\d|[tfn{\[])', text)]
    if not places:
        return text + chance.choice(NASTY)
    place = chance.choice(places)
    if chance.random() < 0.3:
        named = b'"%s":' % chance.choice(WORDS).encode() if text[place - 1 : place] != b":" else b""
        return text[:place] + named + chance.choice(NASTY) + b"," + text[place:]
    words, at = text.decode("utf-8", "surrogateescape"), len(text[:place].decode("utf-8", "surrogateescape"))
    try:
        _, end = json.JSONDecoder().raw_decode(words, at)
    except (ValueError, RecursionError):
        return text[:place] + chance.choice(NASTY) + text[place:]
    return text[:place] + chance.choice(NASTY) + words[end:].encode("utf-8", "surrogateescape")


def _bytes(chance: random.Random, text: bytes) -> bytes:
    """Bytes that are others, gone, twice there or new."""
    changed = bytearray(text or b"{")
    for _ in range(chance.choice((1, 1, 2, 8))):
        place, size = chance.randrange(len(changed) + 1), chance.choice((1, 1, 4, 40))
        new = chance.choice((b"", changed[place : place + size] * 2, chance.choice(TOKENS), chance.randbytes(size)))
        changed[place : place + chance.choice((0, size))] = new
    return bytes(changed)


def _cut(chance: random.Random, text: bytes) -> bytes:
    return text[: chance.randrange(len(text) + 1)]


def _mixed(chance: random.Random, text: bytes) -> bytes:
    """A batch in which anything stands."""
    start = text.find(b"[")
    some = b",".join(chance.choice(NASTY) for _ in range(chance.randrange(1, 6)))
    return text[: start + 1] + some + b"," + text[start + 1 :] if start >= 0 else b"[" + text + b"," + some + b"]"


def _doubled(chance: random.Random, text: bytes) -> bytes:
    """The same again: a second value, or names that stand twice."""
    inner = text.strip()[1:-1]
    return chance.choice((text + text, text + b"\n" + text, b"{" + inner + b"," + inner + b"}", b"[" + text + b"]"))


def _packed(chance: random.Random, text: bytes) -> tuple[bytes, list[tuple[str, str]]]:
    """A body as clients pack it, and the header that goes with it, or with another one."""
    kinds = [("Content-Type", said) for said in ("application/json", "text/plain;charset=UTF-8", "x/y", "multipart/a")]
    half = len(text) // 2
    body = chance.choice(
        (
            lambda: text, lambda: text, lambda: text, lambda: gzip.compress(text, 1), lambda: zlib.compress(text, 1),
            lambda: gzip.compress(text[:half], 1) + gzip.compress(text[half:], 1),
            lambda: b"data=" + quote_from_bytes(base64.b64encode(text)).encode(),
            lambda: b"data=" + base64.urlsafe_b64encode(text).rstrip(b"=") + b"&compression=base64",
            lambda: b"data=" + quote_from_bytes(text, safe="").encode(),
            lambda: b"data=" + quote_from_bytes(base64.b64encode(zlib.compress(text, 1))).encode() + b"&c=lz64",
            lambda: gzip.compress(text, 1)[: chance.randrange(20, 60)], lambda: b"\xef\xbb\xbf \n" + text + b" \n",
            lambda: text.decode("utf-8", "replace").encode("utf-16"),
        )
    )()  # fmt: skip
    packed = [("Content-Encoding", chance.choice(("gzip", "deflate", "br")))] if chance.random() < 0.2 else []
    return body, [chance.choice(kinds), *packed]


def _stray(chance: random.Random) -> list[tuple[str, str]]:
    headers = [
        ("Sec-GPC", "1"), ("X-Strict-Mode", "1"), ("Origin", "https://tea.example"), ("Cookie", "a=\xe9"),
        ("Authorization", "Basic ====\xff"), ("Authorization", "Bearer " + "x" * 4000), ("SentAt", "\xff" * 30),
        ("SentAt", "2026-11-01T00:00:00Z"), ("X-Forwarded-Host", "\xff"), ("TE", "trailers"), ("X-" + "y" * 200, "\t"),
    ]  # fmt: skip
    return chance.sample(headers, chance.choice((0, 0, 1, 2)))


def _readdressed(chance: random.Random, path: str) -> str:
    way, _, query = path.partition("?")
    if chance.random() < 0.85:
        return path
    stray = (
        "writeKey=%ff",
        "data=e30=",
        "data=%7B",
        "a=1&a=2&writeKey",
        "%00=%00",
        "data=",
        "_=1;b",
        "ver=" + "9" * 2000,
    )
    others = (way + "/", way + "//", "/" + way, way.replace("/", "/./", 1), way + "%00", way.upper(), way + "%E8%8C%B6")
    again = chance.choice((way, *others))
    return again + "?" + "&".join(filter(None, (query, chance.choice(stray))))


def _framed(chance: random.Random, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> Damaged:
    """The request on the wire: whole or in chunks, in one or many pieces, with a length that may be wrong."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1", "replace")
    begin = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode("latin-1", "replace") + lines
    is_framed, way = True, chance.random()
    if way < 0.2:
        wire = begin + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(_chunks(chance, body))
    else:
        wrong = chance.choice((0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 20, -1, -len(body) // 2)) if body else 0
        is_framed = not wrong
        wire = begin + b"Content-Length: %d\r\n\r\n" % max(len(body) + wrong, 0) + body
    if chance.random() < 0.03:
        is_framed, wire = False, _bytes(chance, wire)
    cuts = sorted(chance.randrange(len(wire) + 1) for _ in range(chance.choice((0, 0, 0, 1, 3))))
    pieces = tuple(wire[one:two] for one, two in zip([0, *cuts], [*cuts, len(wire)], strict=True))
    return Damaged(method, path, pieces, body, is_framed)


def _chunks(chance: random.Random, body: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(body):
        size = chance.choice((1, 7, 100, 5000, len(body)))
        piece = body[place : place + size]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
        place += len(piece)
    yield b"0\r\n\r\n"
