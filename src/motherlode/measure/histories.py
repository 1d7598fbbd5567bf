"""What each customer did, in order of time."""

import ibis.expr.types as ir

from motherlode.tables import table

# What was done, and the calendar, take the last bits of a moment.
DOING_BITS, SHIFT_BITS = 10, 2
SECONDS_A_DAY = 86_400


@table(key="customer_id", subject="customer_id", purpose="analytics")
def histories(happenings: ir.Table, doings: ir.Table) -> ir.Table:
    """The moments of each customer's life, the earliest first, each in one number.

    A number is (seconds since 1970 x 4 + how many days the wall's calendar is ahead of UTC's + 1) x 1024 + the number
    of what was done: so moments sort by time, a million lives are read in a fraction of a second, and days are those
    of the place where it happened.
    """
    numbers = doings.select("doing", "number")
    rows = happenings.inner_join(numbers, "doing")
    seconds = rows.happened_at.epoch_seconds().floor().cast("int64")
    ahead = rows.happened_on.delta(rows.happened_at.date(), unit="day")
    rows = rows.mutate(moment=(seconds * (1 << SHIFT_BITS) + ahead + 1) * (1 << DOING_BITS) + rows.number)
    return rows.group_by("customer_id").aggregate(moments=rows.moment.collect().sort())
