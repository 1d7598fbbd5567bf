"""What those on whom lots were drawn have bought, beside others."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("customer_id", "ordered_on", "category"), subject="customer_id", happened_on="ordered_on",
       purpose="analytics")  # fmt: skip
def lot_histories(
    lots: ir.Table,
    orders: ir.Table,
    order_lines: ir.Table,
    customers: ir.Table,
    *,
    most_others: int = 10_000,
) -> ir.Table:
    """A row a customer and day of orders, of everybody on whom a lot was drawn and of some others, drawn by a hash.

    What a day brought stands in the row without a category; each category that was bought has a row of no money. Empty
    where no lots were drawn. Who never ordered has one row of nothing. `most_others` is the number of other customers,
    from whom it is learnt what customers bring whom nobody contacts, and for whom actions tried are proposed as well.
    """
    known = customers.filter(customers.customer_id.notnull())
    known = known.select("customer_id", "known_on", "industry", "level", "employees")
    drawn = lots.select("customer_id").distinct()
    inside = known.semi_join(drawn, "customer_id")
    others = known.anti_join(drawn, "customer_id").cross_join(lots.aggregate(lots=lots.count()))
    others = others.filter(others.lots > 0).drop("lots")
    others = others.order_by(others.customer_id.hexdigest("md5"), others.customer_id).limit(most_others)
    people = inside.union(others)
    days = orders.group_by("customer_id", "ordered_on").aggregate(
        amount=orders.amount.cast("decimal(18, 4)").sum().cast("float64")
    )
    days = days.mutate(category=ibis.literal(""))
    kinds = order_lines.filter(order_lines.category.notnull() & (order_lines.category != ""))
    kinds = kinds.select("customer_id", "ordered_on", "category").distinct().mutate(amount=ibis.literal(0.0))
    days = days.union(kinds.select(*days.columns))
    rows = people.left_join(days, "customer_id").drop("customer_id_right")
    rows = rows.mutate(ordered_on=rows.ordered_on.coalesce(rows.known_on), amount=rows.amount.fill_null(0.0))
    rows = rows.mutate(category=rows.category.fill_null(""))
    return rows.filter(rows.ordered_on.notnull())
