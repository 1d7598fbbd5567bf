"""What could be done for everybody, valued by the ranking that is in use."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.candidates import p_positive
from motherlode.opportunity.engine.registry import COLD, ENGINE
from motherlode.tables import table

# What is spread over the customers of a play.
SPREAD = ("value", "value_low", "value_high", "assumed_value", "assumed_high", "at_stake")
EXACT = "decimal(38, 4)"


@table(key=("customer_id", "play"), subject="customer_id", purpose="marketing", stored=False)
def valued(
    candidates: ir.Table,
    ranking: ir.Table,
    ranking_figures: ir.Table,
) -> ir.Table:
    """Candidates with the values of the `ranking` in use, `ranked_by`: the engine's own, or those of a simpler one.

    `cold_start` values by what was assumed before any experiment. The other simple rankings keep what each play is
    worth in all and divide it among its customers by their `ranking_figures`.
    """
    used = ranking.filter(ranking.used).select(ranked_by="policy")
    plain = candidates.cross_join(used)
    simple = plain.filter(~plain.ranked_by.isin((ENGINE, COLD))).select("customer_id", "play", *SPREAD)
    simple = simple.left_join(ranking_figures, "customer_id").drop("customer_id_right")
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
