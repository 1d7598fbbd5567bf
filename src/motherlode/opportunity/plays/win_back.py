"""Ask a customer who was worth much, and left, to come back."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, offer
from motherlode.tables import play


@play
def win_back(
    stakes: ir.Table,
    *,
    lift: float = 0.04,
    lift_sd: float = 0.02,
    margin_share: float = 0.30,
    channel: str = "sms",
    contact_cost: float = 1.0,
    human_minutes: float = 0.0,
    cost_per_minute: float = 1.0,
    voucher: float = 20.0,
    redeem_share: float = 0.05,
    decay_per_month: float = 0.03,
) -> ir.Table:
    """Ask a lost customer who was of high value to return, worth a share of the former sales, less each month.

    Who came only once may have had a single need, and is left alone. `lift` is the share (0 to 1) of the former yearly
    sales that returns because of it, `lift_sd` its standard deviation, `margin_share` the gross margin (0 to 1) where
    costs are unknown, `channel` how they are contacted, `contact_cost`, `cost_per_minute` and `voucher` house
    currency, `human_minutes` a customer, `redeem_share` the share (0 to 1) of vouchers redeemed, `decay_per_month` the
    rate at which a former customer's value fades.
    """
    repeat = ibis.greatest(stakes.orders_all.cast("float64"), stakes.yearly_orders) >= 2
    rows = stakes.filter((stakes.stage == "lost") & repeat & (stakes.former_yearly_spend >= stakes.high_spend))
    left = rows.former_yearly_spend * (rows.months_lost * -decay_per_month).exp()
    why = Why("once_high", rows.former_yearly_spend, rows.high_spend)
    effort = Effort(channel, contact_cost, human_minutes, cost_per_minute, voucher, redeem_share)
    return offer(rows, left, Prior(lift, lift_sd, lowest=0.0), effort, margin_share, why)
