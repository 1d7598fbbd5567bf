"""What customers said."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="given_on", purpose="service")
def feedback(graded_feedback: ir.Table) -> ir.Table:
    """Reviews, ratings and tickets, a row a statement."""
    fine = graded_feedback.filter(graded_feedback.problem == "")
    return fine.drop("problem", "repairs", "worth", "happened_on", "loaded_at", "extra")
