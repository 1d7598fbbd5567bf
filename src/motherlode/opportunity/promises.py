"""Sums of assumed values with honest intervals."""

import math

import ibis.expr.types as ir
import pyarrow as pa

from motherlode.opportunity.offers import P90, STAKE_ERROR

# Exact, so that a running sum does not depend on the order in which an engine adds.
MONEY = "decimal(18, 4)"


def by_play(rows: ir.Table, *keys: str) -> ir.Table:
    """Sums of the rows of each play, with how far the ends of their intervals lie from the mean.

    Within a play the distances add up: all its customers share one lift, so its error does not average out.
    """
    return rows.group_by(*keys, "play").aggregate(
        customers=rows.count(),
        cost=exact_sum(rows.cost),
        value=exact_sum(rows.value),
        at_stake=exact_sum(rows.at_stake),
        below=exact_sum(rows.value - rows.value_low),
        above=exact_sum(rows.value_high - rows.value),
    )


def across_plays(plays: ir.Table) -> dict[str, ir.FloatingScalar]:
    """Sums over the rows of `by_play`: lifts of different plays err independently, so distances add in squares.

    So does what is wrong with all that is at stake: a year that was good for those on top is not followed by its like.
    """
    value = exact_sum(plays.value).fill_null(0.0)
    stake = value * value * (P90 * STAKE_ERROR) ** 2
    return {
        "value": value,
        "value_low": (value - ((plays.below * plays.below).sum().fill_null(0.0) + stake).sqrt()).round(4),
        "value_high": (value + ((plays.above * plays.above).sum().fill_null(0.0) + stake).sqrt()).round(4),
    }


def promised(rows: pa.Table) -> dict[str, float]:
    """The same sums of rows in memory: of `value`, its two ends, and `cost`."""
    names = ("value", "value_low", "value_high", "cost")
    plays = rows.group_by("play").aggregate([(name, "sum") for name in names]).to_pylist()
    value, cost = (float(sum(play[f"{name}_sum"] for play in plays)) for name in ("value", "cost"))
    stake = P90 * STAKE_ERROR * value
    low, high = (math.hypot(stake, *(play[f"{name}_sum"] - play["value_sum"] for play in plays)) for name in names[1:3])
    return {"value": value, "value_low": value - low, "value_high": value + high, "cost": cost}


def exact_sum(money: ir.FloatingColumn) -> ir.FloatingScalar:
    """A sum that does not depend on the order in which an engine adds."""
    return money.cast(MONEY).sum().cast("float64")
