"""What a customer says."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.tables import feature

# A rating of 2 of 5 and a readiness to recommend of 6 of 10 are those of somebody who is not content.
POOR_RATING, DETRACTS = 2, 6


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


@feature(absent=0)
def complaints_365d(feedback: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of poor ratings (2 of 5 or less, 6 of 10 or less to recommend) given in the last year."""
    poor = (feedback.rating <= POOR_RATING).fill_null(False) | (feedback.nps <= DETRACTS).fill_null(False)
    return feedback.count(where=within(feedback.given_on, as_of, days=365) & poor)


@feature()
def mean_rating_365d(feedback: ir.Table, *, as_of: date) -> ir.FloatingScalar:
    """The mean of the ratings given in the last year; empty without one."""
    return feedback.rating.mean(where=within(feedback.given_on, as_of, days=365))
