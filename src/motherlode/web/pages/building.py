"""A rule as a form, and a form as a rule: each condition is known by its place, such as `0.2.1`."""

from collections.abc import Mapping
from typing import Any, Literal

from starlette.datastructures import FormData, QueryParams

from motherlode.worklist.rules import OPERATORS, Behaviour, Condition, Group, Rule, Trait, Walked, read, write

ROOT = "0"
DEEPEST = 6
MOST_PARTS = 40
# What a form says for an order, which is no event: what is empty is not sent.
ORDER = ":order"
MATCHES = ("all", "any", "none")


def built(said: QueryParams | FormData, known: Mapping[str, Trait], events: list[str]) -> Group:
    """The rule of a form, with what its buttons add or drop; a form that says nothing is the rule in its address."""
    if f"match:{ROOT}" not in said:
        return read(str(said["rule"])) if said.get("rule") else Group()
    dropped, (where, _, what) = str(said.get("drop", "")), str(said.get("add", "")).partition(":")
    whole = _part(said, ROOT, known, dropped, 0)
    grown = _with(whole, ROOT, where, _new(what, known, events)) if what else whole
    return grown if isinstance(grown, Group) else Group()


def shown(rule: Group) -> dict[str, Any]:
    """The rule with the place of each of its parts, for a template."""
    return _shown(rule, ROOT)


def _shown(rule: Rule, place: str) -> dict[str, Any]:
    parts = [_shown(part, f"{place}.{n}") for n, part in enumerate(rule.parts, 1)] if isinstance(rule, Group) else []
    kind = {Group: "group", Condition: "trait", Behaviour: "did", Walked: "walked"}[type(rule)]
    # What nobody would type is sent along as it is.
    whole = write(Group("all", (rule,))) if isinstance(rule, Walked) else ""
    nested = place.count(".") < DEEPEST - 1
    return {"place": place, "kind": kind, "it": rule, "parts": parts, "can_nest": nested, "whole": whole}


def _part(said: Any, place: str, known: Mapping[str, Trait], dropped: str, depth: int) -> Rule:
    if f"match:{place}" in said:
        match = str(said[f"match:{place}"])
        places = [f"{place}.{number}" for number in range(1, MOST_PARTS + 1)]
        there = [one for one in places if one != dropped and _kind(said, one) and depth < DEEPEST]
        parts = tuple(_part(said, one, known, dropped, depth + 1) for one in there)
        return Group(match if match in MATCHES else "all", parts)  # type: ignore[arg-type]
    if f"walked:{place}" in said:
        return next(iter(read(str(said[f"walked:{place}"])).parts), Group())
    if f"event:{place}" in said:
        return _behaviour(said, place)
    return _condition(said, place, known)


def _kind(said: Any, place: str) -> bool:
    return any(f"{name}:{place}" in said for name in ("match", "event", "trait", "walked"))


def _condition(said: Any, place: str, known: Mapping[str, Trait]) -> Condition:
    name = str(said[f"trait:{place}"])
    trait = known.get(name) or next(iter(known.values()))
    # Another trait may not be asked in the same way: then the first way counts, and no value.
    stayed = said.get(f"was:{place}", name) == name
    operator = str(said.get(f"operator:{place}", ""))
    fits = stayed and operator in OPERATORS[trait.kind]
    first = OPERATORS[trait.kind][0]
    value = str(said.get(f"value:{place}", "")).strip() if stayed else ""
    return Condition(trait.name, operator if fits else first, value)  # type: ignore[arg-type]


def _behaviour(said: Any, place: str) -> Behaviour:
    operator: Literal["least", "most"] = "most" if said.get(f"operator:{place}") == "most" else "least"
    times, days = (_whole(said.get(f"{name}:{place}"), least) for name, least in (("times", 1), ("days", 0)))
    event = str(said[f"event:{place}"])
    return Behaviour("" if event == ORDER else event, operator, times, days)


def _whole(text: Any, otherwise: int) -> int:
    said = str(text or "")
    return min(int(said), 1_000_000) if said.isascii() and said.isdecimal() and len(said) < 8 else otherwise


def _new(what: str, known: Mapping[str, Trait], events: list[str]) -> Rule:
    if what == "group":
        return Group("any")
    if what == "did":
        return Behaviour(events[0] if events else "", "least", 1, 90)
    first = "stage" if "stage" in known else next(iter(known), "")
    return Condition(first, OPERATORS[known[first].kind][0] if first else "is")


def _with(rule: Rule, place: str, where: str, new: Rule) -> Rule:
    """The rule with one more part in the group at a place."""
    if not isinstance(rule, Group):
        return rule
    if place == where:
        return Group(rule.match, (*rule.parts, new)[:MOST_PARTS])
    return Group(
        rule.match, tuple(_with(part, f"{place}.{number}", where, new) for number, part in enumerate(rule.parts, 1))
    )
