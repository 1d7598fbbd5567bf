"""Behaviour."""

import ibis.expr.types as ir

from motherlode.expressions.merged import as_one
from motherlode.tables import table


@table(key=("source", "file", "row"), subject="customer_id", happened_on="occurred_on", purpose="service")
def events(graded_events: ir.Table, identities: ir.Table, merged_numbers: ir.Table) -> ir.Table:
    """What customers did, a row an event; visitors that are not known yet carry only `anonymous_id`.

    What was done on a device before its one customer was known is hers.
    """
    fine = as_one(graded_events.filter(graded_events.problem == ""), merged_numbers)
    known = identities.filter((identities.kind == "device") & identities.customer_id.notnull())
    devices = known.select(device_id=known["value"], owner=known.customer_id)
    rows = fine.left_join(devices, fine.anonymous_id == devices.device_id)
    rows = rows.mutate(customer_id=rows.customer_id.coalesce(rows.owner)).drop("device_id", "owner")
    return rows.drop("problem", "repairs", "worth", "happened_on", "loaded_at", "extra")
