"""Fit models of repeat buying to a million customers, against lifetimes and PyMC-Marketing on the same customers.

    python -m benchmarks.repeat_buying [--customers 1_000_000] [--peers FOLDER]

FOLDER is a virtual environment with both packages; it is made, and they are installed, when it is missing.
Goals: BG/NBD and Gamma-Gamma >= 30x as fast as lifetimes, Pareto/NBD >= 20x as fast as PyMC-Marketing's MAP and
<= 5 s; CDNOW's 2,357 customers <= 10 ms (Pareto/NBD <= 40 ms); at most 150 MiB over the loaded data; as likely.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from benchmarks.measuring import cost_and_result, say
from motherlode.predict.buying_models import BUYING_MODELS, Fit, fit_buying, fit_spending
from motherlode.predict.expected_purchases import expected_purchases
from motherlode.predict.gamma_gamma import score, spending
from motherlode.predict.histories import distinct_histories
from motherlode.predict.repeat_buying import repeat_buying

PEERS = ("lifetimes==0.11.3", "pymc-marketing==0.19.2")
WORKER = Path(__file__).with_name("repeat_buying_peers.py")
MODELS = (*BUYING_MODELS, "gamma_gamma")
# What each peer is held against: job, model, how many times as fast.
RACES = (
    ("lifetimes_bg_nbd", "bg_nbd", 30.0),
    ("lifetimes_gamma_gamma", "gamma_gamma", 30.0),
    ("pymc_pareto_nbd", "pareto_nbd", 20.0),
)
SMALL_RACES = (
    ("lifetimes_bg_nbd", "bg_nbd"),
    ("lifetimes_pareto_nbd", "pareto_nbd"),
    ("lifetimes_gamma_gamma", "gamma_gamma"),
)
MOST_SECONDS = {"pareto_nbd": 5.0}
MOST_SMALL_SECONDS = dict.fromkeys(MODELS, 0.010) | {"pareto_nbd": 0.040}
MOST_ADDED_MIB = 150.0


class Run(msgspec.Struct, frozen=True):
    """What a fit took over the loaded data, and what it found."""

    seconds: float
    added_mib: float
    parameters: list[float]


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


def fitted(model: str, rows: np.ndarray) -> Fit:
    """A fit from customers to parameters."""
    x, recency, age, mean = rows
    if model == "gamma_gamma":
        return fit_spending(spending(x, mean))
    return fit_buying(BUYING_MODELS[model], distinct_histories(x, recency, age))


def ours(model: str, path: Path) -> Run:
    """A fit in this process, which holds nothing else but the data."""
    rows = np.load(path)
    fitted(model, rows[:, :2000])
    loaded = _peak()
    seconds, fit = timed(lambda: fitted(model, rows))
    return Run(seconds, _peak() - loaded, fit.parameters.tolist())


def theirs(python: Path, work: str, path: Path) -> Run:
    done = subprocess.run([python, WORKER, work, path], capture_output=True, text=True, check=True)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Run)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    made = work()
    return time.process_time() - began, made


def log_likelihood(model: str, parameters: list[float], rows: np.ndarray) -> float:
    """How likely parameters, ours or a peer's, are by our likelihood."""
    x, recency, age, mean = rows
    point = np.log(parameters)
    if model == "gamma_gamma":
        given = spending(x, mean)
        return score(point, given)[0] * given.total
    histories = distinct_histories(x, recency, age)
    return BUYING_MODELS[model].score(point, histories)[0] * histories.total


def peers_in(folder: Path) -> Path | None:
    """The interpreter of the peers, installed where they are not; `None` when that cannot be done."""
    python = folder / "bin" / "python"
    if not python.exists():
        say(f"installing {', '.join(PEERS)} into {folder}")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=False)
        if done.returncode:
            say("the peers could not be installed: no ratios")
            return None
    return python


def verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def race_million(python: Path | None, path: Path) -> None:
    """A million customers: seconds, memory, and times as fast as the peers."""
    rows = np.load(path)
    runs = {}
    for model in MODELS:
        run = runs[model] = cost_and_result(ours, model, path)[1]
        goal = MOST_SECONDS.get(model)
        least = f"  goal <= {goal:.0f} s {verdict(run.seconds <= goal)}" if goal else ""
        say(f"{model:12} {run.seconds:7.2f} CPU s{least}")
        say(f"  memory over the data {run.added_mib:+.0f} MiB  goal <= +150 {verdict(run.added_mib <= MOST_ADDED_MIB)}")
    for work, model, goal in RACES if python else ():
        peer = theirs(python, work, path)
        ratio = peer.seconds / runs[model].seconds
        say(f"{work} {peer.seconds:7.2f} CPU s  {peer.added_mib:+.0f} MiB")
        say(f"  {model} is {ratio:.0f}x as fast  goal >= {goal:.0f}x {verdict(ratio >= goal)}")
        tell_likelihood(model, runs[model], peer, rows)


def race_cdnow(python: Path, path: Path) -> None:
    """CDNOW: the best of ten of ours, which are milliseconds, against one of each peer."""
    theirs_of = {model: theirs(python, work, path) for work, model in SMALL_RACES}
    rows = np.load(path)
    for model in MODELS:
        seconds, fit = min((timed(lambda model=model: fitted(model, rows)) for _ in range(10)), key=lambda run: run[0])
        goal = MOST_SMALL_SECONDS[model]
        say(f"CDNOW {model:12} {1000 * seconds:6.1f} ms  goal <= {1000 * goal:.0f} ms {verdict(seconds <= goal)}")
        if model in theirs_of:
            say(f"  {theirs_of[model].seconds / seconds:.0f}x as fast as lifetimes")
            tell_likelihood(model, Run(seconds, 0.0, fit.parameters.tolist()), theirs_of[model], rows)


def tell_likelihood(model: str, run: Run, peer: Run, rows: np.ndarray) -> None:
    ahead = log_likelihood(model, run.parameters, rows) - log_likelihood(model, peer.parameters, rows)
    say(
        f"  log likelihood {ahead:+.4f} over theirs  goal >= 0 {verdict(ahead >= -1e-3)}  {np.round(run.parameters, 4)}"
    )


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


def _peak() -> float:
    """Most MiB that this program has held; `ru_maxrss` would begin with what its parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--peers", type=Path, default=Path(tempfile.gettempdir()) / "motherlode-peers")
    options = parser.parse_args()
    python = peers_in(options.peers)
    with tempfile.TemporaryDirectory() as folder:
        drawn, cdnow = Path(folder) / "drawn.npy", Path(folder) / "cdnow.npy"
        rows = draw(options.customers)
        np.save(drawn, rows)
        say(f"{options.customers:,} customers, {distinct_histories(*rows[:3]).order_at.size:,} distinct histories")
        race_million(python, drawn)
        if python:
            subprocess.run([python, WORKER, "cdnow", cdnow], check=True)
            race_cdnow(python, cdnow)
    score_all(rows)


if __name__ == "__main__":
    main()
