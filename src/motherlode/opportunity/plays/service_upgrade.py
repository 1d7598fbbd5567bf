"""Give a strong customer better service and the case of one who does better still."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, offer
from motherlode.tables import play


@play
def service_upgrade(
    stakes: ir.Table,
    *,
    lift: float = 0.05,
    lift_sd: float = 0.03,
    margin_share: float = 0.30,
    channel: str = "phone",
    contact_cost: float = 1.0,
    human_minutes: float = 45.0,
    cost_per_minute: float = 1.0,
    most_share: float = 0.5,
) -> ir.Table:
    """Visit a mature customer of high value who stays below the benchmark peer, worth a share of the gap between them.

    `lift` is the share (0 to 1) of the gap that closes because of it, `lift_sd` its standard deviation, `margin_share`
    the gross margin (0 to 1) where costs are unknown, `channel` how they are contacted, `contact_cost` and
    `cost_per_minute` house currency, `human_minutes` a customer, `most_share` the most of the gap that counts, as a
    share (0 to 1) of the customer's own yearly sales.
    """
    rows = stakes.filter((stakes.stage == "mature") & (stakes.value_tier == "high") & ~stakes.dormant)
    rows = rows.filter(rows.peer_spend > rows.yearly_spend)
    gap = ibis.least(rows.peer_spend - rows.yearly_spend, rows.yearly_spend * most_share)
    why = Why("gap_to_peer", rows.own_value, rows.peer_value)
    effort = Effort(channel, contact_cost, human_minutes, cost_per_minute)
    return offer(rows, gap, Prior(lift, lift_sd), effort, margin_share, why)
