"""Members of frozen lists one by one: what was known and promised of them on the day, and what came of them."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before, within
from motherlode.opportunity.list_results import PROMISED_DAYS, members, since_the_list
from motherlode.tables import table


@table(key=("list", "customer_id"), subject="customer_id", purpose="analytics")
def member_results(
    recorded_lists: ir.Table, merged_numbers: ir.Table, orders: ir.Table, returns: ir.Table, *, as_of: date
) -> ir.Table:
    """A row a member: the margin since, `y`, and in the year before, `x`, beside what the list promised of it.

    `days` have passed since (a year at most); `propensity` is the chance of being treated. `figures_score` and
    `figures_value` are the probability to pay and the value by the figures alone, `expert_score` what somebody said
    who knows the customer. `orders_before` were placed in the year before, the last of them `idle_before` days before.
    """
    listed = members(recorded_lists, merged_numbers, as_of)
    rows = since_the_list(listed, orders, returns, as_of)
    rows = rows.left_join(_before(listed, orders), ["list", "customer_id"])
    rows = rows.drop("list_right", "customer_id_right")
    return rows.select(
        "list", "customer_id", "play", "arm", "days", "propensity", "cost", "at_stake", "expert_score", "figures_score",
        figures_value=rows.figures_value.coalesce(rows.value), assumed_value=rows.assumed_value,
        y=rows.y.round(4), x=rows.x.round(4),
        orders_before=rows.orders_before.fill_null(0), idle_before=rows.idle_before.fill_null(PROMISED_DAYS),
    )  # fmt: skip


def _before(listed: ir.Table, orders: ir.Table) -> ir.Table:
    """How often and how lately each member had ordered when the list was frozen."""
    days = orders.select("customer_id", "ordered_on")
    pairs = listed.select("list", "customer_id", "frozen_on").inner_join(days, "customer_id")
    pairs = pairs.filter(within(pairs.ordered_on, pairs.frozen_on, days=PROMISED_DAYS))
    idle = days_before(pairs.ordered_on, pairs.frozen_on)
    return pairs.group_by("list", "customer_id").aggregate(orders_before=pairs.count(), idle_before=idle.min())
