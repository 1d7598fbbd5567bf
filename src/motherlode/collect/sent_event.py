"""One event as an SDK sent it, read without trusting it: who did it, which message it is, and what is wrong with it.

Events stay the bytes that came.

Problems
--------
not_an_object, unreadable
    The event is no JSON object, or JSON that cannot be read.
unknown_type
    Neither identify, track, page, screen, group nor alias.
no_identity
    Nobody is named: no user, no device.
no_event_name
    Something was done, but not what.
too_large
    An event above 2 MB.
bad_message_id
    The number of the message is longer than 255 letters, or no text.
unknown_source
    A client without a key whose application is no source.
truncated
    What is left of a body that ends in the middle.
"""

from typing import Any, Literal

import msgspec

Shape = Literal["segment", "posthog", "posthog_v1", "snowplow"]

LARGEST_EVENT = 2 << 20
_LONGEST_ID = 255

KINDS = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias"}
TYPES = frozenset(KINDS.values())


class Event(msgspec.Struct):
    """One event as it came.

    Attributes
    ----------
    message_id
        "" where it has none, and so cannot be told from a second one like it.
    problem
        "" or why it is set aside.
    people
        Ids by which it names people: their numbers and devices.
    warnings
        Rules of the tracking plan that it breaks and that only warn.
    """

    raw: bytes
    message_id: str
    problem: str = ""
    people: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Segment(msgspec.Struct):
    """What is looked at of an event in the form of Segment, as are those of Rudder and Jitsu; nothing is trusted."""

    type: Any = None
    messageId: Any = None  # noqa: N815
    userId: Any = None  # noqa: N815
    anonymousId: Any = None  # noqa: N815
    previousId: Any = None  # noqa: N815
    groupId: Any = None  # noqa: N815
    event: Any = None


class PostHog(msgspec.Struct):
    """What is looked at of an event of PostHog."""

    event: Any = None
    uuid: Any = None
    distinct_id: Any = None
    properties: Any = None


class Snowplow(msgspec.Struct):
    """What is looked at of an event of Snowplow: its kind, its id, who, on which device, and the application."""

    e: Any = None
    eid: Any = None
    uid: Any = None
    duid: Any = None
    nuid: Any = None
    aid: Any = None


# Bytes that are no UTF-8 are told in another way than JSON that is none.
UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
_segment = msgspec.json.Decoder(Segment).decode
_posthog = msgspec.json.Decoder(PostHog).decode
_snowplow = msgspec.json.Decoder(Snowplow).decode


def judged(shape: Shape, kind: str, raw: bytes) -> Event:
    """An event with its problem; `kind` is the type that the path says, "" where the event says it."""
    if len(raw) > LARGEST_EVENT:
        return Event(raw, "", "too_large")
    if raw[:1] != b"{":
        return Event(raw, "", "not_an_object")
    try:
        if shape == "segment":
            return _judged_segment(kind, raw)
        return _judged_posthog(raw) if shape != "snowplow" else _judged_snowplow(raw)
    except UNREADABLE:
        return Event(raw, "", "unreadable")


def _judged_segment(kind: str, raw: bytes) -> Event:
    return read_segment(kind, raw, _segment(raw))


def read_segment(kind: str, raw: bytes, event: Segment) -> Event:
    """An event that was decoded already, with its problem."""
    user, device = plain_id(event.userId), plain_id(event.anonymousId)
    what = kind or event.type
    message_id, problem = _message_id(event.messageId)
    if not isinstance(what, str) or what not in TYPES:
        problem = problem or "unknown_type"
    elif not (user or device or (what == "group" and plain_id(event.groupId)) or plain_id(event.previousId)):
        problem = problem or "no_identity"
    elif what == "track" and not plain_id(event.event):
        problem = problem or "no_event_name"
    people = (user, device) if user and device else tuple(filter(None, (user, device)))
    return Event(raw, message_id, problem, people)


def _judged_posthog(raw: bytes) -> Event:
    event = _posthog(raw)
    inside = event.properties if isinstance(event.properties, dict) else {}
    who = plain_id(event.distinct_id) or plain_id(inside.get("distinct_id"))
    message_id, problem = _message_id(event.uuid if event.uuid is not None else inside.get("$insert_id"))
    if not plain_id(event.event):
        problem = problem or "no_event_name"
    elif not who:
        problem = problem or "no_identity"
    return Event(raw, message_id, problem, (who,) if who else ())


def _judged_snowplow(raw: bytes) -> Event:
    event = _snowplow(raw)
    message_id, problem = _message_id(event.eid)
    user, device = plain_id(event.uid), plain_id(event.duid) or plain_id(event.nuid)
    if not plain_id(event.e):
        problem = problem or "unknown_type"
    elif not (user or device):
        problem = problem or "no_identity"
    return Event(raw, message_id, problem, tuple(filter(None, (user, device))))


def _message_id(said: Any) -> tuple[str, str]:
    if said is None or said == "":
        return "", ""
    text = plain_id(said)
    return (text, "") if text and len(text) <= _LONGEST_ID else ("", "bad_message_id")


def plain_id(said: Any) -> str:
    """An id as text: numbers are ids too, `null`, blanks and lists are none."""
    if said is None:
        return ""
    if isinstance(said, str):
        return said.strip()
    if isinstance(said, bool) or not isinstance(said, int | float):
        return ""
    return str(int(said)) if isinstance(said, float) and said.is_integer() else str(said)


def app_of(events: list[Event]) -> tuple[str, ...]:
    """Snowplow has no key: the name of the application stands for it."""
    app = _snowplow(events[0].raw).aid if events and not events[0].problem else None
    return (app,) if isinstance(app, str) and app else ()
