"""Yes and no, as imported."""

import ibis.expr.types as ir

from motherlode.expressions.merged import as_one
from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="changed_on", purpose="service")
def consents(graded_consents: ir.Table, merged_numbers: ir.Table) -> ir.Table:
    """What customers agreed to or refused, a row a statement; the last one of a purpose and channel counts."""
    fine = as_one(graded_consents.filter(graded_consents.problem == ""), merged_numbers)
    return fine.drop("problem", "repairs", "worth", "happened_on", "loaded_at", "extra")
