"""From contact to contact, until somebody orders or nothing comes."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

# How a contact is called whose channel and campaign nobody noted.
UNNAMED = ":unnamed"


@table(key=("customer_id", "journey", "place"), subject="customer_id", purpose="analytics")
def journeys(touches: ir.Table, events: ir.Table, orders: ir.Table, *, window_days: int = 30) -> ir.Table:
    """Contacts in their order, and the order that each journey of contacts led to, of customers who were contacted.

    A contact is a touch that took place, by its channel, or a visit that came from a campaign, once a day. It belongs
    to the next order of its customer, if this comes within `window_days`; contacts that no order followed in time are
    a journey of their own, up to the next order. An order that no contact preceded is a row without a channel.

    `order_id` is NULL where nothing was ordered; each row of a journey says its `amount`.

    Parameters
    ----------
    window_days
        How long a contact may be ago when an order is still given to it.
    """
    contacts = ibis.union(_touches(touches), _visits(events))
    contacts = contacts.filter(contacts.customer_id.notnull() & contacts["at"].notnull())
    points = ibis.union(contacts, _orders(orders).semi_join(contacts, "customer_id"))
    # What happened at the moment of an order came before it.
    is_order = points.order_id.notnull().cast("int64")
    so_far = ibis.window(group_by="customer_id", order_by=["at", is_order, "order_id"], preceding=None, following=0)
    points = points.mutate(before=is_order.sum().over(so_far) - is_order)
    next_order = ibis.window(group_by=["customer_id", "before"])
    points = points.mutate(ordered_at=points["at"].max(where=points.order_id.notnull()).over(next_order))
    days = (points.ordered_at.epoch_seconds() - points["at"].epoch_seconds()) / 86_400
    in_time = (days <= window_days).fill_null(False)
    points = points.mutate(journey=2 * points.before + (~in_time).cast("int64"))
    whole = ibis.window(group_by=["customer_id", "journey"])
    points = points.mutate(
        led_to=points.order_id.max().over(whole),
        worth=points.amount.max().over(whole),
        contacts=points.channel.count().over(whole),
        place=ibis.row_number().over(group_by=["customer_id", "journey"], order_by=["at", "channel"]) + 1,
        days=ibis.ifelse(in_time, days, ibis.null("float64")),
    )
    rows = points.filter(points.channel.notnull() | (points.contacts == 0))
    return rows.select(
        "customer_id",
        "journey",
        place=rows.place.cast("int64"),
        channel=rows.channel,
        contacted_at=rows.channel.notnull().ifelse(rows["at"], ibis.null("timestamp(6)")),
        days=rows.days,
        order_id=rows.led_to,
        amount=rows.worth,
    )


def _touches(touches: ir.Table) -> ir.Table:
    took_place = touches.filter(touches.treated.fill_null(True))
    return _contacts(took_place, ibis.coalesce(took_place.channel, took_place.campaign, UNNAMED), took_place.touched_at)


def _visits(events: ir.Table) -> ir.Table:
    came = events.filter(events.campaign.notnull())
    visits = came.group_by("customer_id", "campaign", "occurred_on").aggregate(at=came.occurred_at.min())
    return _contacts(visits, visits.campaign, visits["at"])


def _contacts(rows: ir.Table, channel: ir.StringValue, at: ir.TimestampValue) -> ir.Table:
    return rows.select(
        customer_id=rows.customer_id,
        channel=channel,
        at=at,
        order_id=ibis.null("string"),
        amount=ibis.null("decimal(18, 4)"),
    )


def _orders(orders: ir.Table) -> ir.Table:
    return orders.select(
        customer_id=orders.customer_id,
        channel=ibis.null("string"),
        at=orders.ordered_at,
        order_id=orders.order_id,
        amount=orders.amount,
    )
