"""What a page is, and which pages there are."""

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Literal

import msgspec
from starlette.responses import Response

from motherlode.web.pages.visit import Visit
from motherlode.web.users import ROLES, Role

Section = Literal["discover", "act", "trust", "house"]
SECTIONS: tuple[Section, ...] = ("discover", "act", "trust", "house")
Answer = Callable[[Visit], "Mapping[str, Any] | Response"]


class Page(msgspec.Struct, frozen=True):
    """A page of the side bar.

    Attributes
    ----------
    key
        Names its template, its words and its place in the side bar.
    answer
        Gives what the template shows, or a response of its own.
    needs
        Tables without whose rows the page has nothing to say and does not appear.
    also
        Further addresses of the page.
    shown
        Whether it stands in the side bar at all.
    stored
        Whether a browser may store it and ask whether it has changed; not where a person's fields may stand on it.
    """

    key: str
    path: str
    section: Section
    place: int
    answer: Answer
    needs: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ROLES
    also: "tuple[Also, ...]" = ()
    shown: bool = True
    stored: bool = False

    def is_for(self, role: Role) -> bool:
        return role == "admin" or role in self.roles

    def appears(self, visit: Visit) -> bool:
        """Whether it stands in the visitor's side bar."""
        return self.shown and self.is_for(visit.visitor.role) and all(visit.has_rows(address) for address in self.needs)


class Also(msgspec.Struct, frozen=True):
    """One more address of a page: what is done by a form there, or a view of a single thing.

    Attributes
    ----------
    most_bytes
        What a form may be long.
    stored
        As of a page.
    """

    path: str
    answer: Answer
    template: str = ""
    method: Literal["GET", "POST"] = "GET"
    roles: tuple[Role, ...] = ()
    most_bytes: int = 2_000_000
    stored: bool = False


@cache
def pages() -> tuple[Page, ...]:
    """Every page, in the order of the side bar."""
    package = import_module("motherlode.web.pages")
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if module.name != "site"]
    modules = (import_module(f"{package.__name__}.{name}") for name in names)
    found = [module.PAGE for module in modules if hasattr(module, "PAGE")]
    return tuple(sorted(found, key=lambda page: (SECTIONS.index(page.section), page.place)))
