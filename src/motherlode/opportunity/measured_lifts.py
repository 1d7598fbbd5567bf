"""What plays were found to bring, from every list that was read out."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("play", "stage"), subject=None)
def measured_lifts(recorded_readouts: ir.Table, *, as_of: date) -> ir.Table:
    """Lift of each play, as a share of the margin at stake, by stage and (under an empty `stage`) over all stages.

    Each list counts with its latest reading, weighted by its precision. `lift_error` is the standard error.
    """
    known = recorded_readouts.filter(
        (recorded_readouts.read_on <= ibis.literal(as_of))
        & recorded_readouts.lift.notnull()
        & (recorded_readouts.lift_error > 0)
        & (recorded_readouts.play != "")
    )
    key = ["list", "play", "stage"]
    last = ibis.window(group_by=key, order_by=[known.read_on.desc(), known.lift, known.lift_error])
    placed = known.mutate(place=ibis.row_number().over(last))
    latest = placed.filter(placed.place == 0)
    latest = latest.mutate(weight=1.0 / (latest.lift_error * latest.lift_error))
    sums = latest.group_by("play", "stage").aggregate(
        lists=latest.count(),
        treated=latest.treated.sum(),
        held_out=latest.held_out.sum(),
        last_read_on=latest.read_on.max(),
        weight=latest.weight.sum(),
        weighed=(latest.weight * latest.lift).sum(),
    )
    return sums.select(
        "play",
        "stage",
        "lists",
        "treated",
        "held_out",
        "last_read_on",
        lift=(sums.weighed / sums.weight).round(9),
        lift_error=(1.0 / sums.weight.sqrt()).round(9),
    )
