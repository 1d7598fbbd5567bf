"""How the whole base does, now and before."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before, within
from motherlode.tables import table

BACK = (0, 91, 364)


@table(key="days_before", subject=None, purpose="analytics")
def key_figures(
    customers: ir.Table, features: ir.Table, orders: ir.Table, returns: ir.Table, events: ir.Table, *, as_of: date
) -> ir.Table:
    """Customers, sales of a year, the active and those who buy again, at `as_of` and 91 and 364 days before.

    `orders_reach_days` is how far back orders went by then: a year's sales say nothing before there was a year of them.
    """
    # Features are of everybody who may be profiled.
    known = customers.semi_join(features, "customer_id")
    figures = []
    for back in BACK:
        day = as_of - timedelta(days=back)
        row = _people(known, orders, events, day).cross_join(_sales(orders, returns, day))
        figures.append(row.mutate(days_before=ibis.literal(back, "int64")))
    return ibis.union(*figures)


def _people(customers: ir.Table, orders: ir.Table, events: ir.Table, day: date) -> ir.Table:
    """How many were known, had bought, were active and bought again."""
    by_then = customers.filter((customers.known_on <= day) | customers.known_on.isnull()).select("customer_id")
    sold = orders.filter(orders.ordered_on <= day)
    bought = sold.group_by("customer_id").aggregate(
        orders_90d=sold.count(where=within(sold.ordered_on, day, days=90)),
        orders_365d=sold.count(where=within(sold.ordered_on, day, days=365)),
    )
    done = events.filter(events.occurred_on <= day)
    seen = done.group_by("customer_id").aggregate(seen_on=done.occurred_on.max())
    rows = by_then.left_join(bought, "customer_id").drop("customer_id_right")
    rows = rows.left_join(seen, "customer_id").drop("customer_id_right")
    lately = (days_before(rows.seen_on, day) < 90).fill_null(False)
    return rows.aggregate(
        customers=rows.count(),
        buyers=rows.orders_365d.count(),
        active=rows.count(where=(rows.orders_90d > 0).fill_null(False) | lately),
        year_buyers=rows.count(where=rows.orders_365d > 0),
        repeat_buyers=rows.count(where=rows.orders_365d > 1),
        with_events=rows.seen_on.count(),
    )


def _sales(orders: ir.Table, returns: ir.Table, day: date) -> ir.Table:
    """A year's sales, anonymous ones included, and what was given back of sales of any time."""
    sold = orders.filter(orders.ordered_on <= day)
    year, back = within(sold.ordered_on, day, days=365), returns.filter(within(returns.returned_on, day, days=365))
    sums = sold.aggregate(
        orders=sold.count(where=year),
        revenue=sold.amount.sum(where=year).cast("float64").fill_null(0.0),
        orders_reach_days=days_before(sold.ordered_on.min(), day),
    )
    return sums.cross_join(back.aggregate(returned=back.amount.sum().cast("float64").fill_null(0.0)))
