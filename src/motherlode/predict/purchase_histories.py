"""Order histories as models of repeat buying read them."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before
from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="profiling")
def purchase_histories(orders: ir.Table, usable: ir.Table, *, as_of: date) -> ir.Table:
    """For each buyer the orders after the first day, when the last one was, and how long ago the first: in days.

    Who may not be profiled has no history. Orders of one day count as one. `recency_days` runs from the first order to
    the last, `age_days` from the first order to `as_of`; `repeat_order_value` is the mean paid on a day with a repeat
    order, and empty without one.
    """
    known = orders.filter(orders.customer_id.notnull() & orders.ordered_on.notnull())
    known = known.semi_join(usable.filter(usable.profiling), "customer_id")
    days = known.group_by("customer_id", "ordered_on").aggregate(paid=known.amount.sum())
    days = days.mutate(first_on=days.ordered_on.min().over(ibis.window(group_by="customer_id")))
    later = days.ordered_on > days.first_on
    rows = days.group_by("customer_id").aggregate(
        first_on=days.first_on.min(),
        last_on=days.ordered_on.max(),
        repeat_orders=days.count(where=later),
        paid=days.paid.sum(where=later),
    )
    return rows.select(
        "customer_id",
        "repeat_orders",
        recency_days=rows.last_on.delta(rows.first_on, unit="day"),
        age_days=days_before(rows.first_on, as_of),
        repeat_order_value=(rows.paid.cast("float64") / rows.repeat_orders.nullif(0)).round(4),
    )


@table(key=("repeat_orders", "recency_days", "age_days"), subject=None, purpose="profiling")
def repeat_patterns(purchase_histories: ir.Table) -> ir.Table:
    """How many buyers have each history: all that the likelihood of repeat buying needs to know."""
    same = purchase_histories.group_by("repeat_orders", "recency_days", "age_days")
    return same.aggregate(customers=purchase_histories.count())


@table(key=("repeat_orders", "repeat_order_value"), subject=None, purpose="profiling")
def repeat_values(purchase_histories: ir.Table) -> ir.Table:
    """How many repeat buyers have each mean value of an order: all that the likelihood of spending needs to know."""
    paid = purchase_histories.filter(purchase_histories.repeat_order_value > 0)
    return paid.group_by("repeat_orders", "repeat_order_value").aggregate(customers=paid.count())
