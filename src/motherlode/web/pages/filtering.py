"""Who is listed: conditions in the address, as `stage=decline&spend_365d.least=1000`, or a whole rule as JSON."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.datastructures import QueryParams

from motherlode.worklist.rules import OPERATORS, Condition, Group, Trait, read

# What an address says beside conditions.
OTHER = ("q", "order", "page", "rule", "budget", "language", "show")
PAGE_ROWS = 50


class Listing(msgspec.Struct, frozen=True):
    """What is asked of a list: who, in which order (`-` for the greatest first), which page of it."""

    rule: Group
    order: str
    descending: bool
    page: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_ROWS


def listing(query: QueryParams, known: Mapping[str, Trait], order: str) -> Listing:
    """What an address asks for; conditions on what there is not are left out."""
    said = query.get("order") or order
    name = said.removeprefix("-")
    if name not in known:
        said, name = order, order.removeprefix("-")
    page = query.get("page", "1")
    return Listing(rule(query, known), name, said.startswith("-"), max(int(page), 1) if page.isdecimal() else 1)


def rule(query: QueryParams, known: Mapping[str, Trait]) -> Group:
    """The conditions of an address, all of which must hold."""
    parts = [*_conditions(query, known)]
    whole = query.get("rule")
    return Group("all", (*((read(whole),) if whole else ()), *parts))


def _conditions(query: QueryParams, known: Mapping[str, Trait]) -> list[Condition]:
    found = []
    for key, value in query.multi_items():
        name, _, operator = key.partition(".")
        operator = operator or "is"
        if name in known and value and operator in OPERATORS[known[name].kind]:
            found.append(Condition(name, operator, value))
    return found


def link(path: str, **query: Any) -> str:
    """An address with its query, without what is empty."""
    said = urlencode([(name, value) for name, value in query.items() if value not in (None, "", ())], doseq=True)
    return f"{path}?{said}" if said else path


def address(path: str, query: QueryParams, **changed: str | int | None) -> str:
    """The same list with something changed, from its first page on unless that is what changed."""
    left = [(name, value) for name, value in query.multi_items() if name not in {"page", *changed} and value]
    left += [(name, str(value)) for name, value in changed.items() if value not in (None, "")]
    return f"{path}?{urlencode(left)}" if left else path
