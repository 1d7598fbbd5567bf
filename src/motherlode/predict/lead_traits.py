"""What is known of companies that may buy, and what an expert makes of it."""

from collections.abc import Iterable
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

ATTRIBUTES = ("industry", "country", "province", "city", "origin", "employees", "annual_revenue")

# Part (0 to 1) of the closed deals, the newest, by which opinions are weighed in `lead_scores`.
HELD_OUT = 0.3


@table(key="customer_id", subject="customer_id", stored=False, purpose="profiling")
def lead_traits(
    customers: ir.Table,
    features: ir.Table,
    deals: ir.Table,
    *,
    industry_points: float = 30.0,
    size_points: float = 20.0,
    finance_points: float = 20.0,
    engagement_points: float = 20.0,
    busy_events: int = 10,
) -> ir.Table:
    """Expert points of each company: fit (industry, size, finances) and engagement; empty where nothing is known.

    The points are assumptions. The industry in which most deals were won has all points, and others in proportion, the
    newest deals left out; size and finances go by rank among companies; engagement grows with the events of 13 weeks.

    Parameters
    ----------
    industry_points, size_points, finance_points, engagement_points
        Most points that each part can bring.
    busy_events
        Events in 13 weeks from which engagement brings all its points.
    """
    rows = customers.filter(customers.kind == "company").select("customer_id", *ATTRIBUTES)
    rows = rows.inner_join(features.select("customer_id", "events_13w"), "customer_id")
    rows = rows.left_join(_industries(rows, deals), "industry")
    seen = rows.events_13w.max().over(ibis.window()) > 0
    busy = ibis.least(rows.events_13w / busy_events, 1.0) * engagement_points
    parts = {
        "industry_points": ibis.ifelse(rows.industry.notnull(), rows.match.fill_null(0.0) * industry_points, None),
        "size_points": _rank(rows.employees.cast("float64")) * size_points,
        "finance_points": _rank(rows.annual_revenue.cast("float64")) * finance_points,
        # Where nobody is ever seen, silence says nothing.
        "engagement_points": ibis.ifelse(seen, busy, None),
    }
    most = (industry_points, size_points, finance_points, engagement_points)
    known = (part.notnull().cast("int64") for part in parts.values())
    reachable = (is_known.cast("float64") * points for is_known, points in zip(known, most, strict=True))
    return rows.select(
        "customer_id",
        *(rows[name] for name in ATTRIBUTES[:-2]),
        *(rows[name].cast("float64").name(name) for name in ATTRIBUTES[-2:]),
        **{name: part.cast("float64").round(2) for name, part in parts.items()},
        points=_sum(part.fill_null(0.0) for part in parts.values()).round(2),
        most_points=_sum(reachable),
    )


def _sum(parts: Iterable[ir.Value]) -> ir.FloatingValue:
    return reduce(add, (part.cast("float64") for part in parts))


def _industries(rows: ir.Table, deals: ir.Table) -> ir.Table:
    """Share of the deals won that each industry has, over that of the first; the newest deals are left for a test."""
    closed = deals.filter(deals.outcome.isin(("won", "lost")))
    closed = closed.mutate(age=ibis.percent_rank().over(ibis.window(order_by=closed.closed_on)))
    won = closed.filter((closed.outcome == "won") & (closed.age < 1 - HELD_OUT)).select("customer_id")
    counted = won.inner_join(rows.filter(rows.industry.notnull()).select("customer_id", "industry"), "customer_id")
    counted = counted.group_by("industry").aggregate(won=counted.count())
    return counted.select("industry", match=counted.won / counted.won.max().over(ibis.window()))


def _rank(value: ir.FloatingValue) -> ir.FloatingValue:
    """Part (0 to 1) of those known that are not above; empty where unknown."""
    known = ibis.window(group_by=value.isnull(), order_by=value)
    return ibis.ifelse(value.notnull(), ibis.cume_dist().over(known), None)
