"""Would a model of regular rhythms forecast better? MBG/CNBD-k against MBG/NBD on days that neither has seen.

    python -m benchmarks.regular_rhythms FOLDER

FOLDER holds the public data sets `cdnow` and `complete_journey`; Online Retail comes with the demo. Gaps are Erlang
distributed with shape k (Platzer and Reutterer 2016, Marketing Science 35(5)); with k = 1 it is the MBG/NBD. The
regularity is that of Wheat and Morrison (1990, Marketing Science 9(1)), from the last two gaps of each customer.
"""

import argparse
import gzip
from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from benchmarks.measuring import say
from motherlode.predict.measures import chance_measures, interval, resamples

AHEAD_DAYS = 90
DEMO = Path(__file__).parents[1] / "src" / "motherlode" / "demo" / "online_retail.parquet"


def logs(days: Iterable[tuple[str, str]]) -> list[np.ndarray]:
    """Order days by customer, as numbers."""
    customers: dict[str, set[str]] = {}
    for customer, day in days:
        customers.setdefault(customer, set()).add(day)
    return [np.sort(np.array([*known], dtype="datetime64[D]")).astype(np.int64) for known in customers.values()]


def cdnow(folder: Path) -> list[np.ndarray]:
    with gzip.open(folder / "cdnow" / "CDNOW_sample.txt.gz", "rt") as lines:
        rows = [line.split() for line in lines]
    return logs((row[1], f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}") for row in rows)


def parquet(path: Path, customer: str, day: str) -> list[np.ndarray]:
    sold = f"from '{path}' where {customer} is not null and quantity > 0"
    known = f"select distinct {customer}::varchar, {day}::date::varchar {sold}"
    return logs(duckdb.sql(known).fetchall())


def regularity(customers: list[np.ndarray]) -> float:
    """Shape k of gaps, from how evenly the last two gaps of each customer share their sum; 1 is no rhythm."""
    last = [np.diff(days[-3:]) for days in customers if days.size >= 3]
    spread = float(np.var([gaps[0] / gaps.sum() for gaps in last]))
    return (1 - 4 * spread) / (8 * spread)


def histories(customers: list[np.ndarray], end: int) -> tuple[np.ndarray, np.ndarray]:
    """Repeat orders, recency, age and summed logarithms of gaps by `end`; and who orders in the days ahead."""
    rows, later = [], []
    for days in customers:
        known = days[days <= end]
        if known.size:
            rows.append((known.size - 1, known[-1] - known[0], end - known[0], np.log(np.diff(known)).sum()))
            later.append(bool(((days > end) & (days <= end + AHEAD_DAYS)).any()))
    return np.array(rows, dtype=np.float64).T, np.array(later)


def log_silence(shape: np.ndarray, rate: np.ndarray, silent: np.ndarray, k: int) -> np.ndarray:
    """Logarithm of the chance of no order in so many days, of a customer whose pace is Gamma(shape, rate)."""
    steps = np.arange(k)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(steps > 0, steps * np.log(silent), 0.0)
    terms = gammaln(shape + steps) - gammaln(shape) - gammaln(steps + 1) + shape * np.log(rate) + moved
    return np.logaddexp.reduce(terms - (shape + steps) * np.log(rate + silent), axis=0)


def parts(
    point: np.ndarray, given: np.ndarray, k: int, ahead: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logarithms of the likelihood of orders; of staying and being silent until `ahead` days after; of having left."""
    r, alpha, a, b = np.exp(point)
    x, recency, age, gaps = given
    shape, rate = r + k * x, alpha + recency
    orders = (k - 1) * gaps - x * gammaln(k) + gammaln(shape) - gammaln(r) + r * np.log(alpha) - shape * np.log(rate)
    stays = betaln(a, b + x + 1) - betaln(a, b) + log_silence(shape, rate, age - recency + ahead, k)
    return orders, stays, betaln(a + 1, b + x) - betaln(a, b)


def fitted(given: np.ndarray, k: int) -> tuple[np.ndarray, float]:
    """Likeliest parameters, and their log likelihood."""

    def loss(point: np.ndarray) -> float:
        orders, stays, left = parts(point, given, k)
        return -float((orders + np.logaddexp(stays, left)).mean())

    start = np.log([1.0, 30.0 * k, 0.8, 2.0])
    best = minimize(loss, start, method="L-BFGS-B", bounds=[(-6, 9)] * 4)
    return best.x, -best.fun * given.shape[1]


def chances(point: np.ndarray, given: np.ndarray, k: int) -> np.ndarray:
    """Probability of an order in the days ahead."""
    _, stays, left = parts(point, given, k)
    silent = parts(point, given, k, AHEAD_DAYS)[1]
    return (np.exp(stays) - np.exp(silent)) / (np.exp(stays) + np.exp(left))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    journey = folder / "complete_journey" / "transactions.parquet"
    for name, customers in {
        "CDNOW": cdnow(folder),
        "Online Retail": parquet(DEMO, "CustomerID", "InvoiceDate"),
        "Complete Journey": parquet(journey, "household_id", "transaction_timestamp"),
    }.items():
        end = max(int(days[-1]) for days in customers) - AHEAD_DAYS
        given, later = histories(customers, end)
        known = [days[days <= end] for days in customers]
        say(f"{name}: regularity k {regularity(known):.2f}, {later.size:,} customers, {later.mean():.1%} ordered")
        compare(given, later)


def compare(given: np.ndarray, later: np.ndarray) -> None:
    """Log likelihood on the days known, and log loss on the days ahead, with the difference to no rhythm."""
    counts, losses = resamples(later.size), {}
    for k in (1, 2, 3):
        point, log_likelihood = fitted(given, k)
        told = chances(point, given, k)
        measured = chance_measures(later.astype(np.float64), told, counts)
        losses[k] = measured["log_loss"]
        more, low, high = interval(losses[k] - losses[1])
        say(
            f"  k={k}  log likelihood {log_likelihood:12.1f}  expected {told.mean():.1%}  AUC {measured['auc'][0]:.4f}"
            f"  log loss {losses[k][0]:.4f}, {more:+.4f} ({low:+.4f} to {high:+.4f})"
        )


if __name__ == "__main__":
    main()
