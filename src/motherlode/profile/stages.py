"""The whole base on one page."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key=("stage", "value_tier"), subject=None, purpose="analytics")
def stages(lifecycle: ir.Table, value_tiers: ir.Table, features: ir.Table) -> ir.Table:
    """Customers, the last year's money and their shares, by stage and value tier."""
    rows = lifecycle.select("customer_id", "stage", "dormant")
    rows = rows.inner_join(value_tiers.select("customer_id", "value_tier", "value", "basis"), "customer_id")
    rows = rows.inner_join(features.select("customer_id", "spend_365d"), "customer_id")
    spend = ibis.ifelse(rows.basis == "reported", rows.value, rows.spend_365d)
    counted = rows.group_by("stage", "value_tier").aggregate(
        customers=rows.count(),
        dormant=rows.count(where=rows.dormant),
        spend_365d=_exact(spend),
        value=_exact(rows.value),
    )
    all_cells = ibis.window()
    return counted.select(
        "stage",
        "value_tier",
        "customers",
        "dormant",
        spend_365d=counted.spend_365d.cast("float64"),
        value=counted.value.cast("float64"),
        share_of_customers=counted.customers / counted.customers.sum().over(all_cells).cast("int64"),
        share=counted.value.cast("float64") / counted.value.sum().over(all_cells).cast("float64").nullif(0),
    )


def _exact(money: ir.Value) -> ir.DecimalScalar:
    """A sum that does not depend on the order of rows."""
    return money.round(4).cast("decimal(18, 4)").sum()
