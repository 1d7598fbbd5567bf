"""What customers are grouped by."""

import ibis.expr.types as ir

from motherlode.tables import table

# In the order in which they are read; each is known of every buyer.
TRAITS = (
    "value",
    "orders_all",
    "order_value",
    "idle_days",
    "tenure_days",
    "overdue_ratio",
    "products_365d",
    "categories_365d",
    "coupon_share",
    "returned_share",
)


@table(key="customer_id", subject="customer_id", stored=False, purpose="profiling")
def segment_traits(features: ir.Table, yearly_value: ir.Table, rhythm: ir.Table) -> ir.Table:
    """Recency, frequency, money, rhythm, breadth and ways of buying, of each buyer.

    `overdue_ratio` is the time since the last order in own gaps; shares are parts (0 to 1) of the last year's orders
    with a coupon, and of its money that was sent back.
    """
    rows = features.filter(features.orders_all > 0)
    rows = rows.inner_join(yearly_value.select("customer_id", "value", "returned_share"), "customer_id")
    rows = rows.left_join(rhythm.select("customer_id", "cadence_days"), "customer_id").drop("customer_id_right")
    return rows.select(
        "customer_id",
        value=rows.value.fill_null(0.0),
        orders_all=rows.orders_all.cast("float64"),
        order_value=(rows.spend_all / rows.orders_all).round(4),
        idle_days=rows.idle_days.cast("float64"),
        tenure_days=rows.tenure_days.cast("float64"),
        overdue_ratio=(rows.idle_days / rows.cadence_days).round(4).fill_null(0.0),
        products_365d=rows.products_365d.cast("float64"),
        categories_365d=rows.categories_365d.cast("float64"),
        coupon_share=rows.coupon_share_365d.fill_null(0.0),
        returned_share=rows.returned_share.fill_null(0.0),
    )
