"""What is known of a customer in the first days."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before
from motherlode.tables import table

NUMBERS = (
    "age",
    "employees",
    "annual_revenue",
    "early_orders",
    "early_spend",
    "early_largest_order",
    "early_lines",
    "early_coupon_orders",
    "early_events",
)
CATEGORIES = ("kind", "gender", "country", "province", "city", "origin", "industry", "early_channel")


@table(key="customer_id", subject="customer_id", stored=False, purpose="profiling")
def early_traits(
    customers: ir.Table,
    features: ir.Table,
    value_tiers: ir.Table,
    orders: ir.Table,
    events: ir.Table,
    *,
    as_of: date,
    early_days: int = 7,
    new_days: int = 180,
) -> ir.Table:
    """What each customer was like when first met: attributes, and what was done in the first days.

    `seed` is somebody of high value who is not new; `new` is who is known for less than `new_days` or never bought.

    Parameters
    ----------
    early_days
        Days after a customer was first known that are looked at: no more, so that new and old can be compared.
    new_days
        Days in which a customer counts as new.
    """
    rows = customers.filter(customers.known_on.notnull())
    rows = rows.inner_join(features.select("customer_id", "orders_all"), "customer_id")
    rows = rows.left_join(value_tiers.select("customer_id", "value_tier"), "customer_id").drop("customer_id_right")
    known = rows.select("customer_id", "known_on")
    bought = _bought(_early(orders, "ordered_on", known, early_days))
    done = _early(events, "occurred_on", known, early_days)
    rows = rows.left_join(bought, "customer_id").drop("customer_id_right")
    rows = rows.left_join(done.group_by("customer_id").aggregate(early_events=done.count()), "customer_id")
    young = days_before(rows.known_on, as_of) < new_days
    return rows.select(
        "customer_id",
        *(rows[name].cast("float64").name(name) for name in NUMBERS[:3]),
        *(rows[name].cast("float64").fill_null(0.0).name(name) for name in NUMBERS[3:]),
        *(rows[name] for name in CATEGORIES if name != "country"),
        country=rows.country.coalesce(rows.early_country),
        seed=(rows.value_tier == "high").fill_null(False) & ~young,
        new=young | (rows.orders_all == 0),
    )


def _early(rows: ir.Table, day: str, known: ir.Table, early_days: int) -> ir.Table:
    """Rows of the first days of each customer."""
    aged = rows.filter(rows.customer_id.notnull() & rows[day].notnull()).inner_join(known, "customer_id")
    return aged.filter(aged[day].delta(aged.known_on, unit="day") < early_days)


def _bought(early: ir.Table) -> ir.Table:
    return early.group_by("customer_id").aggregate(
        early_orders=early.count(),
        early_spend=early.amount.sum(),
        early_largest_order=early.amount.max(),
        early_lines=early.lines.sum(),
        early_coupon_orders=early.count(where=early.with_coupon),
        early_channel=early.channel.min(),
        early_country=early.country.min(),
    )
