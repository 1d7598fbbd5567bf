"""What the list asks of the house, and what it assumes."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.promises import by_play
from motherlode.tables import table


@table(key=("play", "stage"), subject=None, purpose="marketing")
def plan(ranked: ir.Table) -> ir.Table:
    """How many customers and how much money go to each play and stage, what for, and the lift that is assumed.

    `assumed_lift` is the value over the margin at stake, 0 to 1; `setting` names where it is set (under `[tables]`),
    until a measurement takes its place.
    """
    sums = by_play(ranked.filter(ranked.chosen), "stage")
    return sums.select(
        "play",
        "stage",
        "customers",
        "cost",
        "value",
        value_low=sums.value - sums.below,
        value_high=sums.value + sums.above,
        net=sums.value - sums.cost,
        at_stake=sums.at_stake,
        assumed_lift=sums.value / sums.at_stake.nullif(0.0),
        setting=ibis.ifelse(sums.at_stake.notnull(), sums.play.concat(".lift"), None),
        evidence_level=ibis.literal("E0"),
        assumed=ibis.literal(True),
    )
