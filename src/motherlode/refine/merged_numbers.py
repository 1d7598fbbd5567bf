"""Numbers that are another one's customer: what is known under any of them is known of one person."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key="number", subject="customer_id", purpose="service")
def merged_numbers(identities: ir.Table) -> ir.Table:
    """The number that stands for each number of a customer who has several: an alias, one e-mail, one phone."""
    numbers = identities.filter((identities.kind == "customer") & (identities["value"] != identities.customer_id))
    return numbers.select(number=numbers["value"], customer_id=numbers.customer_id)


def as_one(rows: ir.Table, merged_numbers: ir.Table) -> ir.Table:
    """Rows under the numbers that stand for their customers; no row is changed, only whose it is."""
    heads = merged_numbers.select(merged_number="number", head="customer_id")
    joined = rows.left_join(heads, rows.customer_id == heads.merged_number)
    return joined.mutate(customer_id=joined["head"].coalesce(joined.customer_id)).drop("merged_number", "head")
