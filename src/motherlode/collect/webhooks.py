"""Webhooks of other systems as events: signed bodies, and a mapping that says where in them an event stands."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

# What a mapping may fill; each is a path such as `data.customer.id`, or a text in quotation marks.
FIELDS = ("event", "userId", "anonymousId", "messageId", "timestamp", "properties", "type")


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether a signature is the HMAC-SHA-256 of the body, in hexadecimal or base64, with or without `sha256=`."""
    import base64

    said = signature.strip().removeprefix("sha256=")
    mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    spelled = (mac.hex(), base64.b64encode(mac).decode())
    return any(hmac.compare_digest(said.encode("utf-8", "replace"), one.encode()) for one in spelled)


def mapped(body: bytes, mapping: Mapping[str, str]) -> list[bytes]:
    """The events of a body: one, or one for each entry of a list.

    Raises
    ------
    ValueError
        The body is no JSON.
    """
    value = msgspec.json.decode(body)
    return [msgspec.json.encode(_event(one, mapping)) for one in (value if isinstance(value, list) else [value])]


def _event(value: Any, mapping: Mapping[str, str]) -> dict[str, Any]:
    said = {field: found(value, path) for field, path in mapping.items()}
    return {"type": "track", "properties": value, **{name: one for name, one in said.items() if one is not None}}


def found(value: Any, path: str) -> Any:
    """What stands at a path; `None` where nothing does."""
    if path[:1] == "'":
        return path.strip("'")
    for part in path.split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value
