"""How much of the range a customer buys."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.tables import feature

BOUGHT = ("sale", "refunded")


@feature(absent=0)
def products_365d(order_lines: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of different products bought in the last year."""
    return order_lines.product_id.nunique(where=_bought(order_lines, as_of))


@feature(absent=0)
def categories_365d(order_lines: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of different categories bought from in the last year."""
    return order_lines.category.nunique(where=_bought(order_lines, as_of))


def _bought(lines: ir.Table, as_of: date) -> ir.BooleanValue:
    return lines.kind.isin(BOUGHT) & within(lines.ordered_on, as_of, days=365)
