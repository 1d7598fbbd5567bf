"""Rows of which it is known what happened in the end: what outcomes are learnt from."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from motherlode.schemas import OUTCOMES
from motherlode.tables import table

# What a customer file may tell of somebody before the outcome; what is known of money and time stands beside.
ATTRIBUTES = (
    "gender", "age", "country", "province", "city", "level", "origin", "industry", "employees", "annual_revenue",
    "job_title", "lead_status", "lead_score", "balance", "points", "spend_365d", "orders_365d", "tenure_months",
    "inactive_months",
)  # fmt: skip
OF_ACCOUNTS = ("country", "province", "city", "industry", "employees", "annual_revenue", "level", "origin")
CLOSED = ("won", "lost")


@table(key=("source", "file", "row"), subject="customer_id", purpose="profiling")
def outcome_rows(graded_customers: ir.Table, usable: ir.Table) -> ir.Table:
    """Rows of customer files that say what happened, as they came: several files may tell of one customer.

    `extra` holds the columns that are not of the house's own, as an object in JSON.
    """
    told = graded_customers
    rows = told.filter(ibis.or_(*(told[name].notnull() for name in OUTCOMES)))
    rows = rows.semi_join(usable.filter(usable.profiling), "customer_id")
    numbers = {name: rows[name].cast("float64") for name in ATTRIBUTES if rows[name].type().is_numeric()}
    texts = {name: rows[name] for name in ATTRIBUTES if name not in numbers}
    outcomes = {name: rows[name].cast("float64") for name in OUTCOMES}
    return rows.select("source", "file", "row", "customer_id", "registered_on", "extra", **texts, **numbers, **outcomes)


@table(key=("source", "file", "row"), subject="customer_id", purpose="profiling")
def closed_deals(graded_deals: ir.Table, deals: ir.Table, customers: ir.Table, usable: ir.Table) -> ir.Table:
    """Deals that were won or lost, with what was known when they began: neither their value nor their end."""
    ended = deals.filter(deals.outcome.isin(CLOSED)).select("deal_id", "outcome")
    rows = graded_deals.filter((graded_deals.problem == "") & graded_deals.deal_id.notnull())
    rows = rows.inner_join(ended, "deal_id")
    rows = rows.semi_join(usable.filter(usable.profiling), "customer_id")
    accounts = customers.select("customer_id", **_as_facts(customers))
    rows = rows.left_join(accounts, "customer_id").drop("customer_id_right")
    return rows.select(
        "source", "file", "row", "customer_id", "opened_on", "product_id", "owner", *OF_ACCOUNTS, "extra",
        won=(rows.outcome == "won").cast("float64"),
    )  # fmt: skip


def _as_facts(customers: ir.Table) -> Mapping[str, ir.Value]:
    return {
        name: customers[name].cast("float64") if customers[name].type().is_numeric() else customers[name]
        for name in OF_ACCOUNTS
    }
