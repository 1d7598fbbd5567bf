"""What customers have brought since they began, by the time at which they began."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before
from motherlode.tables import table

# All who began, whenever that was.
EVERYBODY = ""


@table(key=("cohort", "period"), subject=None, purpose="analytics")
def cohort_value(
    orders: ir.Table, returns: ir.Table, beginnings: ir.Table, *, as_of: date, period_days: int = 30, periods: int = 12
) -> ir.Table:
    """Money that the customers of a month brought until so many days after their first order, in all and for each.

    It is what they paid less what they sent back. A month has a figure as soon as the days are over for all of its
    customers, so that its row never falls because the young ones drop out of it; the rows without a cohort are of
    everybody for whom they are over, so later ones are of older customers: `of` says of how many.

    Parameters
    ----------
    period_days
        Length of a period; period 0 is the first day.
    periods
        How many are looked at.
    """
    began = beginnings.select("customer_id", "first_on", cohort=beginnings.first_on.strftime("%Y-%m"))
    return brought(orders, returns, began, as_of, period_days, periods, whole=True)


def brought(
    orders: ir.Table,
    returns: ir.Table,
    began: ir.Table,
    as_of: date,
    period_days: int,
    periods: int,
    *,
    whole: bool,
) -> ir.Table:
    """As `cohort_value`, of any cohorts.

    Parameters
    ----------
    began
        `customer_id`, `first_on` and `cohort` of each customer.
    whole
        Whether a cohort has a figure only when the days are over for all of its customers.
    """
    over = ibis.least(days_before(began.first_on, as_of) // period_days, periods)
    began = began.filter(over >= 0).mutate(over=over)
    ages = ibis.array([ibis.literal(age, "int64") for age in range(periods + 1)]).unnest().name("period").as_table()
    sizes = _and_everybody(began.group_by("cohort", "over").aggregate(n=began.count()))
    aged = sizes.join(ages, sizes.over >= ages.period)
    # DuckDB adds whole numbers up in 128 bits, which no file has.
    counted = aged.n.sum().cast("decimal(18, 0)").cast("int64")
    cells = aged.group_by("cohort", "period").aggregate(of=counted)
    moved = _moved(orders, returns).inner_join(began, "customer_id")
    day = moved.on.delta(moved.first_on, unit="day")
    moved = moved.mutate(at=(day + period_days - 1) // period_days, day=day)
    # What came back before the first order belongs to one that the data does not know.
    moved = moved.filter((moved.day >= 0) & (moved["at"] <= moved.over))
    sums = _and_everybody(moved.group_by("cohort", "over", "at").aggregate(n=moved.money.sum()))
    known = sums.join(ages, (sums.over >= ages.period) & (sums["at"] <= ages.period))
    paid = known.group_by("cohort", "period").aggregate(money=known.n.sum().cast("decimal(18, 4)"))
    rows = cells.left_join(paid, ["cohort", "period"])
    money = rows.money.fill_null(ibis.literal(0).cast("decimal(18, 4)"))
    first = ibis.window(group_by="cohort")
    rows = rows.mutate(size=rows.of.max().over(first))
    rows = rows.filter((rows.of == rows.size) | (rows.cohort == EVERYBODY)) if whole else rows
    return rows.select(
        "cohort",
        "period",
        days=rows.period * period_days,
        of=rows.of,
        money=money,
        each=money.cast("float64") / rows.of,
    )


def _and_everybody(rows: ir.Table) -> ir.Table:
    """Counts by cohort, and the same without one."""
    return rows.union(rows.mutate(cohort=ibis.literal(EVERYBODY)).select(rows.columns))


def _moved(orders: ir.Table, returns: ir.Table) -> ir.Table:
    """Money in on a day, and out on another."""
    paid = orders.select("customer_id", on=orders.ordered_on, money=orders.amount)
    back = returns.select("customer_id", on=returns.returned_on, money=-returns.amount)
    both = paid.union(back.cast({"money": "decimal(18, 4)"}))
    return both.filter(both.customer_id.notnull() & both.on.notnull() & both.money.notnull())
