"""The list: at most one action a customer, in the order in which a yuan earns, cut where the next one stops paying."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.allocation import MONEY, paid, shadow_price
from motherlode.opportunity.offers import number
from motherlode.tables import table

# The line of the highest return needs this many customers, or this share of them, to be more than luck.
PEAK_CUSTOMERS = 30
PEAK_SHARE = 0.005

COLUMNS = (
    "rank", "customer_id", "stage", "value_tier", "play", "reason", "actual", "benchmark", "peer_id",
    "second_reason", "second_actual", "second_benchmark",
    "value", "value_low", "value_high", "cost", "net", "roi", "p_positive", "at_stake",
    "cumulative_cost", "cumulative_value", "cut_line", "chosen", "verdict", "contact", "novel",
    "channel", "margin_share", "evidence_level", "assumed", "assumed_value", "assumed_high",
    "expires_on", "shadow_price", "hurdle",
)  # fmt: skip


@table(key="customer_id", subject="customer_id", purpose="marketing")
def ranked(
    candidates: ir.Table,
    steps: ir.Table,
    value_tiers: ir.Table,
    *,
    as_of: date,
    budget: float | None = None,
    hurdle: float = 0.0,
    valid_days: int = 30,
) -> ir.Table:
    """One action a customer, best first: what it should bring beyond doing nothing, less what it costs.

    `budget` is all the money there is, in house currency (none: no limit), `hurdle` the profit that each yuan must
    earn, as a share of it, `valid_days` the days for which the list holds. The order is value - (1 + p) x cost, where
    p is the larger of `hurdle` and `shadow_price`, the profit that one more yuan of budget would earn (0 where the
    budget does not bind). The `chosen` come first. `cut_line` names the innermost line around a row: roi_peak (the
    return of the whole is highest), budget, hurdle, profit_peak (it still pays by itself), below. `novel` marks the
    chosen who are not among as many top customers by value.
    """
    payments = paid(steps, budget, hurdle)
    price = payments.aggregate(shadow_price=shadow_price(payments)).mutate(hurdle=number(hurdle))
    price = price.mutate(price=ibis.greatest(price.shadow_price, price.hurdle) + 1.0)
    rows = _one_a_customer(candidates, payments, price)
    listed = _cut(_in_order(rows))
    listed = _with_novelty(listed, value_tiers)
    return listed.mutate(expires_on=ibis.literal(as_of + timedelta(days=valid_days))).select(*COLUMNS)


def _one_a_customer(candidates: ir.Table, payments: ir.Table, price: ir.Table) -> ir.Table:
    """The play that the money goes to; for everybody else the best one at the price of money."""
    able = candidates.filter(candidates.verdict == "")
    last = payments.filter(payments.taken).group_by("customer_id").aggregate(step=ibis._.step.max())
    paid_for = last.inner_join(payments, ["customer_id", "step"]).select(
        "customer_id", "play", chosen=ibis.literal(True)
    )
    # Only what the choice needs goes through the window: the facts of eight million candidates are wide.
    rest = able.anti_join(paid_for, "customer_id").select("customer_id", "play", "value", "cost").cross_join(price)
    scored = rest.mutate(score=rest.value - rest.cost * rest.price)
    best_first = ibis.window(group_by="customer_id", order_by=[scored.score.desc(), scored.cost, scored.play])
    placed = scored.mutate(place=ibis.row_number().over(best_first))
    passed = placed.filter(placed.place == 0).select("customer_id", "play", chosen=ibis.literal(False))
    rows = able.inner_join(paid_for.union(passed), ["customer_id", "play"]).cross_join(price)
    return rows.mutate(score=rows.value - rows.cost * rows.price)


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
    size = listed.aggregate(customers=listed.count(), affordable=listed.count(where=listed.chosen))
    enough = ibis.greatest((size.customers * PEAK_SHARE).ceil().cast("int64"), PEAK_CUSTOMERS)
    size = size.mutate(at_least=ibis.least(enough, size.affordable))
    rows = listed.cross_join(size)
    deep = rows.filter(rows.chosen & (rows.rank >= rows.at_least))
    best = deep.aggregate(best_roi=deep.cumulative_roi.max())
    rows = rows.cross_join(best)
    peak = rows.aggregate(peak=rows.rank.max(where=rows.chosen & (rows.cumulative_roi == rows.best_roi)))
    rows = rows.cross_join(peak)
    above_hurdle = rows.value > rows.cost * (rows.hurdle + 1.0)
    limited = rows.shadow_price > rows.hurdle
    line = ibis.cases(
        ((rows.rank <= rows.peak).fill_null(False), "roi_peak"),
        (rows.chosen & limited, "budget"),
        ((rows.chosen | above_hurdle) & (rows.hurdle > 0), "hurdle"),
        (rows.net > 0, "profit_peak"),
        else_="below",
    )
    verdict = ibis.cases(
        (rows.chosen, ""), (above_hurdle, "over_budget"), (rows.net > 0, "below_hurdle"), else_="does_not_pay"
    )
    return rows.mutate(cut_line=line, verdict=verdict)


def _with_novelty(listed: ir.Table, value_tiers: ir.Table) -> ir.Table:
    top_first = ibis.window(order_by=[value_tiers.value.desc(), value_tiers.customer_id])
    by_value = value_tiers.select("customer_id", value_rank=ibis.row_number().over(top_first) + 1)
    rows = listed.left_join(by_value, "customer_id").drop("customer_id_right")
    among_top = (rows.value_rank <= rows.affordable).fill_null(False)
    return rows.mutate(novel=rows.chosen & ~among_top)
