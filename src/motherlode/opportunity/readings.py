"""Promised against delivered (兑现账): what each frozen list has brought so far, beside what it said it would."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from motherlode.opportunity.lift import CHANCE, LEAST_ARM, Arm, Effect, chance, effect, half_width
from motherlode.opportunity.offers import P90, STAKE_ERROR, WORTH_TODAY
from motherlode.tables import table

SUMS = ("y", "yy", "x", "xx", "xy", "value", "below", "above", "assumed", "assumed_above", "at_stake", "cost")
YEAR_DAYS = 365
COLUMNS = {
    **dict.fromkeys(("list", "play", "stage", "value_tier"), "string"),
    **dict.fromkeys(("frozen_on", "read_on"), "date"),
    **dict.fromkeys(("days", "treated", "held_out"), "int64"),
    **dict.fromkeys(("promised", "promised_low", "promised_high", "cost"), "float64"),
    **dict.fromkeys(("delivered", "delivered_low", "delivered_high", "claim_ratio", "p_value"), "float64"),
    **dict.fromkeys(("lift", "lift_error", "assumed_lift", "assumed_lift_sd"), "float64"),
    "verdict": "string",
}
Sums = dict[str, float]
Cell = dict[str, Sums]


@table(key=("list", "play", "stage", "value_tier"), subject=None, columns=COLUMNS)
def readings(list_results: pa.Table) -> pa.Table:
    """A row a list, play, stage and value tier; sums stand under an empty `value_tier`, `stage` and `play`.

    `promised` is the part of the promised value that falls into the days so far, as if it came evenly over the year;
    `delivered` is what the treated brought beyond the held out, with its 95 % interval. `claim_ratio` is promised
    over delivered. `lift` is what was delivered as a share of the margin at stake. `verdict` is confirmed (it
    brought something, and chance is no explanation), harmful (it cost something, likewise), not_significant (chance
    explains it), small_arms (ten treated and ten held out are the least), too_early (no day has passed).
    """
    cells: dict[tuple[str, str, str, str], Cell] = defaultdict(dict)
    lists: dict[str, dict[str, Any]] = {}
    for row in list_results.to_pylist():
        lists[row["list"]] = {"list": row["list"], "frozen_on": row["frozen_on"], "days": row["days"]}
        sums = {"customers": row["customers"], **{name: row[name] or 0.0 for name in SUMS}}
        play, stage = row["play"], row["stage"]
        for key in {(play, stage, row["value_tier"]), (play, stage, ""), (play, "", "")}:
            arms = cells[row["list"], *key]
            arms[row["arm"]] = _added(arms.get(row["arm"]), sums)
    found = [_reading(lists[name], tuple(key), [cell]) for (name, *key), cell in cells.items()]
    for name, facts in lists.items():
        plays = [cell for (of, _, stage, _), cell in cells.items() if of == name and stage == ""]
        found.append(_reading(facts, ("", "", ""), plays))
    return pa.Table.from_pylist(found, schema=_schema())


def _schema() -> pa.Schema:
    kinds = {"string": pa.string(), "date": pa.date32(), "int64": pa.int64(), "float64": pa.float64()}
    return pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])


def _added(one: Sums | None, other: Sums) -> Sums:
    return {name: (one or {}).get(name, 0.0) + value for name, value in other.items()}


def _reading(facts: Mapping[str, Any], key: tuple[str, ...], cells: list[Cell]) -> dict[str, Any]:
    """One row from the plays (or the part of one play) that it sums up."""
    play, stage, tier = key
    treated = [cell["treated"] for cell in cells if "treated" in cell]
    elapsed = min(facts["days"], YEAR_DAYS) / YEAR_DAYS / WORTH_TODAY
    value, at_stake = (sum(sums[name] for sums in treated) for name in ("value", "at_stake"))
    # Plays err apart, the customers of one play together.
    below, above, spread = (math.hypot(*(sums[n] for sums in treated)) for n in ("below", "above", "assumed_above"))
    stake = P90 * STAKE_ERROR * value
    row = {
        **facts,
        "play": play,
        "stage": stage,
        "value_tier": tier,
        "treated": sum(int(sums["customers"]) for sums in treated),
        "held_out": sum(int(cell["held_out"]["customers"]) for cell in cells if "held_out" in cell),
        "promised": value * elapsed,
        "promised_low": (value - math.hypot(below, stake)) * elapsed,
        "promised_high": (value + math.hypot(above, stake)) * elapsed,
        "cost": sum(sums["cost"] for sums in treated),
        "assumed_lift": sum(sums["assumed"] for sums in treated) / at_stake if play and at_stake else None,
        "assumed_lift_sd": spread / P90 / at_stake if play and at_stake else None,
    }
    row["read_on"] = facts["frozen_on"].fromordinal(facts["frozen_on"].toordinal() + facts["days"])
    return {**row, **_delivered(row, _effect(cells), at_stake * elapsed if play else 0.0)}


def _delivered(row: Mapping[str, Any], found: Effect | None, at_stake: float) -> dict[str, Any]:
    """What came beyond the hold-out, and what to make of it."""
    if found is None or not row["days"]:
        return {"verdict": "small_arms" if row["days"] else "too_early"}
    margin = half_width(found)
    p_value = chance(found)
    sign = "confirmed" if found.difference > 0 else "harmful"
    return {
        "delivered": found.difference,
        "delivered_low": found.difference - margin,
        "delivered_high": found.difference + margin,
        "claim_ratio": row["promised"] / found.difference if found.difference > 0 else None,
        "p_value": p_value,
        "lift": found.difference / at_stake if at_stake > 0 else None,
        "lift_error": found.error / at_stake if at_stake > 0 else None,
        "verdict": sign if p_value < CHANCE else "not_significant",
    }


def _effect(cells: Iterable[Cell]) -> Effect | None:
    """What all the treated brought: play by play where both arms are large enough, the other plays together."""
    strata: list[Cell] = [{}]
    for cell in cells:
        if min(_size(cell, "treated"), _size(cell, "held_out")) >= LEAST_ARM:
            strata.append(cell)
        else:
            strata[0] = {arm: _added(strata[0].get(arm), sums) for arm, sums in cell.items()} | {
                arm: sums for arm, sums in strata[0].items() if arm not in cell
            }
    parts = [(_size(cell, "treated"), effect(_arm(cell, "treated"), _arm(cell, "held_out"))) for cell in strata]
    known = [(heads, part) for heads, part in parts if part is not None]
    if not known:
        return None
    # What too few can tell nothing of is taken to have brought what the others did.
    heads = sum(size for size, _ in known)
    whole = sum(size for size, _ in parts) / heads
    squares = [(size * whole * part.error) ** 2 for size, part in known]
    spread = sum(square**2 / part.freedom for square, (_, part) in zip(squares, known, strict=True))
    freedom = sum(squares) ** 2 / spread if spread > 0 else math.inf
    difference = sum(size * whole * part.difference for size, part in known)
    return Effect(difference, math.sqrt(sum(squares)), freedom)


def _size(cell: Cell, arm: str) -> int:
    return int(cell.get(arm, {}).get("customers", 0))


def _arm(cell: Cell, arm: str) -> Arm:
    sums = cell.get(arm, {})
    return Arm(_size(cell, arm), *(sums.get(name, 0.0) for name in ("y", "yy", "x", "xx", "xy")))
