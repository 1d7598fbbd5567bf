"""Remind somebody of what was left in the cart."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.opportunity.offers import Effort, Prior, Why, offer
from motherlode.tables import play


@play
def abandoned_cart(
    stakes: ir.Table,
    carts: ir.Table,
    *,
    as_of: date,
    lift: float = 0.06,
    lift_sd: float = 0.04,
    margin_share: float = 0.30,
    channel: str = "email",
    contact_cost: float = 0.1,
    human_minutes: float = 0.0,
    cost_per_minute: float = 1.0,
    voucher: float = 0.0,
    redeem_share: float = 0.10,
    cart_days: int = 14,
) -> ir.Table:
    """Bring a customer back to a cart that was left without an order, worth what lies in it.

    `lift` is the share (0 to 1) of the carts that are ordered because of it, `lift_sd` its standard deviation,
    `margin_share` the gross margin (0 to 1) where costs are unknown, `channel` how they are contacted, `contact_cost`,
    `cost_per_minute` and `voucher` house currency, `human_minutes` a customer, `redeem_share` the share (0 to 1) of
    vouchers redeemed, `cart_days` the days before `as_of` for which a cart is worth a reminder.
    """
    fresh = carts.filter(within(carts.last_added_at.date(), as_of, days=cart_days) & carts.cart_value.notnull())
    worth = fresh.cart_value * fresh.pieces
    summed = fresh.group_by("customer_id").aggregate(in_cart=worth.sum().cast("float64"))
    rows = stakes.inner_join(summed, "customer_id")
    usual = (rows.yearly_spend / rows.yearly_orders.nullif(0)).cast("float64").coalesce(rows.in_cart)
    why = Why("open_cart", rows.in_cart, usual)
    effort = Effort(channel, contact_cost, human_minutes, cost_per_minute, voucher, redeem_share)
    return offer(rows, rows.in_cart, Prior(lift, lift_sd, 0.0), effort, margin_share, why)
