"""What the time of the year does to each industry."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.tables import table

RECENT, BEFORE, YEAR = 13, 52, 364 / 7
# Two waves a year, and a trend.
WAVES, RIDGE = 2, 0.5
# So many customers weigh as much as the whole base.
OWN_WEIGHT = 60.0
# A season is known from a year and a half on.
LEAST_WEEKS = 78
COLUMNS = {
    "industry": "string",
    "payers": "int64",
    "season_known": "boolean",
    "season_change": "float64",
    "season_high_on": "date",
}
SCHEMA = pa.schema(
    [
        ("industry", pa.string()), ("payers", pa.int64()), ("season_known", pa.bool_()),
        ("season_change", pa.float64()), ("season_high_on", pa.date32()),
    ]
)  # fmt: skip


@table(key="industry", subject=None, columns=COLUMNS, purpose="analytics")
def segment_seasons(segment_weeks: pa.Table, *, as_of: date) -> pa.Table:
    """For each industry (empty: the whole base) what season alone makes of the last 13 weeks against the 52 before.

    `season_change` is the logarithm of the ratio, from two waves a year fitted to the logarithm of weekly sales beside
    a trend, drawn towards the whole base where an industry has few customers. `season_high_on` is the day from which
    the season is back at its average. With less than a year and a half of sales, nothing is known and the change is 0.
    """
    if not segment_weeks.num_rows:
        return SCHEMA.empty_table()
    weeks = segment_weeks["week_ago"].to_numpy()
    reach = int(weeks.max()) + 1
    names = sorted(set(segment_weeks["industry"].to_pylist()))
    place = {name: number for number, name in enumerate(names)}
    rows = np.array([place[name] for name in segment_weeks["industry"].to_pylist()])
    spend, payers = np.zeros((len(names), reach)), np.zeros(len(names))
    # Oldest first; the last week may have begun on `as_of`.
    spend[rows, reach - 1 - weeks] = segment_weeks["spend"].to_numpy()
    payers[rows] = segment_weeks["payers"].to_numpy()
    known = reach >= LEAST_WEEKS
    index = _index(spend, payers, names.index("")) if known else np.ones((len(names), reach + BEFORE))
    told: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        recent = index[number, reach - RECENT : reach].mean() if known else 1.0
        before = index[number, max(reach - RECENT - BEFORE, 0) : reach - RECENT].mean() if known else 1.0
        back = np.flatnonzero(index[number, reach:] >= 1.0)
        high = (
            as_of + timedelta(weeks=int(back[0]) + 1) if known and back.size and index[number, reach - 1] < 1 else None
        )
        change = float(np.log(recent / before)) if known else 0.0
        told.append(
            {"industry": name, "payers": int(payers[number]), "season_known": known, "season_change": round(change, 6),
             "season_high_on": high}
        )  # fmt: skip
    return pa.Table.from_pylist(told, schema=SCHEMA)


def _index(spend: np.ndarray[Any, Any], payers: np.ndarray[Any, Any], base: int) -> np.ndarray[Any, Any]:
    """What the season makes of each week and of those of the year to come; 1 is an ordinary week."""
    reach = spend.shape[1]
    at = np.arange(reach + BEFORE)
    angle = 2 * np.pi * at[:, None] * np.arange(1, WAVES + 1) / YEAR
    waves = np.hstack([np.sin(angle), np.cos(angle)])
    design = np.hstack([np.ones((reach, 1)), at[:reach, None] / reach, waves[:reach]])
    logs = np.log(spend + 0.01 * spend.mean(axis=1, keepdims=True) + 1e-9)
    penalty = np.diag([0.0, 0.0, *[RIDGE] * (2 * WAVES)])
    fitted = np.linalg.solve(design.T @ design + penalty, design.T @ logs.T)[2:]
    share = payers / (payers + OWN_WEIGHT)
    fitted = fitted * share + fitted[:, [base]] * (1 - share)
    index = np.exp(waves @ fitted).T
    return np.asarray(index / index[:, : round(YEAR)].mean(axis=1, keepdims=True))
