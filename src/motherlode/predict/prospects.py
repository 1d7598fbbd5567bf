"""What those who never bought may bring, from what is stated of them and what customers like them bring."""

from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.predict.resemblance import BLOCK, design_of
from motherlode.predict.special_functions import Numbers
from motherlode.predict.stated_traits import EPOCH_YEAR, Traits, traits_of
from motherlode.tables import table

COLUMNS = {
    "customer_id": "string",
    "value_if_active": "float64",
    "active_mean": "float64",
    "alike": "int64",
    "high_share": "float64",
    "high_share_all": "float64",
    "peer_id": "string",
    "verdict": "string",
}
# More customers teach little and cost much.
MOST_LEARNT = 4_000
# A column that is the same for nearly all prospects tells nothing between them, and was often written when they bought.
SAME = 0.95
# A giant makes nobody like him worth more: values above this part of all count as it.
COMMON = 0.99
HELD = 10.0
# What all customers bring is worth so many of those alike.
PRIOR = 10.0
SURE = 1.959963984540054
EPOCH = date(EPOCH_YEAR, 1, 1).toordinal()


@table(key="customer_id", subject="customer_id", columns=COLUMNS, purpose="profiling")
def prospects(
    stated_traits: pa.Table,
    prospect_cases: pa.Table,
    *,
    as_of: date,
    neighbours: int = 50,
    least_customers: int = 100,
    seed: int = 7,
) -> pa.Table:
    """For everybody who never bought, what the customers most alike bring in a year, and the best of them as a peer.

    Likeness is by what files state of people, each trait weighing as much as it tells of what customers bring; traits
    that are the same for nearly all prospects are left out. `value_if_active` is the mean of the `neighbours` nearest,
    drawn towards that of all (`active_mean`); `high_share` is the part of them of high value, beside that of all.
    `verdict` is `signal` where nearness tells what customers bring who were not learnt from; otherwise (`no_signal`)
    everybody is worth the mean and has no peer, and with fewer than `least_customers` (`too_few`) nobody is told of.

    Parameters
    ----------
    neighbours
        Customers that a prospect is compared with.
    seed
        What the customers that are learnt from are drawn by.
    """
    whole = traits_of(stated_traits) if stated_traits.num_rows else None
    cases = prospect_cases.sort_by("customer_id")
    waiting = cases.filter(cases.column("prospect"))
    known = cases.filter(pc.invert(cases.column("prospect")))
    if whole is None or not waiting.num_rows or known.num_rows < least_customers:
        return _table([])
    drawn = np.sort(np.random.default_rng(seed).permutation(known.num_rows)[:MOST_LEARNT])
    known = known.take(pa.array(drawn))
    points, size = _points(whole, known, waiting, as_of), known.num_rows
    value = known.column("value").to_numpy()
    base = _Base(points[:size], np.minimum(value, np.quantile(value, COMMON)), known.column("high").to_numpy(), known)
    if not _tells(base, neighbours, seed):
        mean = float(base.value.mean())
        told = {"value_if_active": mean, "active_mean": mean, "alike": 0, "verdict": "no_signal"}
        return _table([{"customer_id": who, **told} for who in waiting.column("customer_id").to_pylist()])
    return _table(_told(base, points[size:], waiting.column("customer_id").to_pylist(), neighbours))


class _Base(msgspec.Struct, frozen=True):
    """Customers who are learnt from: where they stand, what they bring, and who is of high value."""

    points: Numbers
    value: Numbers
    high: Any
    rows: pa.Table

    def at(self, places: Numbers) -> "_Base":
        return _Base(self.points[places], self.value[places], np.asarray(self.high)[places], self.rows)


def _points(traits: Traits, known: pa.Table, waiting: pa.Table, as_of: date) -> Numbers:
    """Known customers, then prospects, by the traits that differ between prospects."""
    who = pa.concat_arrays(part.column("customer_id").combine_chunks() for part in (known, waiting))
    days = np.full(len(who), float(as_of.toordinal() - EPOCH))
    columns = dict(zip(traits.words, traits.on(who, days), strict=True))
    # When somebody registered tells how long they had to buy, not who they are.
    columns.pop("registered_days", None)
    telling = {name: column for name, column in columns.items() if _differs(column[known.num_rows :])}
    if not telling:
        return np.zeros((len(who), 0))
    categorical = [place for place, name in enumerate(telling) if traits.words[name]]
    return design_of(np.column_stack([*telling.values()]), categorical).points


def _differs(column: Numbers) -> bool:
    _, counts = np.unique(column, return_counts=True)
    return bool(counts.max() < SAME * column.size)


def _weights(base: _Base) -> Numbers:
    """How much each column tells of the logarithm of what customers bring (ridge regression)."""
    target = np.log(base.value)
    points = base.points - base.points.mean(axis=0)
    inner = points.T @ points + HELD * np.eye(points.shape[1])
    return np.asarray(np.abs(np.linalg.solve(inner, points.T @ (target - target.mean()))))


def _nearest(base: _Base, points: Numbers, weights: Numbers, neighbours: int) -> Numbers:
    """Rows of the customers nearest to each point, the nearest first."""
    known, found = base.points * weights, np.empty((len(points), min(neighbours, len(base.value))), dtype=np.int64)
    for begin in range(0, len(points), BLOCK):
        here = points[begin : begin + BLOCK] * weights
        apart = (here**2).sum(axis=1)[:, None] - 2 * here @ known.T + (known**2).sum(axis=1)
        found[begin : begin + BLOCK] = np.argsort(apart.round(9), axis=1, kind="stable")[:, : found.shape[1]]
    return found


def _tells(base: _Base, neighbours: int, seed: int) -> bool:
    """Whether nearness foretells what customers bring who were not learnt from, beyond chance."""
    if not base.points.shape[1]:
        return False
    half = np.random.default_rng(seed + 1).permutation(len(base.value))
    parts = np.array_split(half, 2)
    foretold, actual = [], []
    for one, other in (parts, parts[::-1]):
        learnt = base.at(one)
        near = _nearest(learnt, base.points[other], _weights(learnt), neighbours)
        foretold.append(learnt.value[near].mean(axis=1))
        actual.append(np.log(base.value[other]))
    told, was = np.concatenate(foretold), np.concatenate(actual)
    if told.std() == 0 or was.std() == 0:
        return False
    return bool(np.corrcoef(told, was)[0, 1] * np.sqrt(told.size) > SURE)


def _told(base: _Base, points: Numbers, who: list[str], neighbours: int) -> list[dict[str, Any]]:
    weights, mean = _weights(base), float(base.value.mean())
    # Many prospects differ in nothing that is known.
    alike, place = np.unique(points.round(9), axis=0, return_inverse=True)
    near = _nearest(base, alike, weights, neighbours)
    size = near.shape[1]
    worth = (base.value[near].sum(axis=1) + PRIOR * mean) / (size + PRIOR)
    high = np.asarray(base.high)
    best = np.flatnonzero(high)
    ids = base.rows.column("customer_id").to_pylist()
    peers: list[str | None] = [None] * len(alike)
    if best.size:
        peers = [ids[best[row[0]]] for row in _nearest(base.at(best), alike, weights, 1)]
    share = high[near].mean(axis=1)
    place = place.reshape(-1)
    return [
        {
            "customer_id": customer_id,
            "value_if_active": round(float(worth[at]), 4),
            "active_mean": round(mean, 4),
            "alike": size,
            "high_share": float(share[at]),
            "high_share_all": float(high.mean()),
            "peer_id": peers[at],
            "verdict": "signal",
        }
        for customer_id, at in zip(who, place.tolist(), strict=True)
    ]


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(
        rows, schema=pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
    )
