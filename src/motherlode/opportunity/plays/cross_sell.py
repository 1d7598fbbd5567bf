"""Show a customer in good rhythm what comparable customers buy besides."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, number, offer
from motherlode.tables import play


@play
def cross_sell(
    stakes: ir.Table,
    next_category: ir.Table,
    *,
    lift: float = 0.04,
    lift_sd: float = 0.025,
    margin_share: float = 0.30,
    channel: str = "email",
    contact_cost: float = 0.5,
    voucher: float = 10.0,
    redeem_share: float = 0.05,
    rhythm_ratio: float = 1.2,
    most_share: float = 0.25,
) -> ir.Table:
    """Recommend the missing category that comparable customers buy, worth what it brings a year with them.

    `lift` is the probability (0 to 1) that the category is taken up because of it, `lift_sd` its standard deviation,
    `margin_share` the gross margin (0 to 1) where costs are unknown, `channel` how they are contacted, `contact_cost`
    and `voucher` house currency, `redeem_share` the share (0 to 1) of vouchers redeemed, `rhythm_ratio` the most days
    idle as a multiple of the own gap between orders, `most_share` what a category may add at most, as a share (0 to 1)
    of the customer's own yearly sales.
    """
    missing = next_category.select("customer_id", "category", category_spend=next_category.yearly_spend.cast("float64"))
    rows = stakes.inner_join(missing, "customer_id")
    in_rhythm = (rows.overdue_ratio <= rhythm_ratio).fill_null(True)
    rows = rows.filter((rows.stage == "mature") & ~rows.dormant & in_rhythm)
    at_stake = ibis.least(rows.category_spend, rows.yearly_spend * most_share)
    why = Why("missing_category", number(0.0), rows.category_spend)
    effort = Effort(channel, contact_cost, incentive=voucher, redeem_share=redeem_share)
    return offer(rows, at_stake, Prior(lift, lift_sd), effort, margin_share, why, offered=rows.category)
