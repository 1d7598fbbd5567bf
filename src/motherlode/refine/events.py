"""Behaviour."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="occurred_on", purpose="service")
def events(graded_events: ir.Table) -> ir.Table:
    """What customers did, a row an event; visitors that are not known yet carry only `anonymous_id`."""
    fine = graded_events.filter(graded_events.problem == "")
    return fine.drop("problem", "repairs", "worth", "happened_on", "loaded_at", "extra")
