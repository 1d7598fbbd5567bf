"""Segments that most businesses ask for first, ready-made."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("customer_id", "segment"), subject="customer_id", purpose="profiling")
def ready_segments(
    features: ir.Table,
    lifecycle: ir.Table,
    value_tiers: ir.Table,
    lookalike: ir.Table,
    *,
    promising_from: float = 0.8,
) -> ir.Table:
    """Who belongs to a ready-made segment, by rules: high potential without an order, loyal and valuable, about to go.

    Who never bought has high potential with a `score` of resemblance to the best, or with a deal that is open. Loyal
    are those of high value in the mature stage who are not dormant. About to go are those of high or middle value who
    are in decline or dormant.

    Parameters
    ----------
    promising_from
        Score (0 to 1) of resemblance from which a prospect is promising.
    """
    rows = features.select("customer_id", "orders_all", "deals_open")
    parts = (
        lifecycle.select("customer_id", "stage", "dormant"),
        value_tiers.select("customer_id", "value_tier"),
        lookalike.select("customer_id", "score"),
    )
    for part in parts:
        rows = rows.left_join(part, "customer_id").drop("customer_id_right")
    promising = (rows.score >= promising_from).fill_null(False) | (rows.deals_open > 0)
    going = (rows.stage == "decline") | (rows.dormant & (rows.stage != "lost"))
    segment = ibis.cases(
        ((rows.orders_all == 0) & promising, "high_potential_unconverted"),
        ((rows.value_tier == "high") & (rows.stage == "mature") & ~rows.dormant, "high_value_loyal"),
        (rows.value_tier.isin(("high", "mid")) & going, "churn_risk"),
    )
    return rows.select("customer_id", segment=segment).filter(segment.notnull())
