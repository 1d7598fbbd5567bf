"""Find the hidden best customers of Online Retail from a few known ones, against cosine similarity.

    python -m benchmarks.lookalike [--data online_retail.parquet]

Goals: area under the curve >= 0.88 and precision >= 0.49 among as many as are hidden. Of the customers who will be in
the top tenth by the spend of the next 90 days, 30 % are known; the others are sought among all, five times a cut-off.
Every column is known at the cut-off.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.measuring import say
from motherlode.predict.measures import chance_measures
from motherlode.predict.resemblance import ranked, resemblance

CUT_OFFS = ("2011-03-01", "2011-06-01", "2011-09-01")
KNOWN, REPEATS = 0.3, 5
DATA = Path(__file__).parents[2] / "shared" / "data" / "online_retail" / "online_retail.parquet"
SQL = """
WITH lines AS (
    SELECT CustomerID AS who, InvoiceNo AS invoice, InvoiceDate::DATE AS day, StockCode AS product,
           Quantity * UnitPrice AS paid, Quantity AS pieces
    FROM read_parquet($data) WHERE CustomerID IS NOT NULL AND Quantity > 0 AND UnitPrice > 0
), known AS (
    SELECT who, $cut::DATE - max(day) AS idle, $cut::DATE - min(day) AS tenure, count(DISTINCT invoice) AS orders,
           count(DISTINCT day) AS order_days, sum(paid) AS spend, max(paid) AS largest, avg(paid) AS line,
           sum(pieces) AS pieces, count(DISTINCT product) AS products,
           coalesce(sum(paid) FILTER (day >= $cut::DATE - 30), 0) AS spend_30d,
           coalesce(sum(paid) FILTER (day >= $cut::DATE - 90), 0) AS spend_90d,
           count(DISTINCT invoice) FILTER (day >= $cut::DATE - 90) AS orders_90d
    FROM lines WHERE day < $cut::DATE GROUP BY who
), later AS (SELECT who, sum(paid) AS came FROM lines WHERE day >= $cut::DATE AND day < $cut::DATE + 90 GROUP BY who)
SELECT known.* EXCLUDE (who), coalesce(came, 0) AS came FROM known LEFT JOIN later USING (who) ORDER BY who
"""

Score = Callable[[np.ndarray, np.ndarray], np.ndarray]


def cosine(values: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Similarity of each row with the mean of the seeds."""
    middle = values[seeds].mean(axis=0)
    return values @ middle / np.maximum(np.linalg.norm(values, axis=1) * np.linalg.norm(middle), 1e-12)


WAYS: dict[str, Score] = {
    "resemblance": lambda values, seeds: resemblance(values, seeds)[0],
    "cosine": cosine,
    "cosine, standardised": lambda values, seeds: cosine((values - values.mean(0)) / values.std(0), seeds),
    "cosine, ranks": lambda values, seeds: cosine(np.column_stack([*map(ranked, values.T)]), seeds),
}


def measured(score: np.ndarray, hidden: np.ndarray) -> tuple[float, float]:
    """Area under the curve, and the part of the best that are hidden ones, as many as there are."""
    area = chance_measures(hidden, ranked(score), np.ones((1, hidden.size), dtype=np.float32))["auc"][0]
    return float(area), float(hidden[np.argsort(-score, kind="stable")[: int(hidden.sum())]].mean())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    seconds = dict.fromkeys(WAYS, 0.0)
    for cut in CUT_OFFS:
        columns = duckdb.execute(SQL, {"data": str(options.data), "cut": cut}).fetchnumpy()
        came = np.asarray(columns.pop("came"), dtype=float)
        values = np.column_stack([np.asarray(column, dtype=float) for column in columns.values()])
        best = np.flatnonzero(came >= np.quantile(came, 0.9))
        for repeat in range(REPEATS):
            seeds = np.zeros(came.size, dtype=bool)
            seeds[np.random.default_rng(repeat).choice(best, int(KNOWN * best.size), replace=False)] = True
            hidden = np.isin(np.arange(came.size), best).astype(float)[~seeds]
            for name, way in WAYS.items():
                began = time.process_time()
                score = way(values, seeds)
                seconds[name] += time.process_time() - began
                found[name].append(measured(score[~seeds], hidden))
    say(f"{len(CUT_OFFS)} cut-offs, {REPEATS} repeats each")
    for name, rows in found.items():
        area, precision = np.mean(rows, axis=0)
        say(f"{name:22} AUC {area:.3f}  precision {precision:.3f}  {seconds[name] / len(rows):6.3f} CPU s")


if __name__ == "__main__":
    main()
