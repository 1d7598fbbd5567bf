"""The four corners of value and risk, and what is done in each."""

import ibis.expr.types as ir

from motherlode.expressions.sums import exact_sum
from motherlode.tables import table


@table(key=("corner", "play"), subject=None, purpose="analytics")
def corners(value_risk: ir.Table) -> ir.Table:
    """How many buyers, how much value and how much of it at risk lie in each corner, by the play chosen for them.

    `play` is empty where doing nothing is best.
    """
    rows = value_risk.mutate(play=value_risk.play.fill_null(""))
    return rows.group_by("corner", "play").aggregate(
        customers=rows.count(),
        value=exact_sum(rows["value"]),
        value_at_risk=exact_sum(rows.value_at_risk),
        net=exact_sum(rows.net.fill_null(0.0)),
    )
