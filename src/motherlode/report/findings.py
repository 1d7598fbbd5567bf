"""What the report is about: small tables asked of a project."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import msgspec
import pyarrow as pa

from motherlode.errors import NotReady
from motherlode.project import Project

# Tables small enough to be taken whole.
WHOLE = (
    "refine.cleaning_ledger",
    "profile.concentration",
    "profile.pareto",
    "profile.season",
    "profile.key_figures",
    "profile.stage_moves",
    "profile.stages",
    "profile.months",
    "predict.backtest",
    "predict.champions",
    "predict.cautions",
    "opportunity.curve",
    "opportunity.cut_lines",
    "opportunity.plan",
    "opportunity.claim",
    "opportunity.readings",
    "opportunity.corners",
    "opportunity.ranking",
    "opportunity.expert_weights",
    "predict.blend_weights",
)
SHOWN = 50


class Findings(msgspec.Struct, frozen=True):
    """All that the report says, before it is said in a language.

    Attributes
    ----------
    made_at
        When the tables were made, UTC.
    tables
        Small Arrow tables by name.
    settings
        The settings of each play as they were in force.
    """

    name: str
    currency: str
    as_of: date
    made_at: datetime
    tables: Mapping[str, pa.Table]
    settings: Mapping[str, Mapping[str, Any]]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Rows of a table; exact sums come as plain numbers, as nothing is summed after this."""
        found: list[dict[str, Any]] = self.tables[name].to_pylist()
        return [{key: float(v) if isinstance(v, Decimal) else v for key, v in row.items()} for row in found]

    def row(self, name: str) -> dict[str, Any]:
        """The only row of a table; empty where it has none."""
        return next(iter(self.rows(name)), {})

    def figures(self, days_before: int = 0) -> dict[str, Any]:
        """The key figures of now, or of so many days before."""
        return next(row for row in self.rows("key_figures") if row["days_before"] == days_before)


def gather(project: Project) -> Findings:
    """Ask a project's tables for what the report says; raises `NotReady` before the first run."""
    run = project.stores.ledger.last_run()
    if run is None:
        raise NotReady("nothing is made yet, so there is nothing to report", hint="motherlode run")
    asked = {name: project.query(question).arrow for name, question in _questions(project).items()}
    whole = {address.partition(".")[2]: project.table(address).arrow for address in WHOLE}
    return Findings(
        name=project.config.name,
        currency=project.config.currency,
        as_of=run["as_of"],
        made_at=run["finished_at"],
        tables={**whole, **asked},
        settings=_settings(project),
    )


def _questions(project: Project) -> dict[str, ir.Table]:
    table = project.expression
    return {
        "accounting": _accounting(table("refine.accounting")),
        "quarantine": _quarantine(table("refine.quarantine")),
        "repairs": _repairs(table("refine.grades")),
        "rfm": _grid(table("profile.rfm")),
        "reported": _reported(table("profile.yearly_value")),
        "known": _known(project),
        "ranked": _top(table("opportunity.ranked"), table("profile.benchmarks")),
    }


def _settings(project: Project) -> dict[str, dict[str, Any]]:
    plays = [promise for promise in project.graph.promises.values() if promise.kind == "play"]
    return {play.name: {**play.settings, **project.config.tables.get(play.name, {})} for play in plays}


def _accounting(rows: ir.Table) -> ir.Table:
    sums = {name: rows[name].sum() for name in ("came", "kept", "repaired", "set_aside", "anonymous")}
    return rows.group_by("source", "table").aggregate(files=rows.count(), **sums).order_by("source", "table")


def _quarantine(rows: ir.Table) -> ir.Table:
    counted = rows.group_by("table", "problem").aggregate(rows=rows.count(), worth=rows.worth.sum().cast("float64"))
    return counted.order_by(counted["rows"].desc(), "table", "problem")


def _repairs(grades: ir.Table) -> ir.Table:
    repaired = grades.filter((grades.problem == "") & (grades.repairs != ""))
    return repaired.group_by("table", "repairs").aggregate(rows=repaired.rows.sum()).order_by("table", "repairs")


def _grid(rfm: ir.Table) -> ir.Table:
    return rfm.group_by("r", "f").aggregate(customers=rfm.count(), spend=rfm.spend_all.sum()).order_by("r", "f")


def _reported(yearly_value: ir.Table) -> ir.Table:
    """By which measure customers are valued, and what a customer file reports of them."""
    reported = yearly_value.basis == "reported"
    return yearly_value.aggregate(
        reported=yearly_value.value.sum(where=reported).fill_null(0.0),
        by_margin=yearly_value.count(where=yearly_value.basis == "margin"),
    )


def _known(project: Project) -> ir.Table:
    """How much of what would help is on record."""
    customers, lines = project.expression("refine.customers"), project.expression("refine.order_lines")
    touches = project.expression("refine.touches")
    parts = [
        customers.aggregate(consents=customers.marketing_consent.count()),
        lines.aggregate(lines=lines.count(), with_category=lines.category.count()),
        touches.aggregate(held_out=touches.count(where=~touches.treated)),
    ]
    return parts[0].cross_join(parts[1]).cross_join(parts[2])


def _top(ranked: ir.Table, benchmarks: ir.Table) -> ir.Table:
    best = ranked.filter(ranked.chosen).order_by("rank").limit(SHOWN)
    peers = benchmarks.select("customer_id", "peer_value")
    return best.left_join(peers, "customer_id").drop("customer_id_right").order_by("rank")
