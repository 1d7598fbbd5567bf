"""Contacts of the past."""

import ibis.expr.types as ir

from motherlode.expressions.merged import as_one
from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="touched_on", purpose="service")
def touches(graded_touches: ir.Table, merged_numbers: ir.Table) -> ir.Table:
    """Who was contacted, held out or answered, a row a contact."""
    fine = as_one(graded_touches.filter(graded_touches.problem == ""), merged_numbers)
    return fine.drop("problem", "repairs", "worth", "happened_on", "loaded_at", "extra")
