"""Time as the rooms say it: before `as_of`, in days."""

from datetime import date

import ibis
import ibis.expr.types as ir


def within(day: ir.DateValue, as_of: date, *, days: int, until: int = 0) -> ir.BooleanValue:
    """Whether a day lies in the `days` up to and including `as_of`, leaving out the last `until` of them."""
    ago = days_before(day, as_of)
    return (ago >= until) & (ago < days)


def days_before(day: ir.DateValue, as_of: date) -> ir.IntegerValue:
    """Whole days from a day to `as_of`; 0 on the day itself, negative after it."""
    return -day.delta(ibis.literal(as_of), unit="day")
