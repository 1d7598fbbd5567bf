"""What the list asks of the house, and what it assumes."""

import ibis
import ibis.expr.types as ir

from motherlode.opportunity.offers import ASSUMED
from motherlode.opportunity.promises import by_play, exact_sum
from motherlode.tables import table


@table(key=("play", "stage"), subject=None, purpose="marketing")
def plan(ranked: ir.Table) -> ir.Table:
    """How many customers and how much money go to each play and stage, what for, and the lift that is expected.

    `assumed_lift` is what the play assumes, as a share (0 to 1) of the margin at stake; `setting` names where it is set
    (under `[tables]`). `lift` is what is expected by now: the same, until frozen lists have measured it.
    """
    chosen = ranked.filter(ranked.chosen)
    before = chosen.group_by("play", "stage").aggregate(
        assumed_value=exact_sum(chosen.assumed_value), level=chosen.evidence_level.min()
    )
    sums = by_play(chosen, "stage").left_join(before, ["play", "stage"]).drop("play_right", "stage_right")
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
        assumed_lift=sums.assumed_value / sums.at_stake.nullif(0.0),
        lift=sums.value / sums.at_stake.nullif(0.0),
        setting=ibis.ifelse(sums.at_stake.notnull(), sums.play.concat(".lift"), None),
        evidence_level=sums.level,
        assumed=sums.level.isin(ASSUMED),
    )
