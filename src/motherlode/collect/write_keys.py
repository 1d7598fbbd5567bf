"""Write keys where requests say them: in their headers."""

import base64
import binascii
from collections.abc import Iterator, Mapping


def header_keys(headers: Mapping[bytes, bytes]) -> Iterator[str]:
    """Write keys of the headers, in the order in which they count: Basic, Bearer, `X-Write-Key`."""
    said = headers.get(b"authorization", b"")
    scheme, _, value = said.partition(b" ")
    if scheme.lower() == b"basic":
        yield from _basic(value.strip())
    elif scheme.lower() == b"bearer" and value.strip():
        yield value.strip().decode("utf-8", "replace")
    if b"x-write-key" in headers:
        yield from _with_name(headers[b"x-write-key"].decode("utf-8", "replace").strip())


def _basic(value: bytes) -> Iterator[str]:
    try:
        yield from _with_name(base64.b64decode(value + b"=" * (-len(value) % 4)).decode("utf-8", "replace"))
    except binascii.Error:
        return


def _with_name(said: str) -> Iterator[str]:
    """`key`, `key:` and `key:secret`, of which the whole may be the key."""
    yield from dict.fromkeys(key for key in (said.removesuffix(":"), said.partition(":")[0]) if key)
