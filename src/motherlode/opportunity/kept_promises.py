"""Whether the intervals of promises hold what comes as often as they say."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from motherlode.opportunity.lift import SURE
from motherlode.opportunity.offers import P90
from motherlode.tables import table

COLUMNS = {
    "play": "string",
    **dict.fromkeys(("lists", "held"), "int64"),
    **dict.fromkeys(("expected", "promised", "delivered", "claim_ratio", "p_value"), "float64"),
    "verdict": "string",
}
KINDS = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64()}
# The part of promises that should lie within their interval, 10 % to 90 %.
SAID = 0.8
# Of fewer readings than this nothing is said.
LEAST_READINGS = 5
CHANCE = 0.05


@table(key="play", subject=None, columns=COLUMNS)
def kept_promises(recorded_readouts: pa.Table, *, as_of: date) -> pa.Table:
    """A row a play, and under an empty `play` all lists as wholes: how many intervals of promises held what came.

    Each list counts with its latest reading. `held` counts those of which what was delivered lies within the 80 %
    interval of the difference between the two, as both are uncertain; `expected` is how many should be. `claim_ratio`
    is all that was promised over all that was delivered, `p_value` the chance of so few held intervals if they said the
    truth. `verdict`: as_said, too_narrow (too few were held for chance to explain it), few_lists (to tell).
    """
    rows = [row for row in recorded_readouts.to_pylist() if not row["stage"] and row["read_on"] <= as_of]
    latest = {(row["list"], row["play"]): row for row in sorted(rows, key=_when)}
    plays: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in latest.values():
        if row["delivered"] is not None and row["promised"] is not None:
            plays[row["play"]].append(row)
    kept = [_kept(play, readings) for play, readings in sorted(plays.items())]
    return pa.Table.from_pylist(kept, schema=pa.schema([(name, KINDS[kind]) for name, kind in COLUMNS.items()]))


def _when(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["read_on"], row["list"], row["delivered"] or 0.0


def _kept(play: str, readings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    from scipy.stats import binom

    held = sum(map(_held, readings))
    promised, delivered = (sum(row[name] for row in readings) for name in ("promised", "delivered"))
    chance = float(binom.cdf(held, len(readings), SAID))
    few = len(readings) < LEAST_READINGS
    return {
        "play": play,
        "lists": len(readings),
        "held": held,
        "expected": SAID * len(readings),
        "promised": promised,
        "delivered": delivered,
        "claim_ratio": promised / delivered if delivered > 0 else None,
        "p_value": chance,
        "verdict": "few_lists" if few else "too_narrow" if chance < CHANCE else "as_said",
    }


def _held(row: Mapping[str, Any]) -> bool:
    said = (row["promised_high"] - row["promised_low"]) / 2 / P90
    seen = (row["delivered_high"] - row["delivered_low"]) / 2 / SURE
    return bool(abs(row["delivered"] - row["promised"]) <= P90 * math.hypot(said, seen))
