"""LIME: what a model leans on around one case, whatever the model (Ribeiro, Singh and Guestrin, KDD 2016).

Cases near the row are drawn by giving some of its columns the values of other customers; a weighted ridge regression of
the forecasts on which columns were kept tells what each column is worth there. Our own models explain themselves
exactly; this is for a model that does not, and for a second opinion.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from motherlode.predict.special_functions import Numbers

SAMPLES = 2000
# A neighbour that keeps three quarters of the columns weighs 0.6.
WIDTH = 0.25
RIDGE = 1.0


class Local(msgspec.Struct, frozen=True):
    """A linear model around one case.

    Attributes
    ----------
    weights
        What keeping each column's own value adds to the forecast, largest first.
    fit
        Weighted R squared: how well a sum over columns describes the model here.
    """

    weights: tuple[tuple[str, float], ...]
    fit: float


def around(
    predict: Callable[[Numbers], Numbers], row: Numbers, others: Numbers, columns: Sequence[str], *, seed: int = 7
) -> Local:
    """The weights of the columns around a row; `others` are rows of other customers."""
    rng = np.random.default_rng(seed)
    kept = rng.random((SAMPLES, row.size)) < rng.uniform(0.3, 1.0, (SAMPLES, 1))
    drawn = others[rng.integers(0, len(others), (SAMPLES, row.size)), np.arange(row.size)]
    told = np.asarray(predict(np.where(kept, row, drawn)), dtype=np.float64)
    weight = np.exp(-(((~kept).mean(axis=1)) ** 2) / WIDTH**2 / 2)
    centre = (weight @ kept) / weight.sum()
    level = float(weight @ told / weight.sum())
    x, y = kept - centre, told - level
    gram = (x * weight[:, None]).T @ x + RIDGE * np.eye(row.size)
    slopes = np.linalg.solve(gram, (x * weight[:, None]).T @ y)
    spread = float(weight @ y**2)
    fit = 1.0 - float(weight @ (y - x @ slopes) ** 2) / spread if spread > 0 else 0.0
    order = np.argsort(-np.abs(slopes), kind="stable")
    return Local(tuple((columns[place], float(slopes[place])) for place in order), fit)
