"""Who brings most of the money."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="profiling")
def value_tiers(yearly_value: ir.Table, *, high_until: float = 0.80, mid_until: float = 0.95) -> ir.Table:
    """Customers from the most valuable down: high make up the first 80 % of the year's value, mid the next 15 %.

    Parameters
    ----------
    high_until, mid_until
        Parts (0 to 1) of all value at which the tiers end; the customer who crosses a line is still above it.
    """
    money = yearly_value.value.cast("decimal(18, 4)")
    rows = yearly_value.mutate(money=money)
    down = ibis.window(order_by=[rows.money.desc(), rows.customer_id], preceding=None, following=0)
    running = rows.mutate(
        total=rows.money.sum().over(ibis.window()).cast("float64"),
        running=rows.money.sum().over(down).cast("float64"),
        value_rank=ibis.row_number().over(ibis.window(order_by=[rows.money.desc(), rows.customer_id])) + 1,
    )
    total = running.total.nullif(0)
    above = (running.running - running.money.cast("float64")) / total
    tier = ibis.cases(
        (running.money <= 0, "none"), (above < high_until, "high"), (above < mid_until, "mid"), else_="low"
    )
    return running.select(
        "customer_id",
        "value",
        "basis",
        "value_rank",
        share=running.value / total,
        cumulative_share=running.running / total,
        value_tier=tier,
    )
