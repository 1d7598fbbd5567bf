"""How customers began."""

import ibis.expr.types as ir

from motherlode.tables import table

DAYS = 90


@table(key="customer_id", subject="customer_id", purpose="analytics")
def beginnings(orders: ir.Table) -> ir.Table:
    """What buyers paid on their first day and in their first 90: what peers are compared by when both were young."""
    known = orders.filter(orders.customer_id.notnull() & orders.ordered_on.notnull())
    first = known.group_by("customer_id").aggregate(first_on=known.ordered_on.min())
    aged = known.select("customer_id", "ordered_on", "amount").inner_join(first, "customer_id")
    age = aged.ordered_on.delta(aged.first_on, unit="day")
    return aged.group_by("customer_id").aggregate(
        first_on=aged.first_on.min(),
        first_day_spend=aged.amount.sum(where=age == 0).cast("float64"),
        spend_first_90d=aged.amount.sum(where=age < DAYS).cast("float64"),
        orders_first_90d=aged.count(where=age < DAYS),
    )
