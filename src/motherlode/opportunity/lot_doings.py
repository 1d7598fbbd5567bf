"""What those on whom lots were drawn have done beside buying, and others with them."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(
    key=("customer_id", "occurred_on", "event", "value"),
    subject="customer_id", happened_on="occurred_on", purpose="analytics",
)  # fmt: skip
def lot_doings(lot_histories: ir.Table, events: ir.Table) -> ir.Table:
    """How often each customer of `lot_histories` did what on a day, with the figure that it carried, where it did."""
    people = lot_histories.select("customer_id").distinct()
    done = events.semi_join(people, "customer_id").filter(events.occurred_on.notnull())
    done = done.mutate(event=done.event.fill_null(""), value=done["value"].cast("float64"))
    return done.group_by("customer_id", "occurred_on", "event", "value").aggregate(times=done.count())
