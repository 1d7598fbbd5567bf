"""Scorecards on public credit data, in repeated stratified folds, against OptBinning in the same folds.

    python -m benchmarks.scorecards [--data FOLDER] [--peer PYTHON]

PYTHON is an interpreter with `optbinning` installed. Goals: area under the curve >= 0.79 and Kolmogorov-Smirnov
distance >= 0.50 (German credit), area >= 0.768 (Taiwan), with less CPU than the peer. Binning is done anew within each
fold; distance and area are means over folds. Both have one thread, as waiting threads would count as work.
"""

import argparse
import csv
import gzip
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from benchmarks.measuring import say
from motherlode.predict.scorecard import Scorecard

DATA = Path(__file__).parents[2] / "shared" / "data"
SETS = {
    "german_credit": ("germancredit.csv.gz", "creditability", "bad", (), 10),
    "taiwan_default": ("UCI_Credit_Card.csv.gz", "default.payment.next.month", "1", ("ID",), 2),
}
PEER = """
import json, sys, time, warnings
import numpy as np, pandas as pd
from optbinning import BinningProcess
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
warnings.simplefilter("ignore")
given = np.load(sys.argv[1])
names = [str(place) for place in range(given["values"].shape[1])]
rows, happened = pd.DataFrame(given["values"], columns=names), given["happened"]
categorical = [names[place] for place in given["categorical"]]
scores, seconds = [], 0.0
for fold in given["folds"]:
    began = time.process_time()
    model = make_pipeline(BinningProcess(names, categorical_variables=categorical), LogisticRegression(max_iter=1000))
    model.fit(rows[fold == 0], happened[fold == 0])
    scores.append(model.decision_function(rows[fold == 1]).tolist())
    seconds += time.process_time() - began
print(json.dumps({"scores": scores, "seconds": seconds}))
"""


def columns_of(path: Path, outcome: str, yes: str, left_out: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, list]:
    """A matrix of numbers and codes, what happened, and the places of codes."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns, categorical = [], []
    for name in [name for name in rows[0] if name not in (outcome, *left_out)]:
        try:
            columns.append([float(row[name]) for row in rows])
        except ValueError:
            codes = {value: code for code, value in enumerate(sorted({row[name] for row in rows}))}
            categorical.append(len(columns))
            columns.append([codes[row[name]] for row in rows])
    return np.array(columns, dtype=float).T, np.array([row[outcome] == yes for row in rows], dtype=float), categorical


def folds_of(happened: np.ndarray, repeats: int) -> np.ndarray:
    """1 where a case is held out, a row a fold."""
    folds = []
    for seed in range(repeats):
        for _, held in StratifiedKFold(5, shuffle=True, random_state=seed).split(happened, happened):
            folds.append(np.isin(np.arange(happened.size), held).astype(int))
    return np.array(folds)


def ours(values: np.ndarray, happened: np.ndarray, categorical: list, folds: np.ndarray) -> tuple[list, float]:
    began, scores = time.process_time(), []
    for fold in folds:
        card = Scorecard(categorical=categorical).fit(values[fold == 0], happened[fold == 0])
        scores.append(card.score(values[fold == 1]))
    return scores, time.process_time() - began


def peer(python: Path, values: np.ndarray, happened: np.ndarray, categorical: list, folds: np.ndarray) -> tuple:
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        np.savez(file, values=values, happened=happened, categorical=categorical, folds=folds)
        file.flush()
        alone = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run([python, "-c", PEER, file.name], capture_output=True, text=True, check=True, env=alone)
    told = json.loads(done.stdout.splitlines()[-1])
    return told["scores"], told["seconds"]


def told(name: str, scores: list, happened: np.ndarray, folds: np.ndarray, seconds: float) -> None:
    found = []
    for fold, score in zip(folds, scores, strict=True):
        false, true, _ = roc_curve(happened[fold == 1], score)
        found.append((roc_auc_score(happened[fold == 1], score), (true - false).max()))
    area, distance = np.mean(found, axis=0)
    say(f"  {name:12} AUC {area:.4f}  KS {distance:.4f}  {seconds / len(folds):6.3f} CPU s a fit")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--peer", type=Path)
    options = parser.parse_args()
    for name, (file, outcome, yes, left_out, repeats) in SETS.items():
        values, happened, categorical = columns_of(options.data / name / file, outcome, yes, left_out)
        folds = folds_of(happened, repeats)
        say(f"{name}: {happened.size:,} cases, {repeats} times 5 folds")
        with threadpool_limits(1):
            scores, seconds = ours(values, happened, categorical, folds)
        told("ours", scores, happened, folds, seconds)
        if options.peer:
            scores, other = peer(options.peer, values, happened, categorical, folds)
            told("OptBinning", scores, happened, folds, other)
            say(f"  ratio of CPU {other / seconds:.1f}x")


if __name__ == "__main__":
    main()
