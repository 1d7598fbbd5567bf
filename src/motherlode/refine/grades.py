"""What became of the raw rows, counted once for all that ask."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("table", "source", "file", "problem", "repairs", "with_customer"), subject=None, purpose="service")
def grades(gradings: dict[str, ir.Table]) -> ir.Table:
    """Number and worth of raw rows by table, file, problem and repairs."""
    parts = [_count(name.removeprefix("graded_"), rows) for name, rows in gradings.items()]
    return ibis.union(*parts)


def _count(name: str, rows: ir.Table) -> ir.Table:
    rows = rows.mutate(with_customer=rows.customer_id.notnull())
    counted = rows.group_by("source", "file", "problem", "repairs", "with_customer").aggregate(
        rows=rows.count(), worth=rows.worth.sum().cast("decimal(18, 4)")
    )
    return counted.select(ibis.literal(name).name("table"), *counted.columns)
