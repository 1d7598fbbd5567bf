"""Follow up the deals that are still open."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, offer
from motherlode.tables import play

# A company that won fewer deals is nobody's example.
LEAST_WON = 3


@play
def advance_deal(
    stakes: ir.Table,
    open_deals: ir.Table,
    deals: ir.Table,
    customers: ir.Table,
    *,
    lift: float = 0.20,
    lift_sd: float = 0.12,
    margin_share: float = 0.30,
    channel: str = "phone",
    contact_cost: float = 1.0,
    human_minutes: float = 30.0,
    cost_per_minute: float = 1.0,
) -> ir.Table:
    """Call a company with open deals, worth a share of what is undecided about them: amount x chance x (1 - chance).

    A deal that is as good as won or lost has little left to decide. The peer is the company of the same industry (or
    of any, where none has) that won most. `lift` is what a call adds to the logarithm of the odds of winning, and so
    about the share (0 to 1) of the undecided part that it wins; `lift_sd` its standard deviation, `margin_share` the
    gross margin (0 to 1) where costs are unknown, `channel` how they are contacted, `contact_cost` and
    `cost_per_minute` house currency, `human_minutes` a customer.
    """
    whose = open_deals.filter(open_deals.customer_id.notnull())
    waiting = whose.group_by("customer_id").aggregate(
        waiting=whose.amount.sum(), expected=whose.expected_amount.sum(), undecided=whose.undecided.sum()
    )
    rows = stakes.inner_join(waiting, "customer_id").left_join(_peers(deals, customers), "customer_id")
    rows = rows.drop("customer_id_right", "peer_id").rename(peer_id="best_id")
    effort = Effort(channel, contact_cost, human_minutes, cost_per_minute)
    why = Why("deals_open", rows.waiting, rows.expected)
    return offer(rows, rows.undecided, Prior(lift, lift_sd, lowest=0.0), effort, margin_share, why)


def _peers(deals: ir.Table, customers: ir.Table) -> ir.Table:
    """For each company the one of its industry that won most money in deals, and is not itself."""
    won = deals.filter((deals.outcome == "won") & deals.customer_id.notnull())
    won = won.group_by("customer_id").aggregate(won=won.amount.sum().cast("float64"), times=won.count())
    named = customers.select("customer_id", industry=customers.industry.fill_null(""))
    best = won.filter(won.times >= LEAST_WON).inner_join(named, "customer_id")
    first = {"order_by": [best.won.desc(), best.customer_id]}
    best = best.mutate(
        of_all=ibis.row_number().over(**first), of_own=ibis.row_number().over(group_by="industry", **first)
    )
    rows = named
    for place in (0, 1):
        own = best.filter((best.of_own == place) & (best.industry != ""))
        own = own.select("industry", **{f"own_{place}": "customer_id"})
        rows = rows.left_join(own, "industry").drop("industry_right")
        rows = rows.cross_join(best.aggregate(**{f"all_{place}": best.customer_id.max(where=best.of_all == place)}))
    found = [
        ibis.ifelse(rows[name] == rows.customer_id, None, rows[name]) for name in ("own_0", "own_1", "all_0", "all_1")
    ]
    return rows.select("customer_id", best_id=ibis.coalesce(*found))
