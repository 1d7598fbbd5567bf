"""What a customer does besides buying."""

from datetime import date

import ibis.expr.types as ir

from motherlode.horizon import within
from motherlode.tables import feature


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


@feature()
def last_event_on(events: ir.Table) -> ir.DateScalar:
    """Day of the last event; empty for those who were never seen."""
    return events.occurred_on.max()
