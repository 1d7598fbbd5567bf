"""Rows set aside, none lost."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("table", "source", "file", "row", "problem"), subject="customer_id", purpose="service")
def quarantine(gradings: dict[str, ir.Table], broken: ir.Table) -> ir.Table:
    """Every raw row with a problem, and every line that was no row; what it said stands in `collect`, as it came."""
    parts = [_aside(name.removeprefix("graded_"), rows) for name, rows in gradings.items()]
    lines = broken.select(
        ibis.literal("").name("table"),
        "source",
        "file",
        "row",
        "problem",
        customer_id=ibis.null("string"),
        happened_on=ibis.null("date"),
        worth=ibis.null("decimal(18, 4)"),
    )
    return ibis.union(*parts, lines)


def _aside(name: str, rows: ir.Table) -> ir.Table:
    aside = rows.filter(rows.problem != "")
    return aside.select(
        ibis.literal(name).name("table"),
        "source",
        "file",
        "row",
        "problem",
        "customer_id",
        "happened_on",
        worth=aside.worth.cast("decimal(18, 4)"),
    )
