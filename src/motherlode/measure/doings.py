"""What customers do, by name."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

# A moment of a history has 1024 numbers for what was done; the last are those of orders by their place in a life.
MOST_DOINGS = 1000


@table(key="doing", subject=None, purpose="analytics")
def doings(happenings: ir.Table) -> ir.Table:
    """Everything that was done, how many customers did it how often, and when first and last; the commonest first.

    `number` stands for it in `histories`. What is rarer than the first thousand is left out.
    """
    counted = happenings.group_by("doing").aggregate(
        customers=happenings.customer_id.nunique(),
        times=happenings.count(),
        first_on=happenings.happened_on.min(),
        last_on=happenings.happened_on.max(),
    )
    ranked = counted.mutate(number=ibis.row_number().over(order_by=[counted.times.desc(), counted.doing]))
    return ranked.filter(ranked.number < MOST_DOINGS)
