"""The list: at most one action a customer, in the order in which a yuan earns, cut where the next one stops paying."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import number
from motherlode.opportunity.promises import MONEY
from motherlode.tables import table

# The line of the highest return needs this many customers, or this share of them, to be more than luck.
PEAK_CUSTOMERS = 30
PEAK_SHARE = 0.005

# Channels that need nobody's time.
AUTOMATED = ("email", "sms", "wecom", "app")
# By what small customers are put together, the finest first; the last is the action alone.
TOGETHER = (
    ("play", "stage", "value_tier", "interest"),
    ("play", "stage", "value_tier"),
    ("play", "stage"),
    ("play",),
)

# What a limit that has no more room says.
FULL = {"money": "over_budget", "channel": "channel_full", "owner": "owner_full", "pilot": "pilot_full"}

COLUMNS = (
    "rank", "customer_id", "stage", "value_tier", "play", "offered", "reason", "actual", "benchmark", "peer_id",
    "second_reason", "second_actual", "second_benchmark",
    "first_move", "first_days", "then_move", "then_days",
    "value", "value_low", "value_high", "cost", "net", "roi", "p_positive", "at_stake",
    "cumulative_cost", "cumulative_value", "cut_line", "chosen", "verdict", "contact", "novel",
    "channel", "margin_share", "evidence_level", "assumed", "assumed_value", "assumed_high",
    "expires_on", "shadow_price", "capacity_price", "hurdle", "bound", "micro_segment",
    "expert_score", "figures_score", "figures_value", "ranked_by",
)  # fmt: skip


@table(key="customer_id", subject="customer_id", purpose="marketing")
def ranked(
    valued: ir.Table,
    allocation: ir.Table,
    value_tiers: ir.Table,
    habits: ir.Table,
    benchmarks: ir.Table,
    *,
    as_of: date,
    hurdle: float = 0.0,
    valid_days: int = 30,
    alone_from: float = 20.0,
    least_members: int = 200,
) -> ir.Table:
    """One action a customer, best first: what it should bring beyond doing nothing, less what it costs.

    `hurdle` is the profit that each yuan must earn, as a share of it, `valid_days` the days for which the list holds.
    How much money and capacity there is, is set here too: see `shadow_prices`. The order is value - (1 + p) x cost -
    `capacity_price`, where p is the larger of `hurdle` and `shadow_price`, the profit that one more yuan of budget
    would earn (0 where the budget does not bind), and `capacity_price` what the same contact would earn with somebody
    else. The `chosen` come first. `cut_line` names the innermost line around a row: roi_peak (the return of the whole
    is highest), budget (money and capacity), hurdle, profit_peak (it still pays by itself), below. `novel` marks the
    chosen who are not among as many top customers by value. `micro_segment` is the group as part of which somebody is
    treated whose action earns less than `alone_from` (house currency: what it costs a person to look at one customer)
    and goes by a channel that needs nobody; empty for who is treated alone. Groups are of one action, stage, value tier
    and main category, and wider where fewer than `least_members` would be together. `bound` is what no list within the
    limits could exceed. `ranked_by` is the ranking that the values are of: the engine's, or a simpler one (`ranking`).
    `first_move` and `then_move` are what winners who began like the customer did in this order (`benchmarks`), so many
    days after their first order.
    """
    spent = allocation.select("customer_id", "play", "chosen", "money_price", "capacity_price", "held_back_by", "bound")
    rows = valued.inner_join(spent, ["customer_id", "play"]).mutate(hurdle=number(hurdle))
    above = (rows.money_price > rows.hurdle).ifelse(rows.money_price, 0.0)
    rows = rows.mutate(
        shadow_price=above, score=rows.value - rows.cost * (rows.money_price + 1.0) - rows.capacity_price
    )
    listed = _cut(_in_order(rows))
    listed = _with_novelty(listed, value_tiers)
    interest = habits.select("customer_id", interest=habits.main_category.fill_null(""))
    listed = listed.left_join(interest, "customer_id").drop("customer_id_right")
    listed = _put_together(listed, alone_from, least_members)
    did = benchmarks.select("customer_id", "first_move", "first_days", "then_move", "then_days")
    listed = listed.left_join(did, "customer_id").drop("customer_id_right")
    return listed.mutate(expires_on=ibis.literal(as_of + timedelta(days=valid_days))).select(*COLUMNS)


def _in_order(rows: ir.Table) -> ir.Table:
    order = [rows.chosen.desc(), rows.score.desc(), rows.customer_id]
    down = ibis.window(order_by=order, preceding=None, following=0)
    listed = rows.mutate(
        rank=ibis.row_number().over(ibis.window(order_by=order)) + 1,
        cumulative_cost=rows.cost.cast(MONEY).sum().over(down).cast("float64"),
        cumulative_value=rows.value.cast(MONEY).sum().over(down).cast("float64"),
    )
    earned = listed.cumulative_value - listed.cumulative_cost
    return listed.mutate(cumulative_roi=earned / listed.cumulative_cost.nullif(0.0))


def _cut(listed: ir.Table) -> ir.Table:
    """Name the line that each row lies within, and why those left out were."""
    priced = (listed.shadow_price > 0) | (listed.capacity_price > 0) | (listed.held_back_by != "")
    size = listed.aggregate(
        customers=listed.count(), affordable=listed.count(where=listed.chosen), scarce=priced.any().fill_null(False)
    )
    enough = ibis.greatest((size.customers * PEAK_SHARE).ceil().cast("int64"), PEAK_CUSTOMERS)
    size = size.mutate(at_least=ibis.least(enough, size.affordable))
    rows = listed.cross_join(size)
    deep = rows.filter(rows.chosen & (rows.rank >= rows.at_least))
    best = deep.aggregate(best_roi=deep.cumulative_roi.max())
    rows = rows.cross_join(best)
    peak = rows.aggregate(peak=rows.rank.max(where=rows.chosen & (rows.cumulative_roi == rows.best_roi)))
    rows = rows.cross_join(peak)
    above_hurdle = rows.value > rows.cost * (rows.hurdle + 1.0)
    line = ibis.cases(
        ((rows.rank <= rows.peak).fill_null(False), "roi_peak"),
        (rows.chosen & rows.scarce, "budget"),
        ((rows.chosen | above_hurdle) & (rows.hurdle > 0), "hurdle"),
        (rows.net > 0, "profit_peak"),
        else_="below",
    )
    full = [(rows.held_back_by == limit, verdict) for limit, verdict in FULL.items()]
    verdict = ibis.cases((rows.chosen, ""), *full, (rows.net > 0, "below_hurdle"), else_="does_not_pay")
    return rows.mutate(cut_line=line, verdict=verdict)


def _with_novelty(listed: ir.Table, value_tiers: ir.Table) -> ir.Table:
    top_first = ibis.window(order_by=[value_tiers.value.desc(), value_tiers.customer_id])
    by_value = value_tiers.select("customer_id", value_rank=ibis.row_number().over(top_first) + 1)
    rows = listed.left_join(by_value, "customer_id").drop("customer_id_right")
    among_top = (rows.value_rank <= rows.affordable).fill_null(False)
    return rows.mutate(novel=rows.chosen & ~among_top)


def _put_together(listed: ir.Table, alone_from: float, least_members: int) -> ir.Table:
    """Name the group of chosen customers who are too small to be treated one by one."""
    small = listed.chosen & (listed.net < number(alone_from)) & listed.channel.isin(AUTOMATED)
    rows = listed.mutate(
        interest=listed.interest.fill_null(""), small=small.fill_null(False), micro_segment=ibis.null("string")
    )
    for keys in TOGETHER:
        left = rows.small & rows.micro_segment.isnull()
        left = left & (rows.interest != "") if "interest" in keys else left
        name = rows[keys[0]]
        for key in keys[1:]:
            name = name.concat("/", rows[key])
        rows = rows.mutate(name=ibis.ifelse(left, name, ibis.null("string")))
        members = rows.name.count().over(ibis.window(group_by="name"))
        enough = members >= (least_members if len(keys) > 1 else 1)
        rows = rows.mutate(micro_segment=rows.micro_segment.coalesce(ibis.ifelse(enough, rows.name, None)))
        rows = rows.drop("name")
    return rows
