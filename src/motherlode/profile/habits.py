"""Where, what and when customers mostly buy."""

import ibis
import ibis.expr.types as ir
from ibis import Deferred, _

from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="analytics")
def habits(orders: ir.Table, order_lines: ir.Table) -> ir.Table:
    """Where and in which month each buyer orders most often, and the category that gets most of the money."""
    known = orders.filter(orders.customer_id.notnull() & orders.ordered_on.notnull())
    known = known.mutate(month=known.ordered_on.month().cast("int64"))
    monthly = known.group_by("customer_id").aggregate(
        orders=known.count(), fourth_quarter=known.count(where=known.month >= 10)
    )
    lines = order_lines.filter(order_lines.customer_id.notnull() & order_lines.kind.isin(("sale", "refunded")))
    parts = (
        _main(known, "channel", _.count(), "main_channel"),
        _main(known, "country", _.count(), "main_country"),
        _main(lines, "category", _.amount.sum(), "main_category"),
        _main(known, "month", _.count(), "peak_month"),
    )
    rows = monthly
    for part in parts:
        rows = rows.left_join(part, "customer_id").drop("customer_id_right")
    return rows.select(
        "customer_id",
        "main_channel",
        "main_country",
        "main_category",
        "peak_month",
        peak_month_share=rows.peak_month_weight / rows.orders,
        fourth_quarter_share=rows.fourth_quarter / rows.orders,
    )


def _main(rows: ir.Table, column: str, weight: Deferred, name: str) -> ir.Table:
    """By customer, the value of `column` with the most weight and that weight; of equals the first in order."""
    counted = rows.filter(rows[column].notnull()).group_by("customer_id", column).aggregate(weight=weight)
    best = ibis.row_number().over(group_by="customer_id", order_by=[counted.weight.desc(), counted[column]])
    first = counted.mutate(place=best).filter(_.place == 0)
    return first.select("customer_id", **{name: first[column], f"{name}_weight": first.weight})
