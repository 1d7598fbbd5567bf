"""Distinct purchase histories: what likelihoods of repeat buying read."""

import msgspec
import numpy as np

from motherlode.predict.special_functions import Numbers

DAYS_A_WEEK = 7.0
A_DAY = 1 / DAYS_A_WEEK
# Times of more steps than this are put in order instead of counted.
MOST_STEPS = 100_000
NO_DIFFERENCE = 1e-9


class Histories(msgspec.Struct, frozen=True):
    """Distinct histories (repeat orders, recency, age) and how many customers have each.

    Numbers of orders and times stand once each in `orders` and `times` (weeks), and histories point at them: a
    logarithm of a time is computed once and not once a customer.
    """

    orders: Numbers
    times: Numbers
    order_at: np.ndarray
    recency_at: np.ndarray
    age_at: np.ndarray
    customers: Numbers

    @property
    def total(self) -> float:
        return float(self.customers.sum())

    @property
    def frequency(self) -> Numbers:
        return np.take(self.orders, self.order_at)

    @property
    def recency(self) -> Numbers:
        return np.take(self.times, self.recency_at)

    @property
    def age(self) -> Numbers:
        return np.take(self.times, self.age_at)

    @property
    def customers_by_orders(self) -> Numbers:
        return np.bincount(self.order_at, self.customers, self.orders.size).astype(np.float64)


def distinct_histories(
    repeat_orders: np.ndarray,
    recency_days: np.ndarray,
    age_days: np.ndarray,
    customers: np.ndarray | None = None,
    *,
    unit: float = A_DAY,
) -> Histories:
    """Histories of customers, or counted histories, in whole days; the same in whatever order they come.

    `unit` is how long one of the whole numbers lasts: a seventh of a week, or whatever the times shall be told in.
    """
    code, span = _codes(repeat_orders, recency_days, age_days)
    if customers is None:
        found, number = np.unique(code, return_counts=True)
        return _decoded(found, span, number.astype(np.float64), unit)
    found, place = np.unique(code, return_inverse=True)
    return _decoded(found, span, np.bincount(place, np.asarray(customers, dtype=np.float64), found.size), unit)


def timed_histories(
    repeat_orders: np.ndarray, recency: np.ndarray, age: np.ndarray, customers: np.ndarray | None = None
) -> Histories:
    """Histories with times in any unit; whole units, and whole sevenths (days of weeks), are put together faster."""
    for unit in (1.0, A_DAY):
        last, first = np.rint(recency / unit), np.rint(age / unit)
        near = max(float(np.abs(part * unit - time).max()) for part, time in ((last, recency), (first, age)))
        if near < NO_DIFFERENCE and first.max() < MOST_STEPS:
            return distinct_histories(repeat_orders, last, first, customers, unit=unit)
    times, rank = np.unique(np.concatenate([recency, age]), return_inverse=True)
    last, first = np.split(rank, 2)
    ranked = distinct_histories(repeat_orders, last, first, customers, unit=1.0)
    return msgspec.structs.replace(ranked, times=times)


def histories_of_customers(
    repeat_orders: np.ndarray, recency_days: np.ndarray, age_days: np.ndarray
) -> tuple[Histories, np.ndarray]:
    """Distinct histories, and which of them each customer has."""
    code, span = _codes(repeat_orders, recency_days, age_days)
    found, place, number = np.unique(code, return_inverse=True, return_counts=True)
    return _decoded(found, span, number.astype(np.float64), A_DAY), place


def _codes(repeat_orders: np.ndarray, recency_days: np.ndarray, age_days: np.ndarray) -> tuple[np.ndarray, int]:
    """One whole number a history: numbers are put in order faster than rows."""
    count, recency, age = (np.asarray(part).astype(np.int64) for part in (repeat_orders, recency_days, age_days))
    span = int(age.max(initial=0)) + 1
    return (count * span + recency) * span + age, span


def _decoded(found: np.ndarray, span: int, customers: Numbers, unit: float) -> Histories:
    rest, age = np.divmod(found, span)
    count, recency = np.divmod(rest, span)
    orders, order_at = distinct_numbers(count)
    times, time_at = distinct_numbers(np.concatenate([recency, age]))
    recency_at, age_at = np.split(time_at, 2)
    return Histories(orders, times * unit, order_at, recency_at, age_at, customers)


def distinct_numbers(values: np.ndarray) -> tuple[Numbers, np.ndarray]:
    """Distinct whole numbers, and where each value stands among them; counting is faster than sorting."""
    there = np.zeros(int(values.max(initial=0)) + 1, dtype=bool)
    there[values] = True
    return np.flatnonzero(there).astype(np.float64), (np.cumsum(there) - 1)[values]


def coarse(histories: Histories, bins: int = 20) -> Histories:
    """The same histories with times in `bins` steps: near enough to begin a climb, and quick."""
    width = float(histories.times.max(initial=0.0)) / bins or 1.0
    places = np.rint(histories.times / width).astype(np.int64)
    return distinct_histories(
        histories.frequency, places[histories.recency_at], places[histories.age_at], histories.customers, unit=width
    )
