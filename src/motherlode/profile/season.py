"""How the time of the year moves the whole base."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before, within
from motherlode.tables import table

QUARTER, YEAR = 91, 364


@table(key="season_on", subject=None, purpose="analytics")
def season(orders: ir.Table, *, as_of: date, least: float = 0.5, most: float = 2.0) -> ir.Table:
    """What the last 13 weeks usually are against an average 13 weeks of the year, from the same weeks one year earlier.

    The weeks of a year earlier are compared with the 52 that begin with them, after taking out the growth from them to
    now. Without 65 weeks of orders nothing is known: the index is 1 and `season_known` is false.

    Parameters
    ----------
    least, most
        Bounds of the index.
    """
    day = orders.ordered_on
    sums = orders.aggregate(
        reach=days_before(day.min(), as_of),
        now=orders.amount.sum(where=within(day, as_of, days=QUARTER)).cast("float64"),
        then=orders.amount.sum(where=within(day, as_of, days=QUARTER + YEAR, until=YEAR)).cast("float64"),
        year=orders.amount.sum(where=within(day, as_of, days=QUARTER + YEAR, until=QUARTER)).cast("float64"),
    )
    known = ((sums.reach >= QUARTER + YEAR - 1) & (sums.now > 0) & (sums.then > 0)).fill_null(False)
    # The weeks of a year earlier lie 1.5 quarters before the middle of the year that begins with them.
    growth = (sums.now / sums.then) ** (1.5 / 4)
    index = sums.then * growth * 4 / sums.year
    bounded = ibis.least(ibis.greatest(index, float(least)), float(most)).round(6)
    return sums.select(
        season_on=ibis.literal(as_of),
        season_index=ibis.ifelse(known, bounded, 1.0),
        season_known=known,
        spend_13w=sums.now.fill_null(0.0),
        spend_13w_year_before=sums.then.fill_null(0.0),
    )
