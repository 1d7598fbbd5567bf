"""What came in after a list was frozen, from those who were treated and from those who were held out."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import ahead, days_before, within
from motherlode.expressions.merged import as_one
from motherlode.expressions.sums import exact_sum
from motherlode.tables import table

# A list promises what comes within a year.
PROMISED_DAYS = 365
# So long a list is left alone to be measured (`candidates`).
OBSERVED_DAYS = 90


@table(key=("list", "play", "stage", "value_tier", "arm"), subject=None, purpose="analytics")
def list_results(
    recorded_lists: ir.Table, merged_numbers: ir.Table, orders: ir.Table, returns: ir.Table, *, as_of: date
) -> ir.Table:
    """Sums of each frozen list by play, stage, value tier and arm (treated, held_out): what was promised and what came.

    `y` is a customer's gross margin in the days after the list was frozen (a year at most), returns taken off, `x` the
    same in the year before; `yy`, `xx` and `xy` are sums of their squares and of their product. A customer who was
    listed under several numbers counts once, and not at all where one of them was treated and another held out;
    of two lists within 90 days the first counts.
    """
    rows = since_the_list(members(recorded_lists, merged_numbers, as_of), orders, returns, as_of)
    products = {"y": rows.y, "yy": rows.y * rows.y, "x": rows.x, "xx": rows.x * rows.x, "xy": rows.x * rows.y}
    promises = {
        "value": rows.value,
        "below": rows.value - rows.value_low,
        "above": rows.value_high - rows.value,
        "assumed": rows.assumed_value,
        "assumed_above": rows.assumed_high - rows.assumed_value,
        "at_stake": rows.at_stake,
        "cost": rows.cost,
    }
    return rows.group_by("list", "play", "stage", "value_tier", "arm").aggregate(
        frozen_on=rows.frozen_on.max(),
        days=rows.days.max(),
        customers=rows.count(),
        **{name: exact_sum(value) for name, value in {**products, **promises}.items()},
    )


def members(recorded_lists: ir.Table, merged_numbers: ir.Table, as_of: date) -> ir.Table:
    """Who is on which list in which arm, each person once: numbers that are one person's were drawn apart."""
    rows = recorded_lists.filter(recorded_lists.frozen_on <= ibis.literal(as_of))
    rows = as_one(rows.mutate(number=rows.customer_id, is_treated=rows.held_out == ""), merged_numbers)
    others = rows.select("customer_id", "number", "is_treated", "frozen_on").distinct()
    pairs = rows.inner_join(others, "customer_id", rname="other_{name}")
    ago = days_before(pairs.other_frozen_on, pairs.frozen_on)
    apart = (pairs.number != pairs.other_number) & (pairs.is_treated != pairs.other_is_treated)
    crossed = pairs.filter(apart & (ago >= 0) & (ago <= OBSERVED_DAYS)).select("list", "customer_id").distinct()
    of_one = ibis.window(group_by=["list", "customer_id"])
    rows = rows.mutate(first_number=rows.number.min().over(of_one)).anti_join(crossed, ["list", "customer_id"])
    return rows.filter(rows.number == rows.first_number).drop("number", "first_number", "is_treated")


def since_the_list(members: ir.Table, orders: ir.Table, returns: ir.Table, as_of: date) -> ir.Table:
    """Members of frozen lists with their gross margin in the `days` since, `y`, and in the year before, `x`."""
    after, before = (_sales(members, orders, returns, as_of, later=later) for later in (True, False))
    rows = members.left_join(after, ["list", "customer_id"]).drop("list_right", "customer_id_right")
    rows = rows.left_join(before, ["list", "customer_id"]).drop("list_right", "customer_id_right")
    margin = rows.margin_share.fill_null(1.0)
    return rows.mutate(
        y=rows.sales_after.fill_null(0.0) * margin,
        x=rows.sales_before.fill_null(0.0) * margin,
        value_tier=rows.value_tier.fill_null(""),
        arm=ibis.ifelse(rows.held_out == "", "treated", "held_out"),
        days=ibis.least(days_before(rows.frozen_on, as_of), PROMISED_DAYS),
    )


def _sales(members: ir.Table, orders: ir.Table, returns: ir.Table, as_of: date, *, later: bool) -> ir.Table:
    """Each member's sales less returns after the list was frozen, or in the year before."""
    sold = orders.select("customer_id", happened_on="ordered_on", amount=orders.amount.cast("float64"))
    back = returns.select("customer_id", happened_on="returned_on", amount=-returns.amount.cast("float64"))
    moves = sold.union(back)
    moves = moves.filter(moves.happened_on <= ibis.literal(as_of))
    pairs = members.select("list", "customer_id", "frozen_on").inner_join(moves, "customer_id")
    if later:
        counted = ahead(pairs.happened_on, pairs.frozen_on, days=PROMISED_DAYS)
    else:
        counted = within(pairs.happened_on, pairs.frozen_on, days=PROMISED_DAYS)
    name = "sales_after" if later else "sales_before"
    return pairs.filter(counted).group_by("list", "customer_id").aggregate(**{name: exact_sum(pairs.amount)})
