"""What single members of a list gained by being treated: not seen, but estimated without bias from the hold-out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motherlode.opportunity.lift import LEAST_ARM, Arm

Numbers = NDArray[np.floating[Any]]
SUMS = ("y", "yy", "x", "xx", "xy")


class Arms(NamedTuple):
    """The treated and the held out of a list and play, and what margin before says of margin since."""

    treated: Arm
    held_out: Arm
    slope: float


def arms_of(list_results: pa.Table) -> dict[tuple[str, str], Arms]:
    """By list and play, both arms, where they are large enough to tell anything."""
    sums: dict[tuple[str, str, str], dict[str, float]] = defaultdict(lambda: dict.fromkeys(("n", *SUMS), 0.0))
    for row in list_results.to_pylist():
        cell = sums[row["list"], row["play"], row["arm"]]
        for name in SUMS:
            cell[name] += row[name] or 0.0
        cell["n"] += row["customers"]
    found = {}
    for name, play in sorted({key[:2] for key in sums}):
        treated, held_out = (
            Arm(int(cell["n"]), *(cell[part] for part in SUMS))
            for cell in (sums[name, play, "treated"], sums[name, play, "held_out"])
        )
        if min(treated.n, held_out.n) >= LEAST_ARM:
            (_, xx_t, xy_t), (_, xx_h, xy_h) = treated.within(), held_out.within()
            slope = (xy_t + xy_h) / (xx_t + xx_h) if xx_t + xx_h > 0 else 0.0
            found[name, play] = Arms(treated, held_out, slope)
    return found


def gained(members: Sequence[Mapping[str, Any]], arms: Mapping[tuple[str, str], Arms]) -> Numbers:
    """Margin since the list that each member gained, or would have gained, by being treated, in house currency.

    The gain of the list, and how far the member's margin is from that of its arm, over the chance to be in it
    (augmented inverse probability weighting: Robins, Rotnitzky and Zhao 1994). Of one member it says next to nothing;
    its mean over any members who were chosen by what was known before is right.
    """
    return np.array([_gained(row, *arms[row["list"], row["play"]]) for row in members])


def column(members: Sequence[Mapping[str, Any]], name: str) -> Numbers:
    """One fact of each member, NaN where it is unknown; shape (members,)."""
    return np.array([np.nan if row[name] is None else row[name] for row in members], dtype=np.float64)


def _gained(row: Mapping[str, Any], treated: Arm, held_out: Arm, slope: float) -> float:
    own, chance = (treated, row["propensity"]) if row["arm"] == "treated" else (held_out, row["propensity"] - 1)
    above = row["y"] - own.y / own.n - slope * (row["x"] - own.x / own.n)
    whole = treated.y / treated.n - held_out.y / held_out.n - slope * (treated.x / treated.n - held_out.x / held_out.n)
    return float(whole + above / chance)
