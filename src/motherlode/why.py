"""From a number back to the rows that it came from.

Which tables and columns a number was made of is read off the expressions that made it, so a plugin's table is explained
as ours are.
"""

from collections.abc import Collection, Iterator
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import msgspec

from motherlode.errors import MotherlodeError, NotReady
from motherlode.graph.aggregates import settings_of
from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import Compiled, compile_graph, to_sql
from motherlode.project import Project
from motherlode.schemas import IDENTIFYING, INPUTS
from motherlode.tables import Promise

# A chain is read by people: more rows than this of one table help nobody.
ROWS_SHOWN = 8
# What an opportunity is explained by; what else stands in its row follows from these.
HEADLINE = ("play", "reason", "actual", "benchmark", "value", "value_low", "value_high", "cost")
STANDING = ("stage", "value_tier", "peer_id", "first_move", "first_days", "then_move", "then_days")
# What was weighed or chosen for everybody: told whole, as each row says by what.
WEIGHED = ("expert_weights", "ranking")
# What had no part in a number where it has no row of the customer.
ONLY_WITH_ROWS = ("ranking_figures",)
# What finds a row again in the file it came from.
PLACE = ("source", "file", "row", "order_id", "return_id", "deal_id", "event_id", "feedback_id")
# Blind indexes, personal facts, and cells that nobody has looked at yet.
NEVER_SHOWN = ("extra", "personal_problem", "birth_year", *(f"{name}_key" for name in IDENTIFYING))
# How cells are read, which says nothing of the customer.
READING = ("loaded_at", "timezone", "date_order", "decimal_mark", "plain")


class Link(msgspec.Struct, frozen=True):
    """One table on the way.

    Attributes
    ----------
    rows
        The customer's, at most `ROWS_SHOWN`, with the columns that the chain goes through.
    count
        Rows of the customer, or of the table where it knows no customers or none was asked for; `None` where they
        are not counted, as in gradings, whose rows are those of the raw table.
    of_customer
        Whether the table knows customers.
    """

    address: str
    depth: int
    says: str
    reads: tuple[str, ...]
    settings: dict[str, Any]
    rows: list[dict[str, Any]]
    count: int | None
    of_customer: bool


def chain(project: Project, address: str, customer: str | None = None) -> list[Link]:
    """The table at `address` and all that it was made of, nearest first, with a customer's rows in each.

    With a customer, only the columns that made the customer's own numbers are followed back; an opportunity is
    followed through the play that proposed it.

    Raises
    ------
    MotherlodeError
        Nothing on the chain knows the customer.
    """
    links = list(_walk(project, project.address(address), customer))
    if customer is not None and not any(link.rows for link in links if link.of_customer):
        hint = "motherlode table refine.customers --limit 5 shows what customer numbers look like"
        raise MotherlodeError(f"nobody `{customer}` in `{address}` or in what it is made of", hint=hint)
    return links


def _walk(project: Project, start: str, customer: str | None) -> Iterator[Link]:
    steps = {step.promise.name: step for step in compile_graph(project.graph, project.as_of, project.config.tables)}
    first = start.partition(".")[2]
    depths, asked = {first: 0}, {first: _headline(steps.get(first))}
    plays: set[str] = set()
    # Backwards, each table comes after all that read it, and so with all the columns that it is asked for.
    # The chain ends with what came from outside.
    given = sorted(GIVEN, key=lambda name: name.startswith("raw_"))
    for here in [*reversed(steps), *given]:
        if here not in asked:
            continue
        step = steps.get(here)
        link = _link(project, step, here, depths[here], customer, asked[here])
        if customer is not None and here in ONLY_WITH_ROWS and not link.rows:
            continue
        plays = plays or {row["play"] for row in link.rows if row.get("play")}
        yield link
        for other, columns in _made_of(step, asked[here] if customer else None).items():
            proposed_nothing = plays and _is_play(steps.get(other)) and other not in plays
            if not proposed_nothing:
                depths[other] = min(depths.get(other, depths[here] + 1), depths[here] + 1)
                asked[other] = asked.get(other, frozenset()) | columns


def _is_play(step: Compiled | None) -> bool:
    return step is not None and step.promise.kind == "play"


def _headline(step: Compiled | None) -> frozenset[str]:
    """The columns that are asked about first: those of the opportunity, or all there are."""
    if step is None or step.expression is None:
        return frozenset()
    names = step.expression.columns
    return frozenset({*HEADLINE, *STANDING} & set(names) if set(HEADLINE) <= set(names) else names)


def _made_of(step: Compiled | None, columns: Collection[str] | None) -> dict[str, frozenset[str]]:
    """The tables, and their columns, that some columns (or the whole) of a table are made of."""
    if step is None:
        return {}
    if columns is None or step.expression is None:
        return {name: frozenset() for name in step.reads}
    found = lineage(step.expression, columns)
    return {name: frozenset(found[name]) for name in step.reads if name in found}


def lineage(expression: ir.Table, columns: Collection[str]) -> dict[str, set[str]]:
    """Columns of stored tables by table, from which the values of these columns come."""
    found: dict[str, set[str]] = {}
    waiting: list[tuple[ops.Relation, str]] = [(expression.op(), name) for name in columns]
    seen = set(waiting)
    while waiting:
        relation, name = waiting.pop()
        if isinstance(relation, ops.UnboundTable):
            found.setdefault(relation.name, set()).add(name)
            continue
        more = [field for field in _came_from(relation, name) if field not in seen]
        seen.update(more)
        waiting += more
    return found


def _came_from(relation: ops.Relation, name: str) -> list[tuple[ops.Relation, str]]:
    if isinstance(relation, ops.Set):
        return [(relation.left, name), (relation.right, name)]
    value = relation.values[name]
    fields = [value] if isinstance(value, ops.Field) else value.find(ops.Field, filter=ops.Value)
    return [(field.rel, field.name) for field in fields]


def _link(
    project: Project, step: Compiled | None, name: str, depth: int, customer: str | None, columns: Collection[str]
) -> Link:
    promise = step.promise if step else None
    address = promise.address if promise else f"collect.{name}"
    table = project.expression(address)
    of_customer = "customer_id" in table.columns
    rows, count = _rows(project, table, promise, name, customer if of_customer else None, columns)
    if customer is not None and name in WEIGHED:
        rows = project.query(table.order_by(list(promise.key) if promise else []).limit(ROWS_SHOWN)).to_dicts()
    settings = settings_of(promise, project.as_of, project.config.tables) if promise else {}
    settings.pop("as_of", None)
    says = promise.says if promise else ""
    return Link(address, depth, says, step.reads if step else (), settings, rows, count, of_customer)


def _rows(
    project: Project,
    table: ir.Table,
    promise: Promise | None,
    name: str,
    customer: str | None,
    columns: Collection[str],
) -> tuple[list[dict[str, Any]], int | None]:
    if promise is not None and promise.kind == "graded":
        return [], None
    mine = table if customer is None else table.filter(table.customer_id == customer)
    count = int(project.query(mine.aggregate(n=mine.count()))["n"][0])
    if customer is None or not count:
        return [], count
    happened = [column for column in _happened(promise, name) if column in table.columns]
    places = set(table.columns).difference(happened)
    key = [column for column in (promise.key if promise else PLACE) if column in places]
    first = mine.order_by([*(table[column].desc() for column in happened), *key]).limit(ROWS_SHOWN)
    return project.query(first.select(_shown(table.columns, columns, promise.key if promise else ()))).to_dicts(), count


def _happened(promise: Promise | None, name: str) -> tuple[str, ...]:
    """The column by which the latest rows come first."""
    if promise is not None:
        return (promise.happened_on,) if promise.happened_on else ()
    table = INPUTS.get(name.removeprefix("raw_"))
    return (table.happened,) if table and table.happened else ()


def _shown(names: Collection[str], columns: Collection[str], key: Collection[str] = ()) -> list[str]:
    """Which row it is, where it stands and what the chain goes through; all where nothing is known of the way."""
    hidden = (*NEVER_SHOWN, *READING, "customer_id")
    wanted = {*columns, *key, *PLACE} if columns else {*names}
    shown = [name for name in names if name in wanted and name not in hidden]
    return shown or ["customer_id"]


def sql(project: Project, address: str) -> str:
    """The SQL that makes a table, as of the last run."""
    name = project.address(address).partition(".")[2]
    for step in compile_graph(project.graph, project.as_of, project.config.tables):
        if step.promise.name == name and step.expression is not None:
            return to_sql(step.expression, pretty=True)
    raise NotReady(f"`{address}` is not made by SQL", hint=f"motherlode why {address}")
