"""When, after the first order, each customer did what marks a way up for the first time."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

# What a customer can be moved to do, by the column that says after how many days it was first done.
MOVES = {
    "came_back_after": "came_back",
    "bigger_order_after": "placed_bigger_order",
    "wider_order_after": "tried_more_products",
    "second_category_after": "tried_second_category",
    "in_rhythm_after": "found_a_rhythm",
    "coupon_after": "used_coupon",
    "visit_after": "visited_again",
    "feedback_after": "gave_feedback",
}
# So much larger than on the first day is larger.
LARGER = 1.5
# Three order days within so many days are a rhythm.
RHYTHM_DAYS = 90


@table(key="customer_id", subject="customer_id", purpose="profiling")
def milestones(
    orders: ir.Table, order_lines: ir.Table, events: ir.Table, feedback: ir.Table, features: ir.Table
) -> ir.Table:
    """Days from the first order until a buyer first came back, ordered half as much again, and so on; empty for never.

    A bigger order has half as much money again as the first day's, a wider one half as many products again; a rhythm
    is the third order day within 90 days. Days are those of a customer's own life, so that the young of today and of
    years ago can be compared. Who may not be profiled has no features, and no milestones.
    """
    known = orders.filter(orders.customer_id.notnull() & orders.ordered_on.notnull())
    known = known.semi_join(features, "customer_id")
    days = known.group_by("customer_id", "ordered_on").aggregate(
        amount=known.amount.sum().cast("float64"), coupon=known.with_coupon.max()
    )
    lines = order_lines.filter(order_lines.customer_id.notnull() & order_lines.ordered_on.notnull())
    lines = lines.filter(lines.kind.isin(("sale", "refunded")))
    wide = lines.group_by("customer_id", "ordered_on").aggregate(products=lines.product_id.nunique())
    days = days.left_join(wide, ["customer_id", "ordered_on"]).drop("customer_id_right", "ordered_on_right")
    first = days.group_by("customer_id").aggregate(first_on=days.ordered_on.min())
    aged = _aged(days, "ordered_on", first)
    own = ibis.window(group_by="customer_id", order_by="ordered_on")
    aged = aged.mutate(
        two_before=aged.age.lag(2).over(own),
        first_amount=aged.amount.first().over(own),
        first_products=aged.products.first().over(own),
    )
    later = aged.age > 0
    made = aged.group_by("customer_id").aggregate(
        came_back_after=aged.age.min(where=later),
        bigger_order_after=aged.age.min(where=later & (aged.amount >= aged.first_amount * LARGER)),
        wider_order_after=aged.age.min(where=later & (aged.products >= aged.first_products * LARGER)),
        in_rhythm_after=aged.age.min(where=aged.age - aged.two_before <= RHYTHM_DAYS),
        coupon_after=aged.age.min(where=aged.coupon),
    )
    for part in (_second_category(lines, first), _after(events, "occurred_on", first, "visit_after", least=1),
                 _after(feedback, "given_on", first, "feedback_after", least=0)):  # fmt: skip
        made = made.left_join(part, "customer_id").drop("customer_id_right")
    return made.select("customer_id", *MOVES)


def _aged(rows: ir.Table, day: str, first: ir.Table) -> ir.Table:
    """Rows with the days since the customer's first order."""
    rows = rows.inner_join(first, "customer_id")
    return rows.mutate(age=rows[day].delta(rows.first_on, unit="day")).drop("first_on")


def _second_category(lines: ir.Table, first: ir.Table) -> ir.Table:
    """Days until the second category, in the order in which each was first bought."""
    known = lines.filter(lines.category.notnull())
    begun = known.group_by("customer_id", "category").aggregate(day=known.ordered_on.min())
    aged = _aged(begun, "day", first)
    order = ibis.row_number().over(ibis.window(group_by="customer_id", order_by=[aged.age, aged.category]))
    placed = aged.mutate(place=order)
    return placed.filter(placed.place == 1).select("customer_id", second_category_after="age")


def _after(rows: ir.Table, day: str, first: ir.Table, name: str, *, least: int) -> ir.Table:
    """Days until something was first done, from `least` days after the first order on."""
    aged = _aged(rows.filter(rows.customer_id.notnull()).select("customer_id", day), day, first)
    return aged.group_by("customer_id").aggregate(**{name: aged.age.min(where=aged.age >= least)})
