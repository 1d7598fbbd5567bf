"""A plan of the business, "this action, under these conditions, for so many", answered with who fits and is willing."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from operator import ge, gt, le, lt
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec

from motherlode.arrow.rows import Rows
from motherlode.errors import ConfigError, did_you_mean
from motherlode.opportunity.offers import number
from motherlode.project import Project

VALID_DAYS = 30
COMPARED: dict[str, Callable[[Any, Any], ir.BooleanValue]] = {">=": ge, "<=": le, ">": gt, "<": lt}
# Tables whose columns a condition can name, after those of the list itself.
FACTS = ("refine.customers", "opportunity.stakes", "profile.rfm")


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan file.

    Attributes
    ----------
    play
        The action: one of the plays.
    customers
        So many at most; none: as many as fit.
    budget
        Money at most, in house currency.
    where
        Column -> value, list of values, or text such as ">= 1000".
    settings
        Settings of the play for this plan, such as its voucher or channel.
    """

    play: str
    customers: int | None = None
    budget: float | None = None
    where: Mapping[str, str | float | bool | list[str | float]] = {}
    settings: Mapping[str, str | float | bool] = {}


class Match(msgspec.Struct, frozen=True):
    """Who fits a plan: the listed rows, how many fit the conditions, and how many of them may be asked."""

    rows: Rows
    fit: int
    may: int


def read(path: Path, budget: float | None = None) -> Plan:
    """Read a plan file; a budget that is given here counts instead of the file's.

    Raises
    ------
    ConfigError
        No TOML, an unknown key, a value of the wrong kind.
    """
    try:
        plan = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8-sig")), Plan)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        hint = 'such as play = "win_back", customers = 200, [where] stage = "lost"'
        raise ConfigError(f"{path}: {error}", hint=hint) from error
    return plan if budget is None else msgspec.structs.replace(plan, budget=budget)


def matched(project: Project, plan: Plan) -> Match:
    """Customers whom the play suits, who meet the conditions and may be asked, the most worth first.

    Raises
    ------
    ConfigError
        No such play, setting or column.
    """
    rows = _candidates(project, plan)
    fits = _where(project, rows, plan.where)
    fits = fits.filter(fits.value > fits.cost)
    may = fits.filter(fits.verdict == "")
    ordered = ibis.window(order_by=[may.net.desc(), may.customer_id], preceding=None, following=0)
    listed = may.mutate(
        rank=ibis.row_number().over(ibis.window(order_by=[may.net.desc(), may.customer_id])) + 1,
        cumulative_cost=may.cost.cast("decimal(18, 4)").sum().over(ordered).cast("float64"),
        expires_on=ibis.literal(project.as_of + timedelta(days=VALID_DAYS)),
    )
    listed = listed.filter(listed["rank"] <= plan.customers) if plan.customers else listed
    listed = listed.filter(listed.cumulative_cost <= number(plan.budget)) if plan.budget is not None else listed
    columns = ("rank", "customer_id", *(name for name in may.columns if name not in ("customer_id", "verdict")))
    rows = listed.order_by("rank").select(*columns, "cumulative_cost", "expires_on")
    return Match(project.query(rows), _count(project, fits), _count(project, may))


def _candidates(project: Project, plan: Plan) -> ir.Table:
    """What the play proposes with the plan's settings, and what stands in the way of asking."""
    plays = {promise.name: promise for promise in project.graph.promises.values() if promise.kind == "play"}
    if plan.play not in plays:
        raise ConfigError(f"there is no play `{plan.play}`", hint=did_you_mean(plan.play, plays))
    known = plays[plan.play].settings
    for name in plan.settings:
        if name not in known:
            raise ConfigError(f"`{plan.play}` has no setting `{name}`", hint=did_you_mean(name, known))
    proposed = project.remade(f"opportunity.{plan.play}", plan.settings).mutate(play=ibis.literal(plan.play))
    return project.remade("opportunity.candidates", plays={plan.play: proposed})


def _where(project: Project, rows: ir.Table, conditions: Mapping[str, Any]) -> ir.Table:
    """Rows that meet every condition; one about a column of another table goes by that of the customer."""
    for column, wanted in conditions.items():
        if column in rows.columns:
            rows = rows.filter(_meets(rows[column], wanted))
            continue
        tables = [project.expression(name) for name in FACTS]
        table = next((table for table in tables if column in table.columns), None)
        if table is None:
            known = {*rows.columns, *(name for table in tables for name in table.columns)}
            raise ConfigError(f"no customer has a `{column}`", hint=did_you_mean(column, known))
        rows = rows.semi_join(table.filter(_meets(table[column], wanted)), "customer_id")
    return rows


def _meets(value: ir.Value, wanted: Any) -> ir.BooleanValue:
    if isinstance(wanted, list):
        return value.isin(wanted)
    text = wanted.strip() if isinstance(wanted, str) else ""
    for sign, compare in COMPARED.items():
        if text.startswith(sign):
            try:
                return compare(value.cast("float64"), number(float(text.removeprefix(sign))))
            except ValueError as error:
                raise ConfigError(f"`{wanted}` compares with no number", hint=f'such as "{sign} 1000"') from error
    return value == wanted


def _count(project: Project, rows: ir.Table) -> int:
    return int(project.query(rows.aggregate(n=rows.count()))["n"][0])
