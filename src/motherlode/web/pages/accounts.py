"""Which companies to work: fit and engagement, the points of each field, and the chance to win a deal."""

from collections.abc import Mapping
from typing import Any

from motherlode.web.pages.filtering import PAGE_ROWS, address
from motherlode.web.pages.page import Page
from motherlode.web.pages.visit import Visit

SCORES = "predict.lead_scores"
POINTS = ("industry_points", "size_points", "finance_points", "engagement_points")


def accounts(visit: Visit) -> Mapping[str, Any]:
    """Companies, the best lead first, with the points that make the score."""
    page = int(said) if (said := visit.query.get("page", "1")).isdecimal() and int(said) else 1
    scores, customers = visit.project.expression(SCORES), visit.project.expression("refine.customers")
    names = [name for name in ("company", "industry", "country", "employees", "owner") if name in customers.columns]
    rows = scores.left_join(customers.select("customer_id", *names), "customer_id").drop("customer_id_right")
    deals = visit.project.expression("profile.features")
    counted = [name for name in ("deals_won", "deals_lost", "deals_open") if name in deals.columns]
    rows = rows.left_join(deals.select("customer_id", *counted), "customer_id").drop("customer_id_right")
    ordered = rows.order_by(rows.score.desc(nulls_first=False), "customer_id")
    total = visit.keep("accounts", lambda: int(visit.project.query(scores.aggregate(n=scores.count()))["n"][0]))
    return {
        "rows": visit.project.query(ordered.limit(PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)).to_dicts(),
        "points": POINTS,
        "total": total,
        "page": page,
        "pages": -(-total // PAGE_ROWS),
        "first": (page - 1) * PAGE_ROWS,
        "at": lambda **changed: address("/accounts", visit.query, **changed),
    }


PAGE = Page("accounts", "/accounts", "discover", 4, accounts, needs=(SCORES,), roles=("sales", "marketer", "analyst"))
