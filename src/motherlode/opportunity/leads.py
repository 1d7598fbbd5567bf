"""Who has not been won yet, in the order in which they are likely to be."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.candidates import UNRECORDED
from motherlode.tables import table

# Outcomes that can still come, the one that says more first.
CAN_COME = ("converted", "responded")


@table(key="customer_id", subject="customer_id", purpose="marketing")
def leads(outcome_scores: ir.Table, features: ir.Table, contactable: ir.Table) -> ir.Table:
    """Customers without an order whose file says that they were not won, or did not answer, by their chance to.

    `score` is the chance that a model gives, which has learnt from others (`predict.outcome_scores`), `base_rate` the
    part of all who were. Only where a model told the outcome better than chance. There is no value here: what somebody
    who is won brings is not known. Who has refused to be contacted is not listed.
    """
    scored = outcome_scores.filter(outcome_scores.target.isin(CAN_COME))
    base = scored.group_by("target").aggregate(base_rate=scored.outcome.cast("float64").mean())
    won = scored.filter(scored.outcome).select("customer_id", "target").distinct()
    rows = scored.filter(~scored.outcome & scored.customer_id.notnull()).anti_join(won, ["customer_id", "target"])
    rows = rows.inner_join(base, "target")
    bought = features.filter(features.orders_all > 0)
    refused = contactable.filter(~contactable.verdict.isin(("", *UNRECORDED)))
    rows = rows.anti_join(bought, "customer_id").anti_join(refused, "customer_id")
    order = [(rows.target != CAN_COME[0]), rows.score.desc(), rows["case"]]
    rows = rows.mutate(place=ibis.row_number().over(ibis.window(group_by="customer_id", order_by=order)))
    rows = rows.filter(rows.place == 0)
    first = ibis.window(order_by=[rows.score.desc(), rows.customer_id])
    return rows.select(
        "customer_id",
        "target",
        "score",
        "base_rate",
        "reason_1",
        "answer_1",
        "effect_1",
        "reason_2",
        "answer_2",
        "effect_2",
        lead_rank=ibis.row_number().over(first) + 1,
    )
