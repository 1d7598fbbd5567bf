"""Past contacts whom people chose: they tell by habit whom an action is made for, and what it costs."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="touched_on", purpose="analytics")
def picks(touches: ir.Table, lots: ir.Table) -> ir.Table:
    """Contacts of past campaigns whom nobody drew by lot, with actions that were drawn by lot for others."""
    drawn = lots.filter(lots.treated).select("play").distinct()
    chosen = touches.filter(touches.propensity.isnull() & touches.customer_id.notnull() & touches.touched_on.notnull())
    chosen = chosen.filter(chosen.treated.fill_null(True)).semi_join(drawn, "play")
    return chosen.select(
        "source", "file", "row", "customer_id", "touched_on", "play", "channel",
        propensity=ibis.null("float64"),
        treated=ibis.literal(True),
        cost=chosen.cost.cast("float64"),
    )  # fmt: skip
