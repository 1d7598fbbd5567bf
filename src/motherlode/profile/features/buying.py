"""How lately, how often and how long a customer buys."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before, within
from motherlode.tables import feature


@feature()
def first_on(orders: ir.Table) -> ir.DateScalar:
    """Day of the first order known."""
    return orders.ordered_on.min()


@feature()
def last_on(orders: ir.Table) -> ir.DateScalar:
    """Day of the last order."""
    return orders.ordered_on.max()


@feature()
def idle_days(orders: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Days since the last order; empty for those who never ordered."""
    return days_before(orders.ordered_on.max(), as_of)


@feature()
def tenure_days(orders: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Days since the first order; empty for those who never ordered."""
    return days_before(orders.ordered_on.min(), as_of)


@feature(absent=0)
def orders_all(orders: ir.Table) -> ir.IntegerScalar:
    """Number of orders ever."""
    return orders.count()


@feature(absent=0)
def orders_365d(orders: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of orders in the last year."""
    return orders.count(where=within(orders.ordered_on, as_of, days=365))


@feature(absent=0)
def orders_90d(orders: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of orders in the last 90 days."""
    return orders.count(where=within(orders.ordered_on, as_of, days=90))


@feature(absent=0)
def orders_30d(orders: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of orders in the last 30 days."""
    return orders.count(where=within(orders.ordered_on, as_of, days=30))


@feature(absent=0)
def orders_182d(orders: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of orders in the last half year."""
    return orders.count(where=within(orders.ordered_on, as_of, days=182))


@feature(absent=0)
def active_months_365d(orders: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of calendar months of the last year with an order."""
    return orders.ordered_on.truncate("M").nunique(where=within(orders.ordered_on, as_of, days=365))


@feature(absent=0)
def active_days(orders: ir.Table) -> ir.IntegerScalar:
    """Number of days with an order, ever."""
    return orders.ordered_on.nunique()


@feature(absent=0)
def coupon_orders_365d(orders: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Orders of the last year that were paid with a coupon or a discount."""
    return orders.count(where=within(orders.ordered_on, as_of, days=365) & orders.with_coupon)


@feature()
def coupon_share_365d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Part of the last year's orders that were paid with a coupon or a discount, 0 to 1; empty without orders."""
    bought = within(orders.ordered_on, as_of, days=365)
    part = orders.count(where=bought & orders.with_coupon).cast("float64")
    return part / orders.count(where=bought).nullif(0)
