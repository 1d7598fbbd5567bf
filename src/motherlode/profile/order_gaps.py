"""How long customers stay away between two orders."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

# Logarithms are kept in whole thousandths, so that their sums do not depend on the order of rows.
STEP = 1000


@table(key="customer_id", subject="customer_id", purpose="analytics")
def order_gaps(orders: ir.Table) -> ir.Table:
    """Gaps in days between the order days of each buyer: how many, how long, and how regular on a logarithmic scale."""
    known = orders.filter(orders.customer_id.notnull() & orders.ordered_on.notnull())
    before = known.ordered_on.lag().over(ibis.window(group_by="customer_id", order_by="ordered_on"))
    steps = known.select("customer_id", gap=known.ordered_on.delta(before, unit="day"))
    # Two orders on one day are one order day: no gap lies between them.
    steps = steps.mutate(gap=ibis.ifelse(steps.gap > 0, steps.gap.cast("float64"), ibis.null("float64")))
    steps = steps.mutate(log=(steps.gap.ln() * STEP).round().cast("int64"))
    counted = steps.group_by("customer_id").aggregate(
        gaps=steps.gap.count(),
        mean_gap_days=steps.gap.mean(),
        logs=steps.log.sum().cast("float64"),
        squares=(steps.log * steps.log).sum().cast("float64"),
    )
    mean = counted.logs / counted.gaps.nullif(0)
    spread = ibis.greatest(counted.squares - mean * counted.logs, 0.0) / (counted.gaps - 1).nullif(0)
    return counted.select(
        "customer_id",
        "gaps",
        "mean_gap_days",
        order_days=counted.gaps + 1,
        # A median of each customer's gaps would say much the same for six times the cost of all this.
        typical_gap_days=(mean / STEP).exp().round(2),
        log_gap_mean=mean / STEP,
        log_gap_deviation=ibis.ifelse(counted.gaps > 1, spread.sqrt() / STEP, ibis.null("float64")),
    )
