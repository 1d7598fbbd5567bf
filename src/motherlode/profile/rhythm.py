"""When each customer is due."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="analytics")
def rhythm(
    order_gaps: ir.Table, *, prior_gaps: float = 3.0, usual_gap_days: float = 30.0, slow_share: float = 0.95
) -> ir.Table:
    """Typical gap of each buyer: `cadence_days` is the own one, shrunk in logarithms towards everybody's.

    `slow_gap_days` is the same for all: the mean gap of the slowest of those who came back at all.

    Parameters
    ----------
    prior_gaps
        Weight of everybody's typical gap, in gaps of the customer's own.
    usual_gap_days
        Typical gap in days where nobody has come back yet.
    slow_share
        Part (0 to 1) of those who came back whose mean gap is below `slow_gap_days`.
    """
    both = order_gaps.cross_join(_everybody(order_gaps, slow_share))
    typical = both.everybody.fill_null(ibis.literal(usual_gap_days, "float64").ln())
    own = both.log_gap_mean.fill_null(0.0) * both.gaps
    return both.select(
        *order_gaps.columns,
        "slow_gap_days",
        cadence_days=((own + typical * prior_gaps) / (both.gaps + prior_gaps)).exp().round(2),
    )


def _everybody(own: ir.Table, slow_share: float) -> ir.Table:
    """The mean of customers' mean logarithms: one who orders daily counts as much as one who orders monthly."""
    back = own.filter(own.gaps > 0)
    # Summed in whole millionths, so that the sum does not depend on the order of rows.
    total = (back.log_gap_mean * 1_000_000).round().cast("int64").sum().cast("float64")
    return back.aggregate(
        everybody=total / back.count().nullif(0) / 1_000_000,
        slow_gap_days=back.mean_gap_days.quantile(slow_share),
    )
