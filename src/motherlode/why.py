"""From a number back to the rows that it came from."""

from collections.abc import Iterator
from typing import Any

import msgspec

from motherlode.errors import NotReady
from motherlode.graph import GIVEN, compile_graph, to_sql
from motherlode.project import Project

# A chain is read by people: more rows than this of one table help nobody.
ROWS_SHOWN = 5


class Link(msgspec.Struct, frozen=True):
    """One table on the way: what it says, what it reads, and the rows in question."""

    address: str
    depth: int
    says: str
    reads: tuple[str, ...]
    settings: dict[str, Any]
    rows: list[dict[str, Any]]
    count: int


def chain(project: Project, address: str, customer: str | None = None) -> Iterator[Link]:
    """The table at `address` and all that it was made of, nearest first, with a customer's rows in each."""
    start = project.address(address)
    seen: dict[str, int] = {}
    waiting = [(start, 0)]
    while waiting:
        here, depth = waiting.pop(0)
        if here in seen:
            continue
        seen[here] = depth
        link = _link(project, here, depth, customer)
        yield link
        waiting += [(project.address(name), depth + 1) for name in link.reads]


def _link(project: Project, address: str, depth: int, customer: str | None) -> Link:
    rows, count = _rows(project, address, customer)
    name = address.partition(".")[2]
    if name in GIVEN:
        return Link(address, depth, "", (), {}, rows, count)
    promise = project.graph.promises[name]
    settings = {**promise.settings, **project.config.tables.get(name, {})}
    settings.pop("as_of", None)
    says = (promise.function.__doc__ or "").strip().split("\n\n")[0]
    return Link(address, depth, " ".join(says.split()), project.graph.reads[name], settings, rows, count)


def _rows(project: Project, address: str, customer: str | None) -> tuple[list[dict[str, Any]], int]:
    table = project.expression(address)
    if customer is None or "customer_id" not in table.columns:
        return [], int(project.query(table.aggregate(n=table.count()))["n"][0])
    mine = table.filter(table.customer_id == customer)
    found = project.query(mine.limit(ROWS_SHOWN)).to_dicts()
    return found, int(project.query(mine.aggregate(n=mine.count()))["n"][0])


def sql(project: Project, address: str) -> str:
    """The SQL that makes a table, as of the last run."""
    name = project.address(address).partition(".")[2]
    for step in compile_graph(project.graph, project.as_of, project.config.tables):
        if step.promise.name == name and step.expression is not None:
            return to_sql(step.expression)
    raise NotReady(f"`{address}` is not made by SQL", hint=f"motherlode why {address}")
