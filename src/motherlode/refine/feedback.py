"""What customers said."""

import ibis.expr.types as ir

from motherlode.expressions.merged import as_one
from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="given_on", purpose="service")
def feedback(graded_feedback: ir.Table, merged_numbers: ir.Table) -> ir.Table:
    """Reviews, ratings and tickets, a row a statement."""
    fine = as_one(graded_feedback.filter(graded_feedback.problem == ""), merged_numbers)
    return fine.drop("problem", "repairs", "worth", "happened_on", "loaded_at", "extra")
