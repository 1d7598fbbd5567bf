"""Tracking plans: which events a source sends, with which properties of which types; learnt from what it sent.

Rules
-----
unplanned_event
    The plan does not know the event.
missing_property
    A property that every event of the name had is not there.
wrong_type
    A property is of another type than it was.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from motherlode.collect.calls import Call, read_call
from motherlode.collect.sent_event import Shape

Action = Literal["off", "warn", "quarantine", "block"]
RULES = ("unplanned_event", "missing_property", "wrong_type")
# So many of the events of a name have a property that is required, and so many were seen before anything is.
_REQUIRED_SHARE, _ENOUGH = 0.995, 20


class Property(msgspec.Struct, frozen=True):
    """A property: the types that it had, and whether every event had it."""

    types: tuple[str, ...]
    required: bool = False


class Plan(msgspec.Struct, frozen=True):
    """The properties of each event by its name."""

    events: Mapping[str, Mapping[str, Property]]


def learn(calls: Iterable[Call]) -> Plan:
    """The plan that these calls follow."""
    seen: Counter[str] = Counter()
    counts: dict[str, Counter[str]] = {}
    types: dict[str, dict[str, set[str]]] = {}
    for call in calls:
        if call.kind != "track":
            continue
        seen[call.name] += 1
        for name, value in call.properties.items():
            counts.setdefault(call.name, Counter())[name] += 1
            types.setdefault(call.name, {}).setdefault(name, set()).add(type_of(value))
    return Plan(
        {
            event: {
                name: Property(tuple(sorted(some)), _is_required(counts[event][name], number))
                for name, some in sorted(types.get(event, {}).items())
            }
            for event, number in sorted(seen.items())
        }
    )


def _is_required(having: int, number: int) -> bool:
    return number >= _ENOUGH and having >= _REQUIRED_SHARE * number


def broken(plan: Plan, shape: Shape, kind: str, raw: bytes) -> Iterator[str]:
    """Rules that an event breaks, each once."""
    call = read_call(raw, shape=shape, kind=kind, message_id="", received_at=0)
    if call.kind != "track":
        return
    known = plan.events.get(call.name)
    if known is None:
        yield "unplanned_event"
        return
    if any(one.required and call.properties.get(name) is None for name, one in known.items()):
        yield "missing_property"
    if any(not _is_of(known[name], value) for name, value in call.properties.items() if name in known):
        yield "wrong_type"


def _is_of(known: Property, value: Any) -> bool:
    said = type_of(value)
    return said == "null" or said in known.types or known.types == ("null",)


def type_of(value: Any) -> str:
    """The type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "list" if isinstance(value, list) else "object"
