"""Answers to programs, each in one form: what was taken, and why something was not."""

from typing import Any, Literal

import msgspec

from motherlode.live.door import Outcome

encode = msgspec.json.Encoder().encode


class SetAside(msgspec.Struct, frozen=True):
    """An event of a request that is set aside, by its place in it."""

    event: int
    problem: str


class Taken(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of each event of a request, in its order."""

    success: bool
    results: list[Outcome]
    problems: list[SetAside] = []
    warnings: list[str] = []


class Result(msgspec.Struct, frozen=True):
    """What became of one event, in the words of PostHog."""

    result: Literal["ok", "warning", "drop"]
    details: str


class TakenByUuid(msgspec.Struct, frozen=True):
    """What became of each event, by its uuid."""

    results: dict[str, Result]


class Problem(msgspec.Struct, frozen=True):
    """Why there is no answer; always with a `code`, as one SDK retries a 400 without one."""

    code: str
    message: str
    detail: Any = None
    success: bool = False


def told(code: str, message: str, detail: Any = None) -> bytes:
    """A problem as JSON."""
    return encode(Problem(code, message, detail or message))
