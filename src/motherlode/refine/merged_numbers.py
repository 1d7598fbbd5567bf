"""Numbers that are another one's customer: what is known under any of them is known of one person."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key="number", subject="customer_id", purpose="service")
def merged_numbers(identities: ir.Table) -> ir.Table:
    """The number that stands for each number of a customer who has several: an alias, one e-mail, one phone."""
    numbers = identities.filter((identities.kind == "customer") & (identities["value"] != identities.customer_id))
    return numbers.select(number=numbers["value"], customer_id=numbers.customer_id)
