"""Value against risk: who is worth much and about to go, and the three other corners."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

LEAVES = "leaves_90d"
# From so many own gaps without an order on, somebody is at risk where no model says so.
LATE = 2.0
# What each corner is for; plays outside it are chosen all the same where they are worth more.
CORNERS = {
    (True, False): "keep_and_grow",
    (True, True): "save",
    (False, False): "develop",
    (False, True): "let_be",
}


@table(key="customer_id", subject="customer_id", purpose="profiling")
def value_risk(
    lifecycle: ir.Table, value_tiers: ir.Table, scores: ir.Table, ranked: ir.Table, *, least_risk: float = 0.0
) -> ir.Table:
    """The corner of each buyer: high value or not, at risk of leaving or not, and the play chosen for them.

    `risk` is the probability (0 to 1) of no order within 90 days by the model that won the backtest, and otherwise told
    by the customer's own rhythm (1 when late by two gaps or in decline, else 0). High value is the tier of that name.
    Corners: keep_and_grow (high value, safe: better service, more categories), save (high value, at risk: a person
    calls), develop (low value, safe: cheap offers), let_be (low value, at risk: no more than a reminder).

    Parameters
    ----------
    least_risk
        Probability from which somebody is at risk; 0: above that of all buyers together.
    """
    rows = value_tiers.select("customer_id", "value_tier", value=value_tiers["value"].cast("float64"))
    rows = rows.inner_join(lifecycle.select("customer_id", "stage", "overdue_ratio"), "customer_id")
    rows = rows.filter(rows.stage.isin(("trial", "mature", "decline")))
    leaving = scores.filter(scores.target == LEAVES).select("customer_id", forecast="score")
    rows = rows.left_join(leaving, "customer_id").drop("customer_id_right")
    late = (rows.overdue_ratio >= LATE).fill_null(False) | (rows.stage == "decline")
    rows = rows.mutate(risk=rows.forecast.coalesce(ibis.ifelse(late, 1.0, 0.0)))
    usual = rows.aggregate(usual=rows.risk.mean())
    rows = rows.cross_join(usual)
    limit = ibis.literal(float(least_risk))
    at_risk = ibis.ifelse(limit > 0, rows.risk >= limit, rows.risk > rows.usual)
    high = rows.value_tier == "high"
    corner = ibis.cases(
        *(((high == ibis.literal(is_high)) & (at_risk == ibis.literal(is_at_risk)), name)
          for (is_high, is_at_risk), name in CORNERS.items()),
        else_="develop",
    )  # fmt: skip
    chosen = ranked.filter(ranked.chosen).select("customer_id", "play", "net")
    rows = rows.mutate(corner=corner).left_join(chosen, "customer_id").drop("customer_id_right")
    return rows.select(
        "customer_id",
        "stage",
        "value_tier",
        "value",
        "corner",
        "play",
        "net",
        risk=rows.risk.round(4),
        value_at_risk=(rows["value"] * rows.risk).round(4),
    )
