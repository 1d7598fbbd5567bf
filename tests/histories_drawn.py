"""Histories drawn from known truth, and CDNOW read from its published file."""

import gzip
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from motherlode.predict.histories import Histories, distinct_histories
from motherlode.predict.special_functions import Numbers


class Customers(NamedTuple):
    """A history a customer, in days, with the mean value of repeat orders (nil without one)."""

    repeat_orders: Numbers
    recency_days: Numbers
    age_days: Numbers
    mean_values: Numbers

    @property
    def histories(self) -> Histories:
        return distinct_histories(self.repeat_orders, self.recency_days, self.age_days)

    @property
    def table(self) -> pa.Table:
        """As `purchase_histories` gives them."""
        known = self.repeat_orders > 0
        return pa.table(
            {
                "customer_id": [f"c{number:05}" for number in range(known.size)],
                "repeat_orders": self.repeat_orders.astype(np.int64),
                "recency_days": self.recency_days.astype(np.int64),
                "age_days": self.age_days.astype(np.int64),
                "repeat_order_value": pa.array(np.where(known, self.mean_values, np.nan), from_pandas=True),
            }
        )

    @property
    def patterns(self) -> pa.Table:
        return (
            self.table.group_by(["repeat_orders", "recency_days", "age_days"])
            .aggregate([([], "count_all")])
            .rename_columns(["repeat_orders", "recency_days", "age_days", "customers"])
        )

    @property
    def values(self) -> pa.Table:
        paid = self.table.filter(pa.array((self.repeat_orders > 0) & (self.mean_values > 0)))
        counted = paid.group_by(["repeat_orders", "repeat_order_value"]).aggregate([([], "count_all")])
        return counted.rename_columns(["repeat_orders", "repeat_order_value", "customers"])


def drawn(size: int, *, r: float, alpha: float, a: float, b: float) -> Customers:
    """Customers of a BG/NBD world (rates a week); with a = 0 nobody ever leaves."""
    return drawn_with_later(size, r=r, alpha=alpha, a=a, b=b)[0]


def drawn_with_later(
    size: int, *, r: float, alpha: float, a: float, b: float, ahead: int = 0, seed: int = 7
) -> tuple[Customers, Numbers]:
    """Customers, and how many orders each makes in the days `ahead` of the last one that is known."""
    chance = np.random.default_rng(seed)
    age = chance.integers(30, 500, size).astype(np.float64)
    pace = chance.gamma(r, 1 / alpha, size) / 7
    leave = chance.beta(a, b, size) if a > 0 else np.zeros(size)
    orders, later, last, clock = (np.zeros(size) for _ in range(4))
    here = np.arange(size)
    while here.size:
        clock[here] += chance.exponential(1 / pace[here])
        here = here[clock[here] < age[here] + ahead]
        known = here[clock[here] < age[here]]
        orders[known] += 1
        last[known] = clock[known]
        later[here] += clock[here] >= age[here]
        here = here[chance.random(here.size) >= leave[here]]
    spent = chance.gamma(6.0 * np.maximum(orders, 1), 15 / chance.gamma(3.7, 1, size)) / np.maximum(orders, 1)
    recency = np.where(orders > 0, np.minimum(np.maximum(np.rint(last), 1), age), 0)
    return Customers(orders, recency, age, np.where(orders > 0, spent, 0.0)), later


Log = Mapping[str, Mapping[date, float]]


def cdnow_log(folder: Path) -> Log:
    """Paid by customer and day, of the tenth of CDNOW's customers that the papers use."""
    paid: dict[str, dict[date, float]] = {}
    with gzip.open(folder / "cdnow" / "CDNOW_sample.txt.gz", "rt") as lines:
        for line in lines:
            _, customer, day, _, value = line.split()
            on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
            days = paid.setdefault(customer, {})
            days[on] = days.get(on, 0.0) + float(value)
    return paid


def as_of(log: Log, end: date) -> Customers:
    """Histories at the end of a day."""
    rows = []
    for days in log.values():
        known = sorted(day for day in days if day <= end)
        later = [days[day] for day in known[1:]]
        mean = sum(later) / len(later) if later else 0.0
        rows.append((len(later), (known[-1] - known[0]).days, (end - known[0]).days, mean))
    return Customers(*np.array(rows, dtype=np.float64).T)
