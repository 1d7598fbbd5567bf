"""Fit BG/NBD and Gamma-Gamma to a million customers, against the lifetimes package on the same customers.

    python -m benchmarks.repeat_buying [--customers 1_000_000] [--peer PYTHON]

PYTHON is an interpreter with `lifetimes` installed. Goals: each fit >= 30x as fast as lifetimes, and as likely.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.measuring import say
from motherlode.predict.buying_models import BUYING_MODELS, fit_buying, fit_spending
from motherlode.predict.expected_purchases import expected_purchases
from motherlode.predict.gamma_gamma import spending
from motherlode.predict.histories import distinct_histories
from motherlode.predict.repeat_buying import repeat_buying

PEER = """
import json, sys, time, warnings
import numpy as np
warnings.simplefilter("ignore")
from lifetimes import BetaGeoFitter, GammaGammaFitter
x, recency, age, mean = np.load(sys.argv[1])
began = time.process_time()
bg = BetaGeoFitter().fit(x, recency / 7, age / 7)
fitted = time.process_time()
known = x > 0
spent = GammaGammaFitter().fit(x[known], mean[known])
print(json.dumps({
    "bg_nbd": [fitted - began, list(bg.params_.values)],
    "gamma_gamma": [time.process_time() - fitted, list(spent.params_.values)],
}))
"""


def draw(customers: int, seed: int = 1) -> np.ndarray:
    """Repeat orders, recency and age in days, and mean value of a repeat order, of a two-year BG/NBD world."""
    chance = np.random.default_rng(seed)
    age = chance.integers(1, 730, customers).astype(np.float64)
    pace = chance.gamma(0.25, 1 / 4.4, customers) / 7
    leave = chance.beta(0.8, 2.4, customers)
    orders, last, clock = (np.zeros(customers) for _ in range(3))
    here = np.arange(customers)
    while here.size:
        clock[here] += chance.exponential(1 / np.maximum(pace[here], 1e-9))
        here = here[clock[here] < age[here]]
        orders[here] += 1
        last[here] = clock[here]
        here = here[chance.random(here.size) >= leave[here]]
    mean = chance.gamma(6.25 * np.maximum(orders, 1), 15.4 / chance.gamma(3.74, 1, customers)) / np.maximum(orders, 1)
    recency = np.where(orders > 0, np.clip(np.rint(last), 1, age), 0)
    return np.stack([orders, recency, age, np.where(orders > 0, mean, 0.0)])


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    made = work()
    return time.process_time() - began, made


def peer(python: Path, rows: np.ndarray) -> dict[str, list[Any]]:
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file, rows)
        file.flush()
        done = subprocess.run([python, "-c", PEER, file.name], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def score_all(rows: np.ndarray) -> pa.Table:
    """The room's two tables from histories a customer."""
    x, recency, age, mean = rows
    names = ("repeat_orders", "recency_days", "age_days")
    customers = pa.table(
        {
            "customer_id": np.char.add("c", np.arange(x.size).astype(str)),
            **{name: part.astype(np.int64) for name, part in zip(names, (x, recency, age), strict=True)},
            "repeat_order_value": pa.array(np.where(x > 0, mean, np.nan), from_pandas=True),
        }
    )
    patterns = customers.group_by([*names]).aggregate([([], "count_all")]).rename_columns([*names, "customers"])
    paid = customers.filter(pa.array(x > 0)).select(["repeat_orders", "repeat_order_value"])
    values = paid.append_column("customers", pa.array(np.ones(paid.num_rows, dtype=np.int64)))
    seconds, fits = timed(lambda: repeat_buying(patterns, values))
    say(f"repeat_buying       {seconds:7.2f} CPU s  (three models, order values, without leaving)")
    seconds, scored = timed(lambda: expected_purchases(customers, fits))
    say(f"expected_purchases  {seconds:7.2f} CPU s")
    return scored


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--peer", type=Path)
    options = parser.parse_args()
    rows = draw(options.customers)
    x, recency, age, mean = rows
    ours = {
        "bg_nbd": timed(lambda: fit_buying(BUYING_MODELS["bg_nbd"], distinct_histories(x, recency, age))),
        "gamma_gamma": timed(lambda: fit_spending(spending(x, mean))),
        "pareto_nbd": timed(lambda: fit_buying(BUYING_MODELS["pareto_nbd"], distinct_histories(x, recency, age))),
    }
    say(f"{options.customers:,} customers, {distinct_histories(x, recency, age).order_at.size:,} distinct histories")
    for name, (seconds, fit) in ours.items():
        say(f"{name:18}{seconds:7.2f} CPU s  log likelihood {fit.log_likelihood:,.3f}  {fit.parameters.round(4)}")
    score_all(rows)
    if options.peer:
        for name, (seconds, parameters) in peer(options.peer, rows).items():
            say(f"lifetimes {name:12}{seconds:7.2f} CPU s  {np.round(parameters, 4)}")
            say(f"  ratio {seconds / ours[name][0]:.0f}x")


if __name__ == "__main__":
    sys.exit(main())
