"""Help somebody who is known but never bought to a first order."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, offer
from motherlode.tables import play


@play
def onboard_first_order(
    stakes: ir.Table,
    *,
    lift: float = 0.02,
    lift_sd: float = 0.012,
    margin_share: float = 0.30,
    channel: str = "email",
    contact_cost: float = 0.5,
    voucher: float = 10.0,
    redeem_share: float = 0.05,
) -> ir.Table:
    """Offer a small first-order voucher to somebody who has never bought, worth what comparable buyers bring in a year.

    Comparable are the customers most alike by what is stated of them, where that tells what customers bring
    (`predict.prospects`); otherwise everybody who is settled.
    `lift` is the probability (0 to 1) of a first order that would not have come alone, `lift_sd` its standard
    deviation, `margin_share` the gross margin (0 to 1) where costs are unknown, `channel` how they are contacted,
    `contact_cost` and `voucher` house currency, `redeem_share` the share (0 to 1) of vouchers redeemed.
    """
    # Whom a file says to be won has bought, whatever is known of the order.
    new = stakes.filter((stakes.stage == "intro") & ~stakes.won)
    prize = new.alike_spend.coalesce(new.peer_median_spend, new.usual_spend)
    alike = new.alike_spend.notnull()
    why = Why(
        ibis.ifelse(alike, "alike_bring", "no_first_order"),
        ibis.ifelse(alike, new.alike_spend, new.yearly_orders),
        ibis.ifelse(alike, new.active_spend, new.peer_orders.coalesce(new.usual_orders)),
    )
    effort = Effort(channel, contact_cost, incentive=voucher, redeem_share=redeem_share)
    return offer(new, prize, Prior(lift, lift_sd, lowest=0.0), effort, margin_share, why)
