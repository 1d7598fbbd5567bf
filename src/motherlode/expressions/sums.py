"""Sums of money that come out the same on every engine and in every run."""

import ibis.expr.types as ir


def exact_sum(money: ir.NumericColumn) -> ir.FloatingScalar:
    """A sum in hundredths of a cent, which does not depend on the order in which an engine adds."""
    return money.cast("decimal(38, 4)").sum().cast("float64")
