"""Everything that can be a step of a way."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(
    key=("doing", "source", "place"),
    subject="customer_id",
    happened_on="happened_on",
    stored=False,
    purpose="analytics",
)
def happenings(customers: ir.Table, orders: ir.Table, returns: ir.Table, events: ir.Table) -> ir.Table:
    """What known customers did and when: they registered, ordered, sent something back, or did what an event says.

    `doing` is the event's own name, or a word of ours after a colon. Visitors without a name have no place here.
    """
    rows = ibis.union(_registrations(customers), _orders(orders), _returns(returns), _events(events))
    return rows.filter(rows.customer_id.notnull() & rows.happened_at.notnull())


def _registrations(customers: ir.Table) -> ir.Table:
    return customers.select(
        customer_id=customers.customer_id,
        doing=ibis.literal(":registered"),
        # The earliest moment that is on this day anywhere: nothing that was done on it comes before.
        happened_at=customers.registered_on.cast("timestamp(6)") - ibis.interval(hours=14),
        happened_on=customers.registered_on,
        source=ibis.literal(""),
        place=customers.customer_id,
    )


def _orders(orders: ir.Table) -> ir.Table:
    return orders.select(
        customer_id=orders.customer_id,
        doing=ibis.literal(":order"),
        happened_at=orders.ordered_at,
        happened_on=orders.ordered_on,
        source=orders.source,
        place=orders.order_id,
    )


def _returns(returns: ir.Table) -> ir.Table:
    return returns.select(
        customer_id=returns.customer_id,
        doing=ibis.literal(":return"),
        happened_at=returns.returned_at,
        happened_on=returns.returned_on,
        source=returns.source,
        place=_row(returns),
    )


def _events(events: ir.Table) -> ir.Table:
    return events.select(
        customer_id=events.customer_id,
        doing=events.event,
        happened_at=events.occurred_at,
        happened_on=events.occurred_on,
        source=events.source,
        place=_row(events),
    )


def _row(rows: ir.Table) -> ir.StringValue:
    return rows.file + "#" + rows.row.cast("string")
