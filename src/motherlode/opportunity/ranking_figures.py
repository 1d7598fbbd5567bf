"""The figure of everybody by which a simpler ranking orders customers, where one is in use."""

import ibis.expr.types as ir

from motherlode.tables import table

# So many contacts with customers of a cell of RFM weigh as much as the answers of all.
ANSWERS_BELIEVED = 20.0
# The forecast of money paid.
PAYS = "pays_90d"


@table(key="customer_id", subject="customer_id", purpose="profiling")
def ranking_figures(
    ranking: ir.Table, features: ir.Table, rfm: ir.Table, scores: ir.Table, benchmarks: ir.Table, touches: ir.Table
) -> ir.Table:
    """The figure of each customer by the `ranking` in use; empty while the engine, or what was assumed, ranks.

    Money of the last year (past_spend), the sum of the marks for recency, frequency and money (rfm), money foretold
    (lifetime_value), distance from the benchmark peer (peer_headroom), or how often customers of the same marks
    answered (response_model).
    """
    used = ranking.filter(ranking.used).select(ranked_by="policy")
    marks = rfm.r + rfm.f + rfm.m
    paid = features.select("customer_id", figure=features.spend_365d.cast("float64"))
    foretold = scores.filter(scores.target == PAYS).select("customer_id", foretold="score")
    foretold = paid.left_join(foretold, "customer_id").drop("customer_id_right")
    of = {
        "past_spend": paid,
        "rfm": rfm.select("customer_id", figure=marks.cast("float64")),
        "lifetime_value": foretold.select("customer_id", figure=foretold.foretold.coalesce(foretold.figure)),
        "peer_headroom": benchmarks.select("customer_id", figure=benchmarks.peer_value - benchmarks.own_value),
        "response_model": _answers(rfm, touches),
    }
    parts = [rows.cross_join(used.filter(used.ranked_by == name)).drop("ranked_by") for name, rows in of.items()]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.union(part)
    return whole


def _answers(rfm: ir.Table, touches: ir.Table) -> ir.Table:
    """The share of contacts that customers of the same marks for recency and frequency answered."""
    treated = touches.filter(touches.treated.fill_null(True) & touches.responded.notnull())
    told = treated.inner_join(rfm.select("customer_id", "r", "f"), "customer_id")
    cells = told.group_by("r", "f").aggregate(contacts=told.count(), answers=told.count(where=told.responded))
    usual = told.aggregate(usual=told.responded.cast("float64").mean().fill_null(0.0))
    rows = rfm.select("customer_id", "r", "f").left_join(cells, ["r", "f"]).drop("r_right", "f_right").cross_join(usual)
    answers, contacts = (rows[name].fill_null(0).cast("float64") for name in ("answers", "contacts"))
    figure = (answers + rows.usual * ANSWERS_BELIEVED) / (contacts + ANSWERS_BELIEVED)
    return rows.select("customer_id", figure=figure)
