"""Remind somebody who has missed a few of their own turns."""

import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, offer, overdue
from motherlode.tables import play


@play
def wake_dormant(
    stakes: ir.Table,
    *,
    lift: float = 0.02,
    lift_sd: float = 0.012,
    margin_share: float = 0.30,
    channel: str = "email",
    contact_cost: float = 0.2,
) -> ir.Table:
    """Send a cheap reminder to a customer who is overdue by a few of their own gaps, worth a share of a year's sales.

    `lift` is the share (0 to 1) of a year's sales that comes because of it, `lift_sd` its standard deviation,
    `margin_share` the gross margin (0 to 1) where costs are unknown, `channel` how they are contacted, `contact_cost`
    house currency.
    """
    rows = stakes.filter(stakes.dormant & ~stakes.stage.isin(("intro", "lost")))
    why = Why(overdue(rows), rows.idle_days, rows.cadence_days)
    return offer(rows, rows.yearly_spend, Prior(lift, lift_sd), Effort(channel, contact_cost), margin_share, why)
