"""What buyers had bought from on a few days, and what they bought from after: what the next category is learnt from."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import ahead, days_before
from motherlode.tables import table

BOUGHT = ("sale", "refunded")
AHEAD_DAYS = 90


@table(
    key=("snapshot_on", "customer_id", "category"),
    subject="customer_id",
    happened_on="snapshot_on",
    purpose="profiling",
)
def category_histories(
    order_lines: ir.Table, usable: ir.Table, *, as_of: date, most_customers: int = 20_000, most_days: int = 4
) -> ir.Table:
    """Orders of each buyer from each category until a day, and whether others came in the 90 days after it.

    The days are `as_of` and those 90, 180 and 270 days before; of `as_of` nothing is known yet of what comes after.

    Parameters
    ----------
    most_customers
        Buyers that are looked at on past days, drawn by a hash of their numbers; today everybody is.
    most_days
        Days, `as_of` among them.
    """
    profiled = usable.filter(usable.profiling)
    bought = order_lines.filter(order_lines.kind.isin(BOUGHT) & order_lines.category.notnull())
    bought = bought.semi_join(profiled, "customer_id")
    orders = bought.select("customer_id", "category", "order_id", "ordered_on").distinct()
    days = [as_of - timedelta(days=AHEAD_DAYS * back) for back in range(most_days)]
    calendar = ibis.array([ibis.literal(day) for day in days]).unnest().name("snapshot_on").as_table()
    rows = orders.cross_join(calendar)
    rows = rows.filter(
        (rows.snapshot_on == ibis.literal(as_of)) | rows.customer_id.isin(_drawn(orders, most_customers))
    )
    ago = days_before(rows.ordered_on, rows.snapshot_on)
    counted = rows.group_by("snapshot_on", "customer_id", "category").aggregate(
        orders=rows.count(where=ago >= 0),
        idle_days=ago.min(where=ago >= 0),
        bought_after=rows.count(where=ahead(rows.ordered_on, rows.snapshot_on, days=AHEAD_DAYS)) > 0,
    )
    known = counted.snapshot_on < ibis.literal(as_of)
    seen = counted.mutate(bought_after=ibis.ifelse(known, counted.bought_after, None))
    return seen.filter((seen.orders > 0) | seen.bought_after.fill_null(False))


def _drawn(orders: ir.Table, most: int) -> ir.Column:
    buyers = orders.select("customer_id").distinct()
    return buyers.order_by(buyers.customer_id.hexdigest("md5"), buyers.customer_id).limit(most).customer_id
