"""Time as the rooms say it: before and after `as_of`, in days.

`as_of` is a day, or a column of days where many days are answered in one pass.
"""

from datetime import date

import ibis
import ibis.expr.types as ir


def within(day: ir.DateValue, as_of: date | ir.DateColumn, *, days: int, until: int = 0) -> ir.BooleanValue:
    """Whether a day lies in the `days` up to and including `as_of`, leaving out the last `until` of them."""
    ago = days_before(day, as_of)
    return (ago >= until) & (ago < days)


def ahead(day: ir.DateValue, as_of: date | ir.DateColumn, *, days: int) -> ir.BooleanValue:
    """Whether a day lies in the `days` after `as_of`: what only a label may ask."""
    later = -days_before(day, as_of)
    return (later > 0) & (later <= days)


def days_before(day: ir.DateValue, as_of: date | ir.DateColumn) -> ir.IntegerValue:
    """Whole days from a day to `as_of`; 0 on the day itself, negative after it."""
    return -day.delta(_as_seen_from(day, as_of), unit="day")


def _as_seen_from(day: ir.DateValue, as_of: date | ir.DateColumn) -> ir.DateValue:
    """The day of the answer; where `day` is an aggregate, of the group, all of whose rows have the same one."""
    if isinstance(as_of, date):
        return ibis.literal(as_of)
    return as_of.max() if day.op().shape.is_scalar() else as_of
