"""Sales, a row an order."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("source", "order_id"), subject="customer_id", happened_on="ordered_on", purpose="service")
def orders(order_lines: ir.Table, deals: ir.Table) -> ir.Table:
    """What was sold in one order; won deals are the orders of customers that have no order lines.

    Orders without a `customer_id` are anonymous sales: they count in the company's figures, not in anybody's.
    """
    sold = order_lines.filter(order_lines.kind.isin(("sale", "refunded")))
    bought = sold.group_by("source", "order_id").aggregate(
        customer_id=sold.customer_id.max(),
        ordered_at=sold.ordered_at.min(),
        ordered_on=sold.ordered_on.min(),
        amount=sold.amount.sum().cast("decimal(18, 4)"),
        cost=sold.cost.sum().cast("decimal(18, 4)"),
        discount=sold.discount.sum().cast("decimal(18, 4)"),
        quantity=sold.quantity.sum(),
        lines=sold.count(),
        channel=sold.channel.max(),
        country=sold.country.max(),
        with_coupon=sold.coupon.notnull().max() | (sold.discount.sum() > 0),
    )
    return bought.union(_won(deals, bought))


def _won(deals: ir.Table, bought: ir.Table) -> ir.Table:
    buyers = bought.select("customer_id").filter(bought.customer_id.notnull()).distinct()
    won = deals.filter((deals.outcome == "won") & deals.customer_id.notnull())
    won = won.anti_join(buyers, "customer_id")
    return won.select(
        source=won.source,
        order_id=won.deal_id,
        customer_id=won.customer_id,
        ordered_at=won.closed_at,
        ordered_on=won.closed_on,
        amount=won.amount,
        cost=ibis.null("decimal(18, 4)"),
        discount=ibis.literal(0).cast("decimal(18, 4)"),
        quantity=ibis.literal(1.0),
        lines=ibis.literal(1, "int64"),
        channel=ibis.literal("deal"),
        country=ibis.null("string"),
        with_coupon=ibis.literal(False),
    )
