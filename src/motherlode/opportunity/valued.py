"""What could be done for everybody, valued by the ranking that is in use."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.candidates import p_positive
from motherlode.opportunity.engine.registry import COLD
from motherlode.tables import table

# What is spread over the customers of a play.
SPREAD = ("value", "value_low", "value_high", "assumed_value", "assumed_high", "at_stake")
EXACT = "decimal(38, 4)"
# So many contacts with customers of a cell of RFM weigh as much as the answers of all.
ANSWERS_BELIEVED = 20.0
# The forecast of money paid.
PAYS = "pays_90d"


@table(key=("customer_id", "play"), subject="customer_id", purpose="marketing", stored=False)
def valued(
    candidates: ir.Table,
    ranking: ir.Table,
    features: ir.Table,
    rfm: ir.Table,
    scores: ir.Table,
    benchmarks: ir.Table,
    touches: ir.Table,
) -> ir.Table:
    """Candidates with the values of the `ranking` in use, `ranked_by`: the engine's own, or those of a simpler one.

    `cold_start` values by what was assumed before any experiment. The other simple rankings keep what each play is
    worth in all and divide it among its customers by a figure of theirs: money of the last year (past_spend), the
    marks for recency, frequency and money (rfm), money foretold (lifetime_value), distance from the benchmark peer
    (peer_headroom), or how often customers of the same marks answered (response_model).
    """
    used = ranking.filter(ranking.used).select(ranked_by="policy")
    figures = _figures(used, features, rfm, scores, benchmarks, touches)
    plain = candidates.cross_join(used)
    simple = plain.select("customer_id", "play", *SPREAD).cross_join(figures.select("by").distinct())
    simple = simple.left_join(figures.select("customer_id", "figure"), "customer_id").drop("customer_id_right", "by")
    simple = simple.mutate(figure=ibis.greatest(simple.figure.fill_null(0.0), 0.0).cast(EXACT))
    of_play = ibis.window(group_by="play")
    share = simple.figure.cast("float64") / simple.figure.sum().over(of_play).cast("float64").nullif(0.0)
    simple = simple.select(
        "customer_id",
        "play",
        **{f"{name}_spread": share.fill_null(0.0) * _whole(simple[name]).over(of_play) for name in SPREAD},
    )
    rows = plain.left_join(simple, ["customer_id", "play"]).drop("customer_id_right", "play_right")
    assumed = rows.ranked_by == COLD
    cold = {
        "value": rows.assumed_value,
        "value_low": rows.assumed_value * 2.0 - rows.assumed_high,
        "value_high": rows.assumed_high,
    }
    kept = {name: ibis.ifelse(assumed, cold[name], rows[name]) if name in cold else rows[name] for name in SPREAD}
    rows = rows.mutate(**{name: rows[f"{name}_spread"].round(4).coalesce(kept[name]) for name in SPREAD})
    by_engine = rows.value_spread.isnull() & ~assumed
    rows = rows.mutate(p_positive=ibis.ifelse(by_engine, rows.p_positive, p_positive(rows)))
    rows = rows.drop(*(f"{name}_spread" for name in SPREAD))
    return rows.mutate(
        net=(rows.value - rows.cost).round(4),
        roi=(rows.value - rows.cost) / rows.cost.nullif(0.0),
    )


def _whole(money: ir.FloatingColumn) -> ir.FloatingScalar:
    return money.cast(EXACT).sum().cast("float64")


def _figures(
    used: ir.Table, features: ir.Table, rfm: ir.Table, scores: ir.Table, benchmarks: ir.Table, touches: ir.Table
) -> ir.Table:
    """Everybody's figure of the ranking in use; none where the engine is."""
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
    parts = [
        rows.mutate(by=ibis.literal(name)).cross_join(used.filter(used.ranked_by == name)).drop("ranked_by")
        for name, rows in of.items()
    ]
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
