"""Gradient boosted trees (Friedman 2001; Ke et al. 2017) as estimators that say what each column added to a score."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from motherlode.predict.special_functions import Numbers

# Slow and strongly regularised.
COMMON: dict[str, Any] = {
    "learning_rate": 0.05,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_cat_to_onehot": 8,
    "cat_smooth": 20.0,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
MOST_ROUNDS = 600
PATIENCE = 30
# Below so many rows a second thread waits more than it works.
ROWS_FOR_TWO = 50_000
# Rows that the choice of the number of rounds looks at; more change it little.
CHOICE_ROWS = 60_000


class Boosting:
    """Boosted trees on a matrix with a column a feature, in which unknown values are not numbers.

    Parameters
    ----------
    objective
        `binary` (scores are logits), `tweedie` (money with many zeros; scores are logarithms) or `regression`.
    rounds
        Number of trees; `None` chooses it by cross-validation within the rows that are learnt from.
    leaves
        Leaves of a tree.
    columns_share
        Share (0 to 1) of the columns that each tree may look at.
    seeds
        Runs whose scores are averaged.
    categorical
        Places of columns whose numbers are codes without order.
    offset
        Place of a column that the trees start from and correct, in units of the score; -1 for none.
    """

    def __init__(
        self,
        objective: str = "binary",
        *,
        rounds: int | None = 150,
        leaves: int = 15,
        columns_share: float = 0.7,
        seeds: int = 1,
        categorical: Sequence[int] = (),
        offset: int = -1,
    ) -> None:
        self.objective = objective
        self.rounds = rounds
        self.leaves = leaves
        self.columns_share = columns_share
        self.seeds = seeds
        self.categorical = tuple(categorical)
        self.offset = offset

    def fit(self, values: Numbers, target: Numbers) -> "Boosting":
        """Learn from cases: a row of `values` and a number of `target` each."""
        import lightgbm

        rows = lightgbm.Dataset(
            np.asarray(values, dtype=np.float32),
            np.asarray(target, dtype=np.float64),
            init_score=self._start(values) if self.offset >= 0 else None,
            categorical_feature=list(self.categorical),
            params={"verbosity": -1, "force_row_wise": True, "num_threads": 1},
            free_raw_data=False,
        )
        settings = self._settings(len(target))
        rounds = self.rounds or self.best_rounds(values, target)
        self.boosters_ = [lightgbm.train(settings | {"seed": seed}, rows, rounds) for seed in range(1, self.seeds + 1)]
        return self

    def score(self, values: Numbers) -> Numbers:
        """Logits, logarithms of money, or plain numbers, by objective; the offset is in them."""
        scores = [booster.predict(np.asarray(values, dtype=np.float32), raw_score=True) for booster in self.boosters_]
        return np.asarray(np.mean(scores, axis=0) + self._start(values))

    def predict(self, values: Numbers) -> Numbers:
        """Probability that it happens, or expected amount."""
        score = self.score(values)
        if self.objective == "binary":
            return np.asarray(1 / (1 + np.exp(-score)))
        return np.exp(score) if self.objective == "tweedie" else score

    def explain(self, values: Numbers) -> Numbers:
        """What each column adds to the score of each row, and last what every row has: exact, they add up to `score`.

        Tree SHAP (Lundberg, Erion and Lee 2018).
        """
        matrix = np.asarray(values, dtype=np.float32)
        added = np.mean([booster.predict(matrix, pred_contrib=True) for booster in self.boosters_], axis=0)
        if self.offset >= 0:
            added[:, self.offset] += self._start(values)
        return np.asarray(added)

    def _settings(self, cases: int) -> dict[str, Any]:
        tweedie = {"tweedie_variance_power": 1.4} if self.objective == "tweedie" else {}
        return (
            COMMON
            | tweedie
            | {
                "objective": self.objective,
                "num_leaves": self.leaves,
                "feature_fraction": self.columns_share,
                "min_data_in_leaf": int(np.clip(cases / 100, 10, 200)),
                "num_threads": 1 + (cases > ROWS_FOR_TWO),
            }
        )

    def _start(self, values: Numbers) -> Numbers:
        start: Numbers = np.nan_to_num(values[:, self.offset]) if self.offset >= 0 else np.zeros(len(values))
        return start

    def best_rounds(self, values: Numbers, target: Numbers) -> int:
        """The number of trees that does best on cases left out of four folds."""
        import lightgbm

        chosen = np.random.default_rng(7).permutation(len(target))[:CHOICE_ROWS]
        rows = lightgbm.Dataset(
            np.asarray(values[chosen], dtype=np.float32),
            target[chosen],
            init_score=self._start(values[chosen]) if self.offset >= 0 else None,
            categorical_feature=list(self.categorical),
            params={"verbosity": -1},
        )
        found: dict[str, Any] = lightgbm.cv(
            self._settings(chosen.size) | {"seed": 1},
            rows,
            MOST_ROUNDS,
            nfold=4,
            stratified=self.objective == "binary",
            shuffle=True,
            callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
        )
        return max(10, len(next(iter(found.values()))))
