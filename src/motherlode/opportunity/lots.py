"""Past contacts that were drawn by lot: the only ones that say what an action brings."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="touched_on", purpose="analytics")
def lots(touches: ir.Table) -> ir.Table:
    """Contacts and hold-outs of past campaigns whose `propensity` (chance by lot) is on record."""
    drawn = touches.filter((touches.propensity > 0) & touches.customer_id.notnull() & touches.touched_on.notnull())
    return drawn.select(
        "source", "file", "row", "customer_id", "touched_on", "propensity",
        play=drawn.play.fill_null(""),
        channel=drawn.channel,
        treated=drawn.treated.fill_null(True),
        cost=drawn.cost.cast("float64"),
    )  # fmt: skip
