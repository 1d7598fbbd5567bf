"""Everybody that is known, a row a customer."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.merged import as_one
from motherlode.schemas import TRACKED
from motherlode.tables import table

ATTRIBUTES = (
    "gender", "age", "birth_year", "country", "province", "city", "district", "level", "tags", "origin",
    "company", "industry", "employees", "annual_revenue", "job_title", "owner", "lead_status", "lead_score", "balance",
    "points", "marketing_consent", "churned", "responded", "defaulted", "converted", "spend_365d", "orders_365d",
    "tenure_months", "inactive_months",
)  # fmt: skip


@table(key="customer_id", subject="customer_id", happened_on="known_on", purpose="service")
def customers(
    graded_customers: ir.Table,
    order_lines: ir.Table,
    events: ir.Table,
    deals: ir.Table,
    merged_numbers: ir.Table,
    *,
    as_of: date,
) -> ir.Table:
    """Everybody with a row of their own, an order, an event or a deal; `known_on` is the first day that shows them.

    Numbers that are one person's are one customer, under the number that was seen first.
    """
    stated = _stated(as_one(graded_customers, merged_numbers), as_of)
    seen = _seen(order_lines, "ordered_on").union(_seen(events, "occurred_on"), _seen(deals, "opened_on"))
    seen = seen.group_by("customer_id").aggregate(first_seen_on=seen.day.min())
    traded = deals.filter(deals.customer_id.notnull()).select("customer_id").distinct().mutate(has_deals=True)
    both = stated.outer_join(seen, "customer_id")
    both = both.mutate(who=both.customer_id.coalesce(both.customer_id_right)).drop("customer_id", "customer_id_right")
    both = both.left_join(traded, both.who == traded.customer_id)
    is_company = both.company.notnull() | both.industry.notnull() | both.employees.notnull() | both.has_deals.notnull()
    return both.select(
        *ATTRIBUTES,
        customer_id=both.who,
        kind=ibis.ifelse(is_company, "company", "person"),
        registered_on=both.registered_on,
        last_active_on=both.last_active_on,
        known_on=ibis.least(
            both.registered_on.coalesce(both.first_seen_on), both.first_seen_on.coalesce(both.registered_on)
        ),
        phone_key=both.phone_key,
        email_key=both.email_key,
    )


def _stated(rows: ir.Table, as_of: date) -> ir.Table:
    """Attributes as stated; a day that `as_of` could not know is left empty."""
    fine = rows.filter((rows.problem == "") & rows.customer_id.notnull())
    fine = fine.filter(fine.registered_on.isnull() | (fine.registered_on <= ibis.literal(as_of)))
    active = ibis.ifelse(fine.last_active_on <= ibis.literal(as_of), fine.last_active_on, ibis.null("date"))
    names = ("registered_on", "last_active_on", "phone_key", "email_key", *ATTRIBUTES)
    fine = fine.mutate(last_active_on=active).select("source", "customer_id", *names)
    # What she said herself, wherever she said something, over what a file says.
    sent = fine.source == TRACKED
    said = {name: ibis.coalesce(_most(fine[name], sent), _most(fine[name], ~sent)) for name in names}
    return fine.group_by("customer_id").aggregate(**said)


def _most(cells: ir.Column, where: ir.BooleanColumn) -> ir.Scalar:
    """Of several rows of one customer a refusal counts before a consent."""
    return cells.min(where=where) if cells.get_name() == "marketing_consent" else cells.max(where=where)


def _seen(rows: ir.Table, day: str) -> ir.Table:
    return rows.filter(rows.customer_id.notnull()).select("customer_id", day=rows[day])
