"""Who is meant by a rule: conditions on what is known of each customer, all or any of which must hold.

A rule is a value; `people` makes of it an Ibis expression over the project's tables, so that a filter, a saved segment
and a count are one thing. Traits are the columns of tables that have a row a customer, found in the tables themselves.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa

from motherlode.errors import ContractError, did_you_mean
from motherlode.measure.marks import Mark, behind
from motherlode.measure.moments import moments_of, numbers_of
from motherlode.project import Project
from motherlode.warehouse import quoted

Kind = Literal["number", "text", "flag", "day"]
Operator = Literal["is", "not", "least", "most", "known", "unknown"]

# Tables with a row a customer whose columns can be asked about; of equal names the first counts.
ASKED = (
    "profile.lifecycle",
    "profile.earlier_stages",
    "profile.value_tiers",
    "predict.segments",
    "profile.rfm",
    "opportunity.ranked",
    "profile.features",
    "profile.habits",
    "refine.customers",
    "predict.expected_purchases",
    "predict.time_to_next_order",
    "predict.lead_scores",
    "predict.lead_grid",
    "govern.contactable",
)
# What says nothing of a customer that anybody would ask for, or names a person.
NEVER = ("customer_id", "phone_key", "email_key", "id_card_key", "birth_year", "method", "law", "cluster")
# Nor what stands in the list of opportunities for the list's sake, or means nothing without its reason beside it.
OF_THE_LIST = (
    "actual", "benchmark", "second_actual", "second_benchmark", "cumulative_cost", "cumulative_value", "assumed_value",
    "assumed_high", "shadow_price", "capacity_price", "hurdle", "bound", "figures_score", "figures_value", "ranked_by",
)  # fmt: skip
SCORES = "predict.scores"
OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    "number": ("least", "most", "is", "not", "known", "unknown"),
    "day": ("least", "most", "is", "known", "unknown"),
    "text": ("is", "not", "known", "unknown"),
    "flag": ("is",),
}
VALUELESS = ("known", "unknown")


class Trait(msgspec.Struct, frozen=True):
    """Something that is known of each customer.

    Attributes
    ----------
    target
        Which forecast, where the trait is one.
    """

    name: str
    address: str
    column: str
    kind: Kind
    target: str = ""


class Condition(msgspec.Struct, frozen=True, tag="trait"):
    """A trait that is as said."""

    trait: str
    operator: Operator = "is"
    value: str = ""


class Behaviour(msgspec.Struct, frozen=True, tag="did"):
    """An event, or an order (""), so many times within the last so many days (0: ever)."""

    event: str
    operator: Literal["least", "most"] = "least"
    times: int = 1
    days: int = 0


class Walked(msgspec.Struct, frozen=True, tag="walked"):
    """Stands behind a mark of a funnel, of returns or of paths."""

    mark: Mark


class Group(msgspec.Struct, frozen=True, tag="group"):
    """Conditions of which all, or any, or none must hold; an empty group holds."""

    match: Literal["all", "any", "none"] = "all"
    parts: "tuple[Condition | Behaviour | Walked | Group, ...]" = ()


Single = Condition | Behaviour | Walked
Rule = Single | Group


def read(text: str) -> Group:
    """A rule from its JSON; `ContractError` where it is none."""
    try:
        return msgspec.json.decode(text, type=Group)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise ContractError(f"this is no rule: {error}", hint="build it on the page Segments") from error


def write(rule: Group) -> str:
    """A rule as JSON."""
    return msgspec.json.encode(rule).decode()


def traits(project: Project) -> dict[str, Trait]:
    """Every trait of which the project's tables know anything, by name."""
    found: dict[str, Trait] = {}
    for address in ASKED:
        if project.warehouse.has(address):
            rows = project.expression(address)
            for name in _with_something(project, rows):
                if name not in found:
                    found[name] = Trait(name, address, name, _kind(rows[name].type()))
    for target in _targets(project):
        found[target] = Trait(target, SCORES, "score", "number", target)
    return found


def conditions(rule: Rule) -> Iterator[Single]:
    """The conditions of a rule, from the first to the last."""
    if isinstance(rule, Group):
        for part in rule.parts:
            yield from conditions(part)
    else:
        yield rule


def people(
    project: Project, rule: Group, known: Mapping[str, Trait], *more: str, everybody: ir.Table | None = None
) -> ir.Table:
    """Customers for whom a rule holds: `customer_id`, and the traits named in `more`.

    Parameters
    ----------
    everybody
        All customers with some of their traits, where these are at hand; by default each is read from its table.

    Raises
    ------
    ContractError
        A trait that there is not, or a value that it cannot have.
    """
    asked = list(conditions(rule))
    names = dict.fromkeys([*(one.trait for one in asked if isinstance(one, Condition)), *more])
    rows = project.expression("refine.customers").select("customer_id") if everybody is None else everybody
    for columns in _by_table(known, [name for name in names if name not in rows.columns]):
        rows = _joined(rows, _columns(project, columns))
    for place, one in enumerate(one for one in asked if isinstance(one, Behaviour)):
        rows = _joined(rows, _counted(project, one, place))
    for place, walked in enumerate(one for one in asked if isinstance(one, Walked)):
        rows = _joined(rows, _marked(project, walked.mark, f"walked_{place}"))
    return rows.filter(_holds(rows, rule, known)).select("customer_id", *more)


def with_traits(
    project: Project, ids: Sequence[str], known: Mapping[str, Trait], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Traits of some customers, a row each, in the order of `ids`; who is not there has none."""
    rows: dict[str, dict[str, Any]] = {who: {"customer_id": who, **dict.fromkeys(names)} for who in ids}
    for columns in _by_table(known, names):
        first = columns[0]
        # Composing one expression of all tables costs more than asking each for a few rows.
        asked = ", ".join(f'"{trait.column}" AS "{trait.name}"' for trait in columns)
        sql = f"SELECT customer_id, {asked} FROM {quoted(first.address)} WHERE customer_id IN (SELECT unnest($ids))"  # noqa: S608
        said: dict[str, Any] = {"ids": list(ids)}
        if first.target:
            sql, said = f"{sql} AND target = $target", {**said, "target": first.target}
        for row in project.warehouse.rows(sql, said):
            rows[row["customer_id"]].update(row)
    return list(rows.values())


def _with_something(project: Project, rows: ir.Table) -> list[str]:
    """Columns in which at least one customer has something."""
    names = [name for name in rows.columns if name not in (*NEVER, *OF_THE_LIST)]
    counted = project.query(rows.aggregate(**{name: rows[name].count() for name in names})).to_dicts()[0]
    return [name for name in names if counted[name]]


def _targets(project: Project) -> list[str]:
    if not project.warehouse.has(SCORES):
        return []
    scores = project.expression(SCORES)
    found: list[str] = project.query(scores.select("target").distinct().order_by("target"))["target"]
    return found


def _kind(kind: Any) -> Kind:
    if kind.is_boolean():
        return "flag"
    if kind.is_date() or kind.is_timestamp():
        return "day"
    return "number" if kind.is_numeric() else "text"


def _by_table(known: Mapping[str, Trait], names: Any) -> Iterator[list[Trait]]:
    """Traits by the table that they are read from."""
    groups: dict[tuple[str, str], list[Trait]] = {}
    for name in names:
        if name not in known:
            raise ContractError(f"customers have no trait `{name}`", hint=did_you_mean(name, known))
        groups.setdefault((known[name].address, known[name].target), []).append(known[name])
    yield from groups.values()


def _columns(project: Project, columns: list[Trait]) -> ir.Table:
    table = project.expression(columns[0].address)
    if columns[0].target:
        table = table.filter(table.target == columns[0].target)
    return table.select("customer_id", **{trait.name: table[trait.column] for trait in columns})


def _joined(rows: ir.Table, more: ir.Table) -> ir.Table:
    return rows.left_join(more, "customer_id").drop("customer_id_right")


def _counted(project: Project, asked: Behaviour, place: int) -> ir.Table:
    """How many times each customer did something."""
    rows, day = _happenings(project, asked.event)
    if asked.days:
        rows = rows.filter(day > ibis.literal(project.as_of) - ibis.interval(days=asked.days))
    return rows.group_by("customer_id").aggregate(**{f"times_{place}": rows.count()})


def _marked(project: Project, mark: Mark, name: str) -> ir.Table:
    """Who stands behind a mark, lent to the engine."""
    lives = project.query(project.expression("measure.histories")).arrow
    numbers = numbers_of(project.query(project.expression("measure.doings")).arrow)
    who = lives.column("customer_id").filter(pa.array(behind(mark, moments_of(lives, numbers), numbers, project.as_of)))
    lent = project.warehouse.lend(pa.table({"customer_id": who, name: pa.repeat(pa.scalar(True), len(who))}))
    return ibis.table({"customer_id": "string", name: "boolean"}, name=lent)


def _happenings(project: Project, event: str) -> tuple[ir.Table, ir.DateColumn]:
    address, column = ("refine.events", "occurred_on") if event else ("refine.orders", "ordered_on")
    rows = project.expression(address)
    rows = rows.filter(rows.customer_id.notnull())
    rows = rows.filter(rows.event == event) if event else rows
    return rows, rows[column]


def _holds(rows: ir.Table, rule: Rule, known: Mapping[str, Trait]) -> ir.BooleanValue:
    """Whether a rule holds of a row; behaviours stand beside the traits in the order in which they come."""
    counter, walks = count(), count()

    def holds(part: Rule) -> ir.BooleanValue:
        if isinstance(part, Condition):
            return _is_so(rows, part, known[part.trait])
        if isinstance(part, Behaviour):
            times = rows[f"times_{next(counter)}"].fill_null(0)
            return times >= part.times if part.operator == "least" else times <= part.times
        if isinstance(part, Walked):
            return rows[f"walked_{next(walks)}"].fill_null(False)
        inner = [holds(one) for one in part.parts]
        if not inner:
            return ibis.literal(True)
        together = ibis.and_(*inner) if part.match == "all" else ibis.or_(*inner)
        return ~together if part.match == "none" else together

    return holds(rule)


def _is_so(rows: ir.Table, condition: Condition, trait: Trait) -> ir.BooleanValue:
    column = rows[trait.name]
    if condition.operator not in OPERATORS[trait.kind]:
        raise ContractError(
            f"`{trait.name}` cannot be asked for `{condition.operator}`", hint="choose another operator"
        )
    if condition.operator in VALUELESS:
        return column.notnull() if condition.operator == "known" else column.isnull()
    value = _value(condition.value, trait)
    compared = {
        "is": lambda: column == value,
        "not": lambda: column != value,
        "least": lambda: column >= value,
        "most": lambda: column <= value,
    }[condition.operator]()
    # Of whom nothing is known, nothing holds; but whoever has no value is not of that value.
    return compared.fill_null(condition.operator == "not")


def _value(text: str, trait: Trait) -> Any:
    try:
        if trait.kind == "number":
            return _finite(float(text))
        if trait.kind == "day":
            return ibis.literal(date.fromisoformat(text))
    except ValueError as error:
        raise ContractError(f"`{text}` is no {trait.kind} for `{trait.name}`", hint="look at the value") from error
    return text == "true" if trait.kind == "flag" else text


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number
