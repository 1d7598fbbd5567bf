"""What a product costs where order lines do not say."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key="product_id", subject=None)
def price_list(graded_products: ir.Table) -> ir.Table:
    """Products as their own file describes them; of several rows about one product the dearest counts."""
    fine = graded_products.filter(graded_products.problem == "")
    return fine.group_by("product_id").aggregate(
        product_name=fine.product_name.max(),
        category=fine.category.max(),
        unit_price=fine.unit_price.max(),
        unit_cost=fine.unit_cost.max(),
    )
