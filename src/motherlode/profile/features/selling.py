"""How sales opportunities with a customer stand."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.tables import feature


@feature(absent=0)
def deals_open(deals: ir.Table) -> ir.IntegerScalar:
    """Number of deals that are neither won nor lost."""
    return deals.count(where=deals.outcome == "open")


@feature(absent=0)
def deals_won(deals: ir.Table) -> ir.IntegerScalar:
    """Number of deals won."""
    return deals.count(where=deals.outcome == "won")


@feature(absent=0)
def deals_lost(deals: ir.Table) -> ir.IntegerScalar:
    """Number of deals lost."""
    return deals.count(where=deals.outcome == "lost")


@feature(absent=0)
def deals_opened_13w(deals: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of deals that began in the last 13 weeks."""
    return deals.count(where=within(deals.opened_on, as_of, days=91))


@feature()
def last_deal_on(deals: ir.Table) -> ir.DateScalar:
    """Day on which the newest deal began; empty without deals."""
    return deals.opened_on.max()
