"""How much a customer sends back."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.tables import feature


@feature(absent=0.0)
def returned_365d(returns: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money given back in the last year."""
    return returns.amount.sum(where=within(returns.returned_on, as_of, days=365)).cast("float64")


@feature(absent=0.0)
def returned_182d(returns: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """Money given back in the last half year."""
    return returns.amount.sum(where=within(returns.returned_on, as_of, days=182)).cast("float64")


@feature(absent=0)
def returns_365d(returns: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of lines given back in the last year."""
    return returns.count(where=within(returns.returned_on, as_of, days=365))
