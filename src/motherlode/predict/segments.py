"""Buyers in few groups that are named in words of the business."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.clusters import Scale, nearest, scale_of, stable_clusters
from motherlode.predict.segment_traits import TRAITS
from motherlode.predict.special_functions import Numbers
from motherlode.tables import table

DISTINGUISHING = 3
MODEL = {
    "cluster": "int64",
    "trait": "string",
    "segment": "string",
    "centre": "float64",
    "middle": "float64",
    "spread": "float64",
    "stability": "float64",
    "agreement": "float64",
}
SEGMENTS = {"customer_id": "string", "segment": "string", "cluster": "int64"}
PORTRAITS = {
    "segment": "string",
    "customers": "int64",
    "share": "float64",
    "share_of_value": "float64",
    "stability": "float64",
    "agreement": "float64",
    **{
        f"{name}_{place}": "string" if name == "trait" else "float64"
        for place in range(1, DISTINGUISHING + 1)
        for name in ("trait", "actual", "benchmark")
    },
}

# By these a group is named: parts (0 to 1) of all buyers that are below it, own gaps since the last order, parts of
# the money sent back and of the orders with a coupon, and days since the first order.
HIGH, MIDDLING = 0.7, 0.35
OVERDUE, LONG_OVERDUE = 2.0, 5.0
SENT_BACK, WITH_COUPON = 0.1, 0.5
SETTLED_DAYS = 182


@table(key=("cluster", "trait"), subject=None, columns=MODEL, purpose="profiling")
def segment_model(
    segment_traits: pa.Table, *, least_buyers: int = 300, fitted_on: int = 10_000, seed: int = 7
) -> pa.Table:
    """The centre of each cluster by trait, in spreads from the middle of all buyers, and how stable the cluster is.

    `agreement` is that of all clusters with those of buyers drawn again (adjusted Rand index, 1 is the same),
    `stability` that of one cluster (Jaccard index). There are as many clusters, 3 to 8, as are stable.

    Parameters
    ----------
    least_buyers
        Buyers below which there are no clusters.
    fitted_on, seed
        Buyers that the centres are sought with, and what they are drawn by.
    """
    values = _values(_by_customer(segment_traits))
    drawn = values[np.sort(np.random.default_rng(seed).permutation(len(values))[:fitted_on])]
    if len(np.unique(drawn, axis=0)) < least_buyers:
        return _table([], MODEL)
    scale = scale_of(drawn)
    found = stable_clusters(scale(drawn), seed)
    nearest_to = found.place(scale(values))
    names = [named(values[nearest_to == at], values) for at in range(len(found.centres))]
    agreement = found.agreement[len(found.centres)]
    rows = [
        {
            "cluster": cluster,
            "trait": trait,
            "segment": names[cluster],
            "centre": float(found.centres[cluster, place]),
            "middle": float(scale.middle[place]),
            "spread": float(scale.spread[place]),
            "stability": float(found.stability[cluster]),
            "agreement": agreement,
        }
        for cluster in range(len(found.centres))
        for place, trait in enumerate(TRAITS)
    ]
    return _table(rows, MODEL)


@table(key="customer_id", subject="customer_id", columns=SEGMENTS, purpose="profiling")
def segments(segment_traits: pa.Table, segment_model: pa.Table) -> pa.Table:
    """The segment of each buyer: the name of the nearest cluster; clusters with one name are one segment."""
    if not segment_model.num_rows:
        return _table([], SEGMENTS)
    rows = segment_model.sort_by("cluster").to_pylist()
    names = {row["cluster"]: row["segment"] for row in rows}
    by_trait = {(row["cluster"], row["trait"]): row for row in rows}
    centres = np.array([[by_trait[cluster, trait]["centre"] for trait in TRAITS] for cluster in names])
    middle, spread = (np.array([by_trait[0, trait][name] for trait in TRAITS]) for name in ("middle", "spread"))
    cluster = pa.array(nearest(Scale(middle, spread)(_values(segment_traits)), centres))
    segment = pa.array(names.values()).take(cluster)
    return pa.table({"customer_id": segment_traits.column("customer_id"), "segment": segment, "cluster": cluster})


@table(key="segment", subject=None, columns=PORTRAITS, purpose="profiling")
def segment_portraits(segment_traits: pa.Table, segments: pa.Table, segment_model: pa.Table) -> pa.Table:
    """What each segment is: its size, its part of the year's value, and the three traits that set it apart most.

    `actual_1` is the trait's value of the segment's middle customer, `benchmark_1` of everybody's.
    """
    together = segments.join(segment_traits, "customer_id", join_type="inner").sort_by("customer_id")
    segment = np.asarray(together.column("segment").to_pylist(), dtype=object)
    model = segment_model.to_pylist()
    return _table(list(_portraits(segment, _values(together), model)), PORTRAITS)


def named(members: Numbers, everybody: Numbers) -> str:
    """The name of a group of buyers, by its middle customer: the first rule that holds.

    The rules are in own gaps, shares and ranks, so that a group of the same kind has the same name on another day.
    """
    middle = np.median(members, axis=0)
    of = dict(zip(TRAITS, middle.tolist(), strict=True))
    # What most customers do sets nobody apart.
    rank = dict(zip(TRAITS, (everybody < middle).mean(axis=0).tolist(), strict=True))
    timely = of["overdue_ratio"] <= OVERDUE
    rules = (
        (of["returned_share"] >= SENT_BACK and rank["returned_share"] >= HIGH, "returners"),
        (of["coupon_share"] >= WITH_COUPON and rank["coupon_share"] >= HIGH, "bargain_hunters"),
        (of["orders_all"] < 2 and timely, "promising_new"),
        (of["orders_all"] < 2, "one_time"),
        (rank["value"] >= HIGH and timely, "high_value_loyal"),
        (rank["value"] >= HIGH, "high_value_at_risk"),
        (of["overdue_ratio"] > LONG_OVERDUE, "sleeping"),
        (not timely, "slipping_away"),
        (of["tenure_days"] < SETTLED_DAYS, "promising_new"),
        (rank["value"] >= MIDDLING, "regular"),
    )
    return next((name for holds, name in rules if holds), "occasional")


def _portraits(segment: Numbers, values: Numbers, model: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    everybody = np.median(values, axis=0) if len(values) else np.zeros(len(TRAITS))
    spread = np.array([next(row["spread"] for row in model if row["trait"] == trait) for trait in TRAITS if model])
    total = float(values[:, 0].sum())
    for name in sorted(set(segment.tolist())):
        here = values[segment == name]
        middle = np.median(here, axis=0)
        apart = np.abs(np.log1p(middle) - np.log1p(everybody)) / spread
        row: dict[str, Any] = {
            "segment": name,
            "customers": len(here),
            "share": len(here) / len(values),
            "share_of_value": float(here[:, 0].sum()) / total if total > 0 else None,
            "stability": min(row["stability"] for row in model if row["segment"] == name),
            "agreement": model[0]["agreement"],
        }
        for place, trait in enumerate(np.argsort(-apart, kind="stable")[:DISTINGUISHING], start=1):
            if apart[trait] > 0:
                told = (TRAITS[trait], float(middle[trait]), float(everybody[trait]))
                row |= dict(zip((f"{part}_{place}" for part in ("trait", "actual", "benchmark")), told, strict=True))
        yield row


def _by_customer(rows: pa.Table) -> pa.Table:
    """In an order that only the rows decide."""
    return rows.sort_by("customer_id")


def _values(rows: pa.Table) -> Numbers:
    columns = [np.maximum(rows.column(trait).to_numpy().astype(np.float64), 0.0) for trait in TRAITS]
    return np.column_stack(columns) if rows.num_rows else np.zeros((0, len(TRAITS)))


def _table(rows: list[dict[str, Any]], columns: dict[str, str]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.type_for_alias(columns[name])) for name in columns]))
