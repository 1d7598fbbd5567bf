"""Raw rows read, one table an input: the gradings that need no more than the rows themselves."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.refine.deals import LOST, WON
from motherlode.refine.grading import grade, place
from motherlode.refine.text import one_of
from motherlode.schemas import CONSENTS, CUSTOMERS, DEALS, EVENTS, FEEDBACK, PRODUCTS, SPEND, TOUCHES
from motherlode.tables import graded


@graded(stored=True)
def graded_customers(raw_customers: ir.Table) -> ir.Table:
    """Customer rows as read; of several of one source about a customer the last one counts, the others are set aside.

    What another source says, or a customer stated of herself in a shop or an app, stands beside it and is no repeat.
    """
    return _last_counts(grade(raw_customers, CUSTOMERS), "customer_id", "repeated_customer", "source")


@graded()
def graded_products(raw_products: ir.Table) -> ir.Table:
    """Product rows as read."""
    return grade(raw_products, PRODUCTS)


@graded()
def graded_events(raw_events: ir.Table) -> ir.Table:
    """Behaviour rows as read."""
    return grade(raw_events, EVENTS)


@graded()
def graded_feedback(raw_feedback: ir.Table) -> ir.Table:
    """Feedback rows as read."""
    return grade(raw_feedback, FEEDBACK)


@graded()
def graded_touches(raw_touches: ir.Table) -> ir.Table:
    """Contact rows as read."""
    return grade(raw_touches, TOUCHES)


@graded()
def graded_deals(raw_deals: ir.Table, *, as_of: date) -> ir.Table:
    """Deal rows as read; one that is decided after `as_of` is still open, at no known value and with no known end.

    The day of a deal that nothing has decided is when it should close: its amount and stage are what is known of it.
    """
    read = _last_counts(grade(raw_deals, DEALS), "deal_id", "repeated_deal")
    decided = one_of(read.stage.lower(), (*WON, *LOST))
    later = ((read.closed_on > ibis.literal(as_of)) & decided).fill_null(False)
    unknown = {name: ibis.ifelse(later, ibis.null(read[name].type()), read[name]) for name in ("amount", "closed_at")}
    return read.mutate(
        **unknown,
        closed_on=ibis.ifelse(later, ibis.null("date"), read.closed_on),
        stage=ibis.ifelse(later, "open", read.stage),
        worth=unknown["amount"],
    )


@graded()
def graded_consents(raw_consents: ir.Table) -> ir.Table:
    """Consent rows as read."""
    return grade(raw_consents, CONSENTS)


@graded()
def graded_spend(raw_spend: ir.Table) -> ir.Table:
    """Spend rows as read."""
    return grade(raw_spend, SPEND)


def _last_counts(read: ir.Table, key: str, problem: str, *within: str) -> ir.Table:
    """Of several usable rows with one key (and equal `within`) the last one counts; the others get the problem."""
    read = read.mutate(place=place(read))
    fine = read.filter((read.problem == "") & read[key].notnull())
    keys = [key, *within]
    last = fine.group_by(keys).aggregate(rows=fine.count(), last=fine.place.max())
    joined = read.left_join(last.filter(last.rows > 1), keys).drop(*(f"{name}_right" for name in keys))
    repeated = (joined.problem == "") & (joined.place != joined["last"]).fill_null(False)
    return joined.mutate(problem=ibis.ifelse(repeated, problem, joined.problem)).drop("rows", "last", "place")
