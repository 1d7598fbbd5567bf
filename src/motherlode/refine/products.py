"""What is sold."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key="product_id", subject=None, purpose="service")
def products(price_list: ir.Table, order_lines: ir.Table) -> ir.Table:
    """Every product of the price list or of an order line; of several names the first in the alphabet."""
    lines = order_lines.filter(order_lines.product_id.notnull())
    sold = lines.group_by("product_id").aggregate(
        sold_name=lines.product_name.min(), sold_category=lines.category.min()
    )
    both = sold.outer_join(price_list, "product_id")
    return both.select(
        product_id=both.product_id.coalesce(both.product_id_right),
        product_name=both.product_name.coalesce(both.sold_name),
        category=both.category.coalesce(both.sold_category),
        unit_price=both.unit_price,
        unit_cost=both.unit_cost,
    )
