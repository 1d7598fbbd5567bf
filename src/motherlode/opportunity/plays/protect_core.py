"""Look after a customer of high value before the warning becomes a loss."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, offer, overdue
from motherlode.opportunity.stakes import QUARTER_DAYS
from motherlode.tables import play


@play
def protect_core(
    stakes: ir.Table,
    *,
    lift: float = 0.03,
    lift_sd: float = 0.02,
    margin_share: float = 0.30,
    channel: str = "phone",
    contact_cost: float = 1.0,
    human_minutes: float = 20.0,
    cost_per_minute: float = 1.0,
    late_ratio: float = 1.5,
    late_days: int = 14,
    late_months: float = 3.0,
    trend_share: float = 0.7,
) -> ir.Table:
    """Call a customer of high value who is late, or fell behind the base, worth a share of the year's sales.

    `lift` is the share (0 to 1) of the coming year's sales that stays because of it, `lift_sd` its standard deviation,
    `margin_share` the gross margin (0 to 1) where costs are unknown, `channel` how they are contacted, `contact_cost`
    and `cost_per_minute` house currency, `human_minutes` a customer. Late is who is idle for `late_ratio` own gaps
    between orders and `late_days` beyond one gap, or for `late_months` where a customer file reports months only.
    Behind is who stands under `trend_share` (0 to 1) of the base's trend and usually orders twice a quarter.
    """
    # A customer file tells idle months, not days: against a gap of days every customer would look late.
    behind = (stakes.overdue_ratio >= late_ratio) & (stakes.idle_days - stakes.cadence_days >= late_days)
    late = ibis.ifelse(stakes.reported, stakes.months_idle >= late_months, behind).fill_null(False)
    less = (stakes.own_trend < stakes.base_trend * trend_share).fill_null(False)
    # A quarter without an order is nothing new in a rhythm of quarters: it must be long enough to hold two.
    less = less & (stakes.cadence_days * 2.0 <= QUARTER_DAYS).fill_null(True)
    rows = stakes.mutate(late=late)
    rows = rows.filter(rows.stage.isin(("trial", "mature")) & (rows.value_tier == "high") & (late | less))
    why = Why(
        ibis.ifelse(rows.late, overdue(rows), "own_decline"),
        ibis.ifelse(rows.late, rows.idle_days.cast("float64"), rows.own_trend),
        ibis.ifelse(rows.late, rows.cadence_days.cast("float64"), rows.base_trend),
    )
    effort = Effort(channel, contact_cost, human_minutes, cost_per_minute)
    return offer(rows, rows.yearly_spend, Prior(lift, lift_sd), effort, margin_share, why)
