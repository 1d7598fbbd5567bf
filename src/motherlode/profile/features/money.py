"""How much a customer pays, what is left of it, and how that moves; returns are not taken off."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.tables import feature


def paid(orders: ir.Table, where: ir.BooleanValue | None = None) -> ir.FloatingScalar:
    """Money of orders: summed exactly, then a plain number."""
    return orders.amount.sum(where=where).cast("float64")


@feature(absent=0.0)
def spend_all(orders: ir.Table) -> ir.FloatingScalar:
    """Money paid ever."""
    return paid(orders)


@feature(absent=0.0)
def spend_365d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the last year."""
    return paid(orders, within(orders.ordered_on, as_of, days=365))


@feature(absent=0.0)
def spend_30d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the last 30 days."""
    return paid(orders, within(orders.ordered_on, as_of, days=30))


@feature(absent=0.0)
def spend_90d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the last 90 days."""
    return paid(orders, within(orders.ordered_on, as_of, days=90))


@feature(absent=0.0)
def spend_prior_365d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the year before the last one."""
    return paid(orders, within(orders.ordered_on, as_of, days=730, until=365))


@feature(absent=0.0)
def spend_182d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the last half year."""
    return paid(orders, within(orders.ordered_on, as_of, days=182))


@feature(absent=0.0)
def spend_13w(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the last 13 weeks."""
    return paid(orders, within(orders.ordered_on, as_of, days=91))


@feature(absent=0.0)
def spend_prior_13w(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the 13 weeks before the last 13."""
    return paid(orders, within(orders.ordered_on, as_of, days=182, until=91))


@feature(absent=0.0)
def spend_prior_52w(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the 52 weeks before the last 13: what recent weeks are measured against."""
    return paid(orders, within(orders.ordered_on, as_of, days=455, until=91))


@feature()
def growth_13w(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money of the last 13 weeks over that of the 13 before; empty where nothing was paid then."""
    before = within(orders.ordered_on, as_of, days=182, until=91)
    return paid(orders, within(orders.ordered_on, as_of, days=91)).fill_null(0.0) / paid(orders, before).nullif(0)


@feature()
def growth_365d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money of the last year over that of the year before; empty where nothing was paid then."""
    before = within(orders.ordered_on, as_of, days=730, until=365)
    return paid(orders, within(orders.ordered_on, as_of, days=365)).fill_null(0.0) / paid(orders, before).nullif(0)


@feature()
def aov_365d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Average order value of the last year; empty without orders."""
    bought = within(orders.ordered_on, as_of, days=365)
    return paid(orders, bought) / orders.count(where=bought).nullif(0)


@feature(absent=0.0)
def largest_order(orders: ir.Table) -> ir.FloatingScalar:
    """Money of the largest order ever."""
    return orders.amount.max().cast("float64")


@feature(absent=0.0)
def discount_365d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money taken off the last year's orders."""
    return orders.discount.sum(where=within(orders.ordered_on, as_of, days=365)).cast("float64")


@feature()
def discount_share_365d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Part of the full price that discounts took off in the last year, 0 to 1; empty without orders."""
    bought = within(orders.ordered_on, as_of, days=365)
    off = orders.discount.sum(where=bought).cast("float64").fill_null(0.0)
    return off / (paid(orders, bought) + off).nullif(0)


@feature()
def margin_365d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money left of the last year's orders after the cost of goods; empty where no cost is known."""
    costed = within(orders.ordered_on, as_of, days=365) & orders.cost.notnull()
    return paid(orders, costed) - orders.cost.sum(where=costed).cast("float64")


@feature(absent=0.0)
def costed_spend_365d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the last year for orders whose cost is known: what `margin_365d` is a part of."""
    return paid(orders, within(orders.ordered_on, as_of, days=365) & orders.cost.notnull())
