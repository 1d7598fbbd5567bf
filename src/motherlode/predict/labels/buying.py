"""What buyers do in the next 90 days."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import ahead, within
from motherlode.tables import label


@label(ahead_days=90, absent=0.0)
def buys_90d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Whether the customer orders in the 90 days after (1) or not (0)."""
    return (orders.count(where=ahead(orders.ordered_on, as_of, days=90)) > 0).cast("float64")


@label(ahead_days=90)
def leaves_90d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Whether a customer who ordered in the last 90 days orders no more in the next 90; empty for the others."""
    active = orders.count(where=within(orders.ordered_on, as_of, days=90)) > 0
    stays = orders.count(where=ahead(orders.ordered_on, as_of, days=90)) > 0
    return ibis.ifelse(active, 1.0 - stays.cast("float64"), None)


@label(ahead_days=90, amount=True, absent=0.0)
def pays_90d(orders: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money paid in the 90 days after."""
    return orders.amount.sum(where=ahead(orders.ordered_on, as_of, days=90)).cast("float64").fill_null(0.0)
