"""Money spent on channels."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("source", "file", "row"), subject=None, happened_on="spent_on")
def spend(graded_spend: ir.Table) -> ir.Table:
    """What channels and campaigns cost, a row a period."""
    fine = graded_spend.filter(graded_spend.problem == "")
    return fine.drop("problem", "repairs", "worth", "happened_on", "loaded_at", "extra", "customer_id")
