"""Which companies and leads to work: fit against engagement, points of each field, who is in charge, how it ended."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ibis.expr.types as ir
from starlette.responses import Response

from motherlode.web.pages import acting
from motherlode.web.pages.contacts import with_contacts
from motherlode.web.pages.filtering import PAGE_ROWS, address, link
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.visit import Visit
from motherlode.worklist.following import FOLLOW_UPS
from motherlode.worklist.rules import Condition, Group, write

SCORES, GRID, DEALS = "predict.lead_scores", "predict.lead_grid", "opportunity.open_deals"
DEALS_SHOWN = 10
POINTS = ("industry_points", "size_points", "finance_points", "engagement_points")
BANDS = ("low", "middle", "high")
FILTERS = ("fit_band", "engagement_band")


def accounts(visit: Visit) -> Mapping[str, Any]:
    """Companies, the best lead first, with the points that make the score, and what can be done about each."""
    page = int(said) if (said := visit.query.get("page", "1")).isdecimal() and int(said) else 1
    with leads(visit) as whole:
        rows = filtered(visit, whole)
        total = int(visit.project.query(rows.aggregate(n=rows.count()))["n"][0])
        best = rows.order_by(rows.score.desc(nulls_first=False), "customer_id")
        shown = _told(visit, best.limit(PAGE_ROWS, offset=(page - 1) * PAGE_ROWS))
        shown = visit.project.query(shown.order_by(shown.score.desc(nulls_first=False), "customer_id")).to_dicts()
    return {
        "rows": shown,
        "points_of": POINTS,
        "has_contacts": any((row["contacts"] or 0) > 1 for row in shown),
        "most": visit.keep("most points", lambda: _most(visit)),
        "total": total,
        "page": page,
        "pages": -(-total // PAGE_ROWS),
        "first": (page - 1) * PAGE_ROWS,
        "grid": visit.keep("lead grid", lambda: _grid(visit)) if visit.has_rows(GRID) else None,
        "deals": visit.keep("open deals", lambda: _deals(visit)) if visit.has_rows(DEALS) else None,
        "bands": BANDS,
        "chosen": {name: visit.query.get(name, "") for name in (*FILTERS, "follow_up", "owner")},
        "at": lambda **changed: address("/accounts", visit.query, **changed),
        "segment_at": _segment(visit),
        "act_at": address("/accounts/act", visit.query),
        "back_at": address("/accounts/back", visit.query),
        **acting.panel(visit),
    }


@contextmanager
def leads(visit: Visit) -> Iterator[ir.Table]:
    """Every company with its points, its place in the grid, and in whose hands it is."""
    rows = visit.project.expression(SCORES)
    if visit.has_rows(GRID):
        bands = visit.project.expression(GRID).select("customer_id", *FILTERS)
        rows = rows.left_join(bands, "customer_id").drop("customer_id_right")
    with acting.beside(visit, rows) as joined:
        yield acting.in_charge(visit, joined)


def filtered(visit: Visit, rows: ir.Table) -> ir.Table:
    """Companies that the address asks for."""
    for name in FILTERS:
        if visit.query.get(name) and name in rows.columns:
            rows = rows.filter(rows[name] == visit.query[name])
    if visit.query.get("follow_up") in FOLLOW_UPS:
        rows = rows.filter(rows.follow_up == visit.query["follow_up"])
    asked = visit.query.get("owner", "")
    wanted = {acting.NOBODY: "", acting.MINE: visit.visitor.name}.get(asked, asked)
    return rows.filter(rows.owner == wanted) if asked else rows


def _segment(visit: Visit) -> str:
    """Where the companies of these bands can be kept as a segment."""
    asked = tuple(Condition(name, "is", value) for name in FILTERS if (value := visit.query.get(name)))
    return link("/segments", rule=write(Group("all", asked or (Condition("score", "known", ""),))))


def act(visit: Visit) -> Response:
    """Take charge of leads, hand them on or back, or log how it ended."""
    with leads(visit) as rows:
        return acting.act(visit, filtered(visit, rows), _back(visit))


def take_back(visit: Visit) -> Response:
    """Take back what was done last."""
    return acting.take_back(visit, _back(visit))


def _back(visit: Visit) -> str:
    return address("/accounts", visit.query) + "#list"


def _told(visit: Visit, rows: ir.Table) -> ir.Table:
    """Some companies with what the files and deals say of them."""
    customers, features = visit.project.expression("refine.customers"), visit.project.expression("profile.features")
    names = [name for name in ("company", "industry", "country", "employees", "job_title") if name in customers.columns]
    counted = [name for name in ("deals_won", "deals_lost", "deals_open") if name in features.columns]
    rows = rows.left_join(customers.select("customer_id", *names), "customer_id").drop("customer_id_right")
    rows = rows.left_join(features.select("customer_id", *counted), "customer_id").drop("customer_id_right")
    return with_contacts(visit, rows)


def _most(visit: Visit) -> dict[str, float]:
    """The most points that any company has in each field."""
    rows = visit.project.expression(SCORES)
    found: dict[str, float] = visit.project.query(
        rows.aggregate(**{name: rows[name].max() for name in POINTS})
    ).to_dicts()[0]
    return found


def _grid(visit: Visit) -> dict[tuple[str, str], dict[str, Any]]:
    """How many companies stand in each cell, and how likely a deal with them is on average."""
    rows = visit.project.expression(GRID)
    cells = rows.group_by(*FILTERS).aggregate(customers=rows.count(), score=rows.score.mean())
    return {(row["fit_band"], row["engagement_band"]): row for row in visit.project.query(cells).to_dicts()}


def _deals(visit: Visit) -> dict[str, Any]:
    """The open deals that should bring most, and what all of them should."""
    rows = visit.project.expression(DEALS)
    sums = rows.aggregate(deals=rows.count(), amount=rows.amount.sum(), expected=rows.expected_amount.sum())
    names = visit.project.expression("refine.customers").select("customer_id", "company")
    best = rows.filter(rows.deal_rank <= DEALS_SHOWN).left_join(names, "customer_id").drop("customer_id_right")
    found = visit.project.query(best.order_by("deal_rank")).to_dicts()
    return {"rows": found, **visit.project.query(sums).to_dicts()[0]}


PAGE = Page(
    "accounts",
    "/accounts",
    "discover",
    4,
    accounts,
    needs=(SCORES,),
    stored=True,
    roles=("sales", "marketer", "analyst"),
    also=(
        Also("/accounts/act", act, method="POST", roles=acting.ACTORS),
        Also("/accounts/back", take_back, method="POST", roles=acting.ACTORS),
    ),
)
