"""What a customer does besides buying."""

from datetime import date

import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before, within
from motherlode.tables import feature

# What events are called that look at a product, and that put one into the cart.
VIEWED = (
    "product viewed", "product_viewed", "product_view", "product view", "viewed product", "view_item", "view_product",
    "view", "productdetail", "item_viewed", "浏览", "浏览商品", "商品浏览",
)  # fmt: skip
ADDED = (
    "product added", "product_added", "add to cart", "add_to_cart", "added to cart", "addtocart", "cart", "加入购物车",
    "加购",
)  # fmt: skip


@feature(absent=0)
def events_28d(events: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of events in the last 28 days."""
    return events.count(where=within(events.occurred_on, as_of, days=28))


@feature(absent=0)
def events_13w(events: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of events in the last 13 weeks."""
    return events.count(where=within(events.occurred_on, as_of, days=91))


@feature(absent=0)
def sessions_28d(events: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of visits in the last 28 days."""
    return events.session_id.nunique(where=within(events.occurred_on, as_of, days=28))


@feature(absent=0)
def views_28d(events: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of products looked at in the last 28 days."""
    return events.count(where=within(events.occurred_on, as_of, days=28) & events.event.lower().isin(VIEWED))


@feature(absent=0)
def carts_28d(events: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of products put into the cart in the last 28 days."""
    return events.count(where=within(events.occurred_on, as_of, days=28) & events.event.lower().isin(ADDED))


@feature(absent=0)
def event_kinds_13w(events: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Number of different things done in the last 13 weeks."""
    return events.event.nunique(where=within(events.occurred_on, as_of, days=91))


@feature()
def unseen_days(events: ir.Table, *, as_of: date) -> ir.IntegerScalar:
    """Days since the last event; empty for those who were never seen."""
    return days_before(events.occurred_on.max(), as_of)


@feature()
def last_event_on(events: ir.Table) -> ir.DateScalar:
    """Day of the last event; empty for those who were never seen."""
    return events.occurred_on.max()
