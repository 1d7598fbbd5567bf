"""What is expected of every play, stage by stage and tier by tier, and on what evidence."""

import ibis.expr.types as ir

from motherlode.opportunity.offers import ASSUMED
from motherlode.opportunity.promises import exact_sum
from motherlode.tables import table

CELL = ("play", "stage", "value_tier")


@table(key=CELL, subject=None, purpose="analytics")
def expected_lifts(candidates: ir.Table, measured_lifts: ir.Table, tried_lifts: ir.Table) -> ir.Table:
    """The lift by which the play's customers of a stage and value tier are valued now, beside what it assumed.

    `lift`, with its 10 % and 90 % points, is a share of the margin at stake. `treated` and `held_out` are those of
    frozen lists and past campaigns in the cell itself: where they are 0, the lift is assumed (E0, E1) or that of other
    stages and tiers (E2 and above), as far as these were found to be alike.
    """
    cells = candidates.group_by(*CELL).aggregate(
        customers=candidates.count(),
        at_stake=exact_sum(candidates.at_stake),
        assumed_value=exact_sum(candidates.assumed_value),
        value=exact_sum(candidates.value),
        value_low=exact_sum(candidates.value_low),
        value_high=exact_sum(candidates.value_high),
        evidence_level=candidates.evidence_level.min(),
    )
    trials = measured_lifts.select(*CELL, "treated", "held_out").union(tried_lifts.select(*CELL, "treated", "held_out"))
    trials = trials.group_by(*CELL).aggregate(
        **{name: trials[name].sum().cast("int64") for name in ("treated", "held_out")}
    )
    rows = cells.left_join(trials, list(CELL)).drop(*(f"{name}_right" for name in CELL))
    stake = rows.at_stake.nullif(0.0)
    return rows.select(
        *CELL,
        "customers",
        assumed_lift=(rows.assumed_value / stake).round(6),
        lift=(rows.value / stake).round(6),
        lift_low=(rows.value_low / stake).round(6),
        lift_high=(rows.value_high / stake).round(6),
        evidence_level=rows.evidence_level,
        assumed=rows.evidence_level.isin(ASSUMED),
        treated=rows.treated.fill_null(0),
        held_out=rows.held_out.fill_null(0),
    )
