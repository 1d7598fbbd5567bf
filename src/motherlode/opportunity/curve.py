"""How far down the list it pays: cost and value as the list grows."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.promises import MONEY, across_plays, by_play, exact_sum
from motherlode.tables import table

MOST_POINTS = 200
SUMMED = ("cost", "value", "below", "above")
# The return of fewer customers than this is luck rather than a margin.
MARGIN_CUSTOMERS = 50


@table(key="customers", subject=None, purpose="marketing")
def curve(ranked: ir.Table) -> ir.Table:
    """Up to 200 points of the cost, value and return of the first so many customers of the list, in rank order.

    `marginal_roi` is the return of the customers just before the point (50, or all since the last point where those
    are more). The interval takes all lifts of a play as one: they err together, not customer by customer; lifts of
    different plays err independently.
    """
    size = ranked.aggregate(listed=ranked.count())
    rows = _with_margin(ranked).cross_join(size)
    width = ibis.greatest((rows.listed / MOST_POINTS).ceil().cast("int64"), 1)
    rows = rows.mutate(width=width, point=((rows["rank"] - 1) / width).floor().cast("int64") + 1)
    sums = _running(rows)
    ends = _ends(rows)
    points = sums.inner_join(ends, "point")
    return points.select(
        "customers",
        "cost",
        "value",
        "value_low",
        "value_high",
        "marginal_roi",
        "chosen",
        net=points.value - points.cost,
        roi=(points.value - points.cost) / points.cost.nullif(0.0),
    )


def _with_margin(ranked: ir.Table) -> ir.Table:
    """Value and cost of the few customers up to each."""
    last_few = ibis.window(order_by=ranked["rank"], preceding=MARGIN_CUSTOMERS - 1, following=0)
    return ranked.mutate(
        few_value=ranked.value.cast(MONEY).sum().over(last_few).cast("float64"),
        few_cost=ranked.cost.cast(MONEY).sum().over(last_few).cast("float64"),
    )


def _running(rows: ir.Table) -> ir.Table:
    """Sums down to each point, with intervals: play by play first, as a play's customers err together."""
    sums = by_play(rows, "point")
    points = sums.select("point").distinct()
    grid = points.cross_join(sums.select("play").distinct())
    full = grid.left_join(sums, ["point", "play"]).drop("point_right", "play_right")
    down = ibis.window(group_by="play", order_by=full.point, preceding=None, following=0)
    money = {name: full[name].fill_null(0.0).cast(MONEY).sum().over(down).cast("float64") for name in SUMMED}
    running = full.select("point", **money)
    return running.group_by("point").aggregate(cost=exact_sum(running.cost), **across_plays(running))


def _ends(rows: ir.Table) -> ir.Table:
    """What each point ends with: the number of customers so far, and the return of the last of them."""
    spans = rows.group_by("point").aggregate(
        customers=rows["rank"].max(), span_value=exact_sum(rows.value), span_cost=exact_sum(rows.cost)
    )
    last = rows.select(customers="rank", few_value="few_value", few_cost="few_cost", chosen="chosen", width="width")
    ends = spans.inner_join(last, "customers")
    wide = ends.width >= MARGIN_CUSTOMERS
    value = ibis.ifelse(wide, ends.span_value, ends.few_value)
    cost = ibis.ifelse(wide, ends.span_cost, ends.few_cost)
    return ends.select("point", "customers", "chosen", marginal_roi=(value - cost) / cost.nullif(0.0))
