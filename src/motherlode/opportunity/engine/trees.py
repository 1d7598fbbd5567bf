"""Boosted trees fitted across: no customer is foretold by a model that saw it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from motherlode.opportunity.engine.panel import Floats, Ints

FOLDS = 2
TREES: dict[str, Any] = {
    "num_leaves": 24, "learning_rate": 0.07, "min_data_in_leaf": 40, "lambda_l2": 5.0, "max_bin": 63,
    "feature_fraction": 0.6, "bagging_fraction": 0.7, "bagging_freq": 1,
    "verbosity": -1, "seed": 7, "num_threads": 1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
ROUNDS = 120
# With fewer rows than this there is nothing to learn but the mean; of more, so many are enough.
LEAST_ROWS, MOST_ROWS = 200, 40_000


class Lessons(msgspec.Struct, frozen=True):
    """Rows to learn from; `fold` is that of the row's customer."""

    values: Floats
    outcome: Floats
    fold: Ints
    weights: Floats | None = None


def folds(customers: int, seed: int = 7) -> Ints:
    """The fold of every customer."""
    return np.random.default_rng(seed).permutation(customers) % FOLDS


def across(lessons: Lessons, asked: Sequence[Floats], fold: Ints, objective: str, **settings: Any) -> list[Floats]:
    """Predictions of every `asked` array of customers, whose folds are `fold`, by models of the other folds."""
    predicted: list[Floats] = [np.zeros(len(values)) for values in asked]
    for here in range(FOLDS):
        rows, places = np.flatnonzero(lessons.fold != here), fold == here
        rows = rows[:: len(rows) // MOST_ROWS + 1]
        weights = None if lessons.weights is None else lessons.weights[rows]
        model = fitted(lessons.values[rows], lessons.outcome[rows], objective, weights, **settings)
        for answer, values in zip(predicted, asked, strict=True):
            answer[places] = model(values[places])
    return predicted


def fitted(values: Floats, outcome: Floats, objective: str, weights: Floats | None = None, **settings: Any) -> Any:
    """A function of `values`: trees, or the mean where there are few rows."""
    import lightgbm

    if len(outcome) < LEAST_ROWS or np.ptp(outcome) == 0:
        mean = float(np.average(outcome, weights=weights)) if len(outcome) else 0.0
        return lambda rows: np.full(len(rows), mean)
    data = lightgbm.Dataset(values, outcome, weight=weights)
    return lightgbm.train(TREES | {"objective": objective} | settings, data, ROUNDS).predict
