"""How long it took, or has taken so far: counted for curves of survival."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before
from motherlode.tables import table

DAYS_A_MONTH = 30.4375


@table(key=("event", "stratum", "days", "ended"), subject=None, purpose="analytics")
def lifespans(orders: ir.Table, customers: ir.Table, *, as_of: date) -> ir.Table:
    """How many buyers took so many days to their second order day, and customers stayed until they were said to leave.

    Where `ended` is false it had not come by `as_of`. Strata are what was known at the beginning: all, and the year of
    the first order. A tier of value is not: it is known only of those who stayed.
    """
    both = _second_orders(orders, as_of).union(_stated(customers))
    everybody = both.mutate(stratum=ibis.literal("all"))
    rows = everybody.union(both.filter(both.stratum.notnull()))
    return rows.group_by("event", "stratum", "days", "ended").aggregate(customers=rows.count())


def _second_orders(orders: ir.Table, as_of: date) -> ir.Table:
    known = orders.filter(orders.customer_id.notnull() & orders.ordered_on.notnull())
    days = known.select("customer_id", "ordered_on")
    days = days.mutate(first_on=days.ordered_on.min().over(ibis.window(group_by="customer_id")))
    rows = days.group_by("customer_id", "first_on").aggregate(
        second_on=days.ordered_on.min(where=days.ordered_on > days.first_on)
    )
    return rows.select(
        event=ibis.literal("second_order"),
        stratum=rows.first_on.year().cast("string"),
        days=rows.second_on.delta(rows.first_on, unit="day").coalesce(days_before(rows.first_on, as_of)).cast("int64"),
        ended=rows.second_on.notnull(),
    )


def _stated(customers: ir.Table) -> ir.Table:
    """Files that tell of each customer how many months he or she stayed, and who has left."""
    told = customers.filter(customers.churned.notnull() & customers.tenure_months.notnull())
    return told.select(
        event=ibis.literal("left"),
        stratum=ibis.null("string"),
        days=(told.tenure_months.cast("float64") * DAYS_A_MONTH).round().cast("int64"),
        ended=told.churned,
    )
