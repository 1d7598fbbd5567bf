"""Win back the level of a customer whose decline is the customer's own."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, offer
from motherlode.tables import play

# Causes of a decline that no action of ours undoes.
NOT_OURS = ("seasonal", "industry", "company")


@play
def retain(
    stakes: ir.Table,
    *,
    lift: float = 0.08,
    lift_sd: float = 0.05,
    margin_share: float = 0.30,
    channel: str = "phone",
    contact_cost: float = 1.0,
    human_minutes: float = 15.0,
    cost_per_minute: float = 1.0,
    voucher: float = 20.0,
    redeem_share: float = 0.10,
    own_share: float = 0.2,
    reported_loss_share: float = 0.5,
) -> ir.Table:
    """Talk to a customer whose decline neither season nor industry explains, worth a share of that part of it.

    A customer who falls no faster than the base gets no paid action, nor one whose fall season, industry or the
    customer's own business explains (`decline_causes`): the season comes back without it, and nothing brings back the
    others. Where ratings or visits speak against results with us being the cause, less is at stake. `lift` is the
    share (0 to 1) of the own loss that is undone because of it, `lift_sd` its standard deviation, `margin_share` the
    gross margin (0 to 1) where costs are unknown, `channel` how they are contacted, `contact_cost`, `cost_per_minute`
    and `voucher` house currency, `human_minutes` a customer, `redeem_share` the share (0 to 1) of vouchers redeemed,
    `own_share` the least share (0 to 1) of the level to be expected that must be missing, `reported_loss_share` the
    share (0 to 1) of a year's sales that counts as missing where a customer file reports no more than slowing down.
    """
    rows = stakes.filter((stakes.stage == "decline") & ~stakes.decline_cause.isin(NOT_OURS).fill_null(False))
    leveled = rows.own_trend.notnull() & rows.level.notnull()
    missing = (rows.base_trend - rows.own_trend) / rows.base_trend.nullif(0.0)
    rows = rows.mutate(leveled=leveled, missing=ibis.ifelse(leveled, missing, reported_loss_share))
    rows = rows.filter(rows.missing >= own_share)
    # One large order that went back must not make the level.
    level = ibis.least(rows.level, rows.former_yearly_spend).coalesce(rows.yearly_spend)
    missed = ibis.least(rows.missing, ibis.literal(1.0)) * level
    own = rows.loss_company + rows.loss_effect
    # Half of the own declines are taken to be about us where nothing tells: only what is known to be less counts less.
    ours = (rows.loss_effect / own.nullif(0.0) * 2.0).clip(upper=1.0).fill_null(1.0)
    at_stake = ibis.least(missed, own.coalesce(missed)) * ours
    why = Why(
        ibis.ifelse(rows.leveled, "own_decline", "overdue"),
        ibis.ifelse(rows.leveled, rows.own_trend, rows.idle_days.cast("float64")),
        ibis.ifelse(rows.leveled, rows.base_trend, rows.cadence_days.cast("float64")),
    )
    effort = Effort(channel, contact_cost, human_minutes, cost_per_minute, voucher, redeem_share)
    return offer(rows, at_stake, Prior(lift, lift_sd), effort, margin_share, why)
