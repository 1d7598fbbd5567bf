"""What would have to be different for another forecast: the fewest and smallest changes in what a house can act on.

Changes go to values that other customers have, so that what is asked for exists; how large a change is, is the share of
customers who stand between.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

import msgspec
import numpy as np

from motherlode.predict.special_functions import Numbers

# What a house can move: how often, how much and how widely somebody buys, visits, returns and is offered. Nobody can
# move an age, the day of the first order, or what is past.
ACTED_ON = (
    "idle_days", "orders_30d", "orders_90d", "orders_365d", "active_months_365d", "spend_30d", "spend_90d", "aov_365d",
    "categories_365d", "products_365d", "events_28d", "sessions_28d", "coupon_share_365d", "discount_share_365d",
    "returned_182d", "statements_365d",
)  # fmt: skip
QUANTILES = np.linspace(0.05, 0.95, 10)
# Columns that single-handedly move a forecast furthest are tried in pairs.
TRIED_TOGETHER = 6

Predict = Callable[[Numbers], Numbers]


class Change(msgspec.Struct, frozen=True):
    """One column from what it is to what it would have to be."""

    column: str
    actual: float
    needed: float


class Counterfactual(msgspec.Struct, frozen=True):
    """The nearest other case.

    Attributes
    ----------
    reached
        The forecast after the changes; where no two changes reach the goal, the best that was found.
    """

    score: float
    goal: float
    reached: float
    changes: tuple[Change, ...]


def nearest(predict: Predict, row: Numbers, others: Numbers, columns: Sequence[str], goal: float) -> Counterfactual:
    """The fewest and smallest changes that bring the forecast of a row to the goal, whichever side it is on.

    Parameters
    ----------
    others
        Rows of other customers, whose values are what can be.
    """
    score = float(predict(row[None, :])[0])
    sign = 1.0 if goal >= score else -1.0
    places = [place for place, name in enumerate(columns) if name in ACTED_ON and np.isfinite(row[place])]
    single = [(change,) for place in places for change in _steps(row, others, place)]
    best, gains = _best(predict, row, single, goal, sign)
    if best is None or sign * (best[1] - goal) < 0:
        strongest = sorted(gains, key=lambda place: -gains[place])[:TRIED_TOGETHER]
        steps = {place: list(_steps(row, others, place)) for place in strongest}
        pairs = [pair for one, other in combinations(strongest, 2) for pair in product(steps[one], steps[other])]
        together, _ = _best(predict, row, pairs, goal, sign)
        best = together if together and (best is None or sign * (together[1] - best[1]) > 0) else best
    if best is None:
        return Counterfactual(score, goal, score, ())
    changes = tuple(Change(columns[place], float(row[place]), value) for place, value, _ in best[0])
    return Counterfactual(score, goal, best[1], changes)


Step = tuple[int, float, float]


def _steps(row: Numbers, others: Numbers, place: int) -> Iterator[Step]:
    """Values of other customers, with the share of customers between them and the row's own."""
    known = others[np.isfinite(others[:, place]), place]
    if known.size:
        rank = float(np.mean(known < row[place]))
        for value in np.unique(np.quantile(known, QUANTILES, method="nearest")):
            if value != row[place]:
                yield place, float(value), abs(float(np.mean(known < value)) - rank)


def _best(
    predict: Predict, row: Numbers, tries: Sequence[tuple[Step, ...]], goal: float, sign: float
) -> tuple[tuple[tuple[Step, ...], float] | None, dict[int, float]]:
    """The smallest of the tries that reach the goal, else the one that comes nearest; and how far each column moves."""
    if not tries:
        return None, {}
    asked = np.repeat(row[None, :], len(tries), axis=0)
    for number, steps in enumerate(tries):
        for place, value, _ in steps:
            asked[number, place] = value
    told = np.asarray(predict(asked), dtype=np.float64)
    size = np.array([sum(step[2] for step in steps) for steps in tries])
    reached = sign * (told - goal) >= 0
    chosen = int(np.argmin(np.where(reached, size, np.inf))) if reached.any() else int(np.argmax(sign * told))
    gains: dict[int, float] = {}
    for steps, forecast in zip(tries, told, strict=True):
        for place, _, _ in steps:
            gains[place] = max(gains.get(place, -np.inf), sign * float(forecast))
    return (tries[chosen], float(told[chosen])), gains
