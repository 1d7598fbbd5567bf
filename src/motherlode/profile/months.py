"""The company's months."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key="month", subject=None, purpose="analytics")
def months(orders: ir.Table, returns: ir.Table) -> ir.Table:
    """Orders, buyers, first-time buyers, revenue and money given back, by calendar month; anonymous sales included."""
    sold = orders.filter(orders.ordered_on.notnull())
    sold = sold.mutate(month=_month(sold.ordered_on))
    monthly = sold.group_by("month").aggregate(
        orders=sold.count(), customers=sold.customer_id.nunique(), revenue=sold.amount.sum().cast("float64")
    )
    first = sold.filter(sold.customer_id.notnull())
    first = first.group_by("customer_id").aggregate(month=first.month.min())
    new = first.group_by("month").aggregate(new_customers=first.count())
    back = returns.filter(returns.returned_on.notnull())
    back = back.mutate(month=_month(back.returned_on))
    returned = back.group_by("month").aggregate(returned=back.amount.sum().cast("float64"))
    rows = monthly.outer_join(returned, "month")
    rows = rows.mutate(either=rows.month.coalesce(rows.month_right)).drop("month", "month_right")
    rows = rows.left_join(new, rows.either == new.month)
    return rows.select(
        month=rows.either,
        orders=rows.orders.fill_null(0),
        customers=rows.customers.fill_null(0),
        new_customers=rows.new_customers.fill_null(0),
        revenue=rows.revenue.fill_null(0.0),
        returned=rows.returned.fill_null(0.0),
    )


def _month(day: ir.DateValue) -> ir.DateValue:
    return ibis.date(day.year(), day.month(), 1)
