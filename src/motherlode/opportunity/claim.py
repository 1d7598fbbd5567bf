"""What the list promises, to be held against what it delivers."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import ASSUMED
from motherlode.opportunity.promises import across_plays, by_play, exact_sum
from motherlode.tables import table


@table(key="as_of", subject=None, purpose="marketing")
def claim(ranked: ir.Table, cut_lines: ir.Table, *, as_of: date) -> ir.Table:
    """One row: what the chosen customers should bring beyond doing nothing, and what they cost.

    `evidence_level` is the lowest of those on the list: as long as it is E0, some of it is assumed. The interval (10 %
    to 90 %) takes the lifts of different plays as independent, the lift of a play as one for all its customers, and
    what is at stake with all of them as known to 20 %.
    `optimality_gap` is the share of what the best list within the limits could earn that this one may miss. `novelty`
    is the share (0 to 1) of the chosen who are not among as many top customers by value.
    """
    chosen = ranked.filter(ranked.chosen)
    plays = by_play(chosen)
    promised = plays.aggregate(cost=exact_sum(plays.cost).fill_null(0.0), **across_plays(plays))
    novel = chosen.aggregate(
        customers=chosen.count(),
        novel_customers=chosen.count(where=chosen.novel),
        level=chosen.evidence_level.min(),
        hurdle=chosen.hurdle.max(),
        bound=chosen.bound.max(),
    )
    whole = promised.cross_join(novel).cross_join(_stops(cut_lines))
    aim = whole.value - whole.cost * (whole.hurdle.fill_null(0.0) + 1.0)
    gap = ibis.greatest((whole.bound - aim) / whole.bound.nullif(0.0), 0.0)
    return whole.mutate(
        optimality_gap=gap,
        as_of=ibis.literal(as_of),
        net=whole.value - whole.cost,
        novelty=whole.novel_customers / whole.customers.nullif(0),
        evidence_level=whole.level.fill_null("E0"),
        assumed=whole.level.fill_null("E0").isin(ASSUMED),
    ).drop("level", "bound", "hurdle")


def _stops(lines: ir.Table) -> ir.Table:
    """The number of customers at each line, and the profit of one more yuan at the budget's."""
    stops = {
        f"{line}_customers": lines.customers.max(where=lines.line == line)
        for line in ("roi_peak", "hurdle", "profit_peak")
    }
    return lines.aggregate(**stops, shadow_price=lines.shadow_price.max(where=lines.line == "budget").fill_null(0.0))
