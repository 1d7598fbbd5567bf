"""The four corners of value and risk, and what is done in each."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("corner", "play"), subject=None, purpose="analytics")
def corners(value_risk: ir.Table) -> ir.Table:
    """How many buyers, how much value and how much of it at risk lie in each corner, by the play chosen for them.

    `play` is empty where doing nothing is best.
    """
    rows = value_risk.mutate(play=value_risk.play.fill_null(""))
    return rows.group_by("corner", "play").aggregate(
        customers=rows.count(),
        value=_sum(rows["value"]),
        value_at_risk=_sum(rows.value_at_risk),
        net=_sum(rows.net.fill_null(0.0)),
    )


def _sum(money: ir.FloatingColumn) -> ir.FloatingScalar:
    """A sum that does not depend on the order in which an engine adds."""
    return money.cast("decimal(38, 4)").sum().cast("float64")
