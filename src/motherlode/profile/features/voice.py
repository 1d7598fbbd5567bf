"""What a customer says."""

from datetime import date

import ibis.expr.types as ir

from motherlode.horizon import within
from motherlode.tables import feature


@feature(absent=0)
def statements_365d(feedback: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of reviews, answers and tickets in the last year."""
    return feedback.count(where=within(feedback.given_on, as_of, days=365))


@feature()
def lowest_rating_365d(feedback: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """The worst rating given in the last year; empty without one."""
    return feedback.rating.min(where=within(feedback.given_on, as_of, days=365))


@feature()
def lowest_nps_365d(feedback: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """The lowest readiness to recommend stated in the last year, 0 to 10; empty without one."""
    return feedback.nps.min(where=within(feedback.given_on, as_of, days=365))
