"""Won or lost: what came of customers of whom somebody had said how likely the action is to pay."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.expressions.merged import as_one
from motherlode.tables import table

OUTCOMES = ("won", "lost")


@table(key="customer_id", subject="customer_id", purpose="analytics")
def judged_outcomes(
    recorded_judgements: ir.Table,
    follow_ups: ir.Table,
    merged_numbers: ir.Table,
    *,
    as_of: date,
    judged_days: int = 90,
) -> ir.Table:
    """A row a customer who was won (`happened` 1) or lost (0) and whom an expert had scored in `judged_days` before.

    The last such score of the same action, or of all actions, counts. `figures_score` is what the figures alone said on
    the day of the score.
    """
    ended = follow_ups.filter(follow_ups.follow_up.isin(OUTCOMES) & (follow_ups.made_on <= ibis.literal(as_of)))
    ended = ended.select("customer_id", "follow_up", about="play", ended_on="made_on")
    said = as_one(recorded_judgements, merged_numbers)
    said = said.filter(said.score.notnull() & said.figures_score.notnull())
    rows = ended.inner_join(said, "customer_id")
    same = (rows.play == "") | (rows.about.fill_null("") == "") | (rows.play == rows.about)
    rows = rows.filter(same & within(rows.made_on, rows.ended_on, days=judged_days))
    last = ibis.window(group_by="customer_id", order_by=rows.judgement_id.desc())
    rows = rows.mutate(place=ibis.row_number().over(last))
    return rows.filter(rows.place == 0).select(
        "customer_id",
        "ended_on",
        play=rows.about.fill_null(""),
        expert_score="score",
        figures_score="figures_score",
        happened=(rows.follow_up == "won").cast("float64"),
    )
