"""Yes and no, as imported."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="changed_on", purpose="service")
def consents(graded_consents: ir.Table) -> ir.Table:
    """What customers agreed to or refused, a row a statement; the last one of a purpose and channel counts."""
    fine = graded_consents.filter(graded_consents.problem == "")
    return fine.drop("problem", "repairs", "worth", "happened_on", "loaded_at", "extra")
