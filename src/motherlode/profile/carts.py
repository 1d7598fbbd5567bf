"""What lies in carts that nobody has paid for."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

ADDED = ("product added", "product_added", "add to cart", "add_to_cart", "added to cart", "加入购物车", "加购")
REMOVED = ("product removed", "product_removed", "remove from cart", "remove_from_cart", "移出购物车")
BOUGHT = ("order completed", "order_completed", "completed order", "purchase", "checkout completed", "支付成功", "下单")


@table(key=("customer_id", "product_id"), subject="customer_id", purpose="service")
def carts(events: ir.Table) -> ir.Table:
    """Products that a customer put into the cart since the last order and did not take out again.

    Whatever the order in which events arrive, the time at which they happened decides.
    """
    said = events.event.lower()
    kinds = ibis.cases((said.isin(ADDED), 1), (said.isin(REMOVED), -1), (said.isin(BOUGHT), 0))
    rows = events.mutate(step=kinds).filter(events.customer_id.notnull())
    rows = rows.filter(rows.step.notnull()).select("customer_id", "product_id", "occurred_at", "value", "step")
    paid = rows.filter(rows.step == 0).group_by("customer_id").aggregate(paid_at=rows.occurred_at.max())
    open_rows = rows.filter(rows.step != 0).left_join(paid, "customer_id").drop("customer_id_right")
    open_rows = open_rows.filter(open_rows.paid_at.isnull() | (open_rows.occurred_at > open_rows.paid_at))
    open_rows = open_rows.mutate(product_id=open_rows.product_id.fill_null(""))
    summed = open_rows.group_by("customer_id", "product_id").aggregate(
        pieces=open_rows.step.sum().cast("int64"),
        cart_value=open_rows["value"].max(where=open_rows.step == 1),
        last_added_at=open_rows.occurred_at.max(where=open_rows.step == 1),
    )
    return summed.filter(summed.pieces > 0)
