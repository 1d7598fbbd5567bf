"""Coach somebody who has tried us into a rhythm."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, offer
from motherlode.tables import play


@play
def second_order(
    stakes: ir.Table,
    *,
    lift: float = 0.05,
    lift_sd: float = 0.03,
    margin_share: float = 0.30,
    channel: str = "email",
    contact_cost: float = 0.5,
    human_minutes: float = 0.0,
    cost_per_minute: float = 1.0,
    voucher: float = 10.0,
    redeem_share: float = 0.08,
    rest_days: int = 14,
) -> ir.Table:
    """Lead a customer on trial to the next orders, worth those that comparable customers place beyond them.

    `lift` is the share (0 to 1) of the missing orders that come because of it, `lift_sd` its standard deviation,
    `margin_share` the gross margin (0 to 1) where costs are unknown, `channel` how they are contacted, `contact_cost`,
    `cost_per_minute` and `voucher` house currency, `human_minutes` a customer, `redeem_share` the share (0 to 1) of
    vouchers redeemed, `rest_days` the days after an order in which nobody is pressed for the next.
    """
    rows = stakes.mutate(rhythm=stakes.peer_orders.coalesce(stakes.usual_orders))
    rows = rows.filter((rows.stage == "trial") & (rows.yearly_orders > 0) & (rows.yearly_orders < rows.rhythm))
    # A customer file that reports months cannot tell days.
    rows = rows.filter(rows.reported | (rows.idle_days >= rest_days))
    # No comparable rhythm promises more than doubling what the customer brings already.
    missing = (rows.rhythm - rows.yearly_orders).clip(upper=rows.yearly_orders)
    at_stake = missing * rows.yearly_spend / rows.yearly_orders
    reason = ibis.ifelse(rows.peer_orders.notnull(), "below_peer", "below_rhythm")
    why = Why(reason, rows.yearly_orders, rows.rhythm)
    effort = Effort(channel, contact_cost, human_minutes, cost_per_minute, voucher, redeem_share)
    return offer(rows, at_stake, Prior(lift, lift_sd), effort, margin_share, why)
