"""Who has never bought, beside those who have and what they bring."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key="customer_id", subject="customer_id", stored=False, purpose="profiling")
def prospect_cases(customers: ir.Table, features: ir.Table, yearly_value: ir.Table, value_tiers: ir.Table) -> ir.Table:
    """Customers with a value of the last year, and `prospect`s: neither an order, nor anything that a file reports."""
    said = customers.select(
        "customer_id",
        bought=customers.converted.fill_null(False)
        | customers.churned.fill_null(False)
        | (customers.spend_365d.cast("float64") > 0).fill_null(False)
        | (customers.orders_365d > 0).fill_null(False),
    )
    rows = said.inner_join(features.select("customer_id", "orders_all"), "customer_id")
    rows = rows.left_join(yearly_value.select("customer_id", "value"), "customer_id").drop("customer_id_right")
    rows = rows.left_join(value_tiers.select("customer_id", "value_tier"), "customer_id").drop("customer_id_right")
    prospect = (rows.orders_all == 0) & ~rows.bought
    rows = rows.select(
        "customer_id",
        prospect=prospect,
        value=ibis.ifelse(prospect, ibis.null("float64"), rows.value.nullif(0.0)),
        high=(rows.value_tier == "high").fill_null(False),
    )
    return rows.filter(rows.prospect | rows.value.notnull())
