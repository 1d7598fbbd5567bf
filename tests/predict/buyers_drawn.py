"""Buyers with rates of their own, as snapshots: what they did, and what came after."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.left_out_traits import SHAPE
from motherlode.predict.stated_traits import NUMBERS, TEXTS

LAST = date(2024, 6, 30)
AHEAD = 90
TRAITS = {
    "customer_id": pa.string(), "registered_on": pa.date32(), "sensitive": pa.bool_(),
    **dict.fromkeys((*TEXTS, "extra"), pa.string()), **dict.fromkeys(NUMBERS, pa.float64()),
}  # fmt: skip
NONE_LEFT_OUT = SHAPE.empty_table()


def traits(**columns: Sequence[Any]) -> pa.Table:
    """Stated traits with these columns, the others empty; a column that is not of the house's own goes to `extra`."""
    own = {name: [*values] for name, values in columns.items() if name in TRAITS}
    size = len(own.get("customer_id", []))
    more = {name: values for name, values in columns.items() if name not in TRAITS}
    if more:
        own["extra"] = [json.dumps({name: str(values[at]) for name, values in more.items()}) for at in range(size)]
    own.setdefault("sensitive", [False] * size)
    return pa.table({name: pa.array(own.get(name, [None] * size), kind) for name, kind in TRAITS.items()})


def orders(customers: int, seed: int = 1, days: int = 700) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer, day and money of every order; some customers stop for good."""
    chance = np.random.default_rng(seed)
    rate = chance.gamma(0.7, 1 / 50, customers)
    stop = chance.exponential(500.0, customers)
    start = chance.integers(0, days - 200, customers)
    who, when = [], []
    for customer in range(customers):
        gaps = chance.exponential(1 / max(rate[customer], 1e-4), 60)
        at = start[customer] + np.concatenate([[0.0], np.cumsum(gaps)])
        kept = at[(at < days) & (at <= start[customer] + stop[customer])]
        who.append(np.full(kept.size, customer))
        when.append(np.floor(kept))
    people = np.concatenate(who)
    worth = chance.gamma(4.0, 10.0, customers)
    return people, np.concatenate(when), worth[people] * chance.gamma(5.0, 0.2, people.size)


def snapshots(customers: int = 600, seed: int = 1, backs: int = 8) -> pa.Table:
    """Snapshots every 30 days, the last one 90 days before the end."""
    who, when, paid = orders(customers, seed)
    parts = [_snapshot(customers, who, when, paid, 699 - AHEAD - 30 * back) for back in range(backs)]
    return pa.concat_tables(parts)


def features(customers: int = 600, seed: int = 1) -> pa.Table:
    """What is known on the last day."""
    who, when, paid = orders(customers, seed)
    return _snapshot(customers, who, when, paid, 699).drop_columns(
        ["snapshot_on", "buys_90d", "leaves_90d", "pays_90d"]
    )


def _snapshot(customers: int, who: np.ndarray, when: np.ndarray, paid: np.ndarray, day: int) -> pa.Table:
    past, later = when <= day, (when > day) & (when <= day + AHEAD)

    def summed(rows: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(who[rows], None if weights is None else weights[rows], customers)

    number = summed(past)
    first, last = np.full(customers, 1e9), np.full(customers, -1e9)
    np.minimum.at(first, who[past], when[past])
    np.maximum.at(last, who[past], when[past])
    known = number > 0
    recent = [summed(past & (when > day - span)) for span in (90, 365)]
    columns = {
        "active_days": number,
        "orders_all": number,
        "orders_90d": recent[0],
        "orders_365d": recent[1],
        "idle_days": day - last,
        "tenure_days": day - first,
        "spend_all": summed(past, paid),
        "spend_90d": summed(past & (when > day - 90), paid),
        "spend_365d": summed(past & (when > day - 365), paid),
        "buys_90d": (summed(later) > 0).astype(float),
        "leaves_90d": np.where(recent[0] > 0, (summed(later) == 0).astype(float), np.nan),
        "pays_90d": summed(later, paid),
    }
    kept = {name: pa.array(values[known], from_pandas=True) for name, values in columns.items()}
    ids = np.char.add("c", np.arange(customers)[known].astype(str))
    on = pa.array([LAST - timedelta(days=699 - day)] * int(known.sum()))
    return pa.table({"snapshot_on": on, "customer_id": ids, **kept})
