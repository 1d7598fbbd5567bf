"""Wall clocks and UTC, by the name of a time zone that stands in a column."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

# Spark has it under this name; for DuckDB sqlglot knows it and writes `AT TIME ZONE` twice.
_convert_timezone: Callable[..., ir.TimestampValue] = ibis.udf.scalar.builtin(
    lambda source, target, moment: ...,
    name="convert_timezone",
    signature=(("string", "string", "timestamp(6)"), "timestamp(6)"),
)


def to_utc(wall: ir.TimestampValue, timezone: ir.StringValue) -> ir.TimestampValue:
    """The UTC time at which a clock on the wall in `timezone` shows `wall`.

    In the hour that is shown twice when summer time ends, DuckDB takes the second and Spark the first.
    """
    return _convert_timezone(timezone, ibis.literal("UTC"), wall)


def to_local(utc: ir.TimestampValue, timezone: ir.StringValue) -> ir.TimestampValue:
    """What a clock on the wall in `timezone` shows at `utc`."""
    return _convert_timezone(ibis.literal("UTC"), timezone, utc)
