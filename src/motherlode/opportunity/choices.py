"""What may be chosen among: each customer's plays, with what they use up."""

import ibis.expr.types as ir

from motherlode.opportunity.offers import ASSUMED
from motherlode.tables import table


@table(key=("customer_id", "play"), subject="customer_id", purpose="marketing", stored=False)
def choices(valued: ir.Table, customers: ir.Table) -> ir.Table:
    """Plays of customers who may be asked, with the channel and the sales person they take up.

    `pilot` is the play where there is no experiment yet, and so is tried on a few first.
    """
    able = valued.filter(valued.verdict == "")
    owners = customers.select("customer_id", "owner")
    rows = able.left_join(owners, "customer_id").drop("customer_id_right")
    return rows.select(
        "customer_id",
        "play",
        "stage",
        "value",
        "cost",
        "channel",
        "owner",
        pilot=rows.evidence_level.isin(ASSUMED).ifelse(rows.play, None),
    )
