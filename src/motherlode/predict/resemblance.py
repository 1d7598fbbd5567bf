"""Who resembles known good customers, where the others are not known to be bad."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from motherlode.predict.boosting import Boosting
from motherlode.predict.logistic import penalised
from motherlode.predict.special_functions import Numbers

# Below so many seeds a few columns decide, and below so many only closeness to a seed.
FEW_SEEDS, VERY_FEW_SEEDS = 50, 15
FEW_COLUMNS = 10
DRAWS = 20
# Unlabelled rows in each draw, for one seed.
UNLABELLED_FOR_A_SEED = 3
ROUNDS = 40
HELD = 3.0
COMMON_SHARE = 0.05
FARTHEST = 3.0
BLOCK = 2_000

Learner = Callable[[Numbers, Numbers], Callable[[Numbers], Numbers]]


class Design(msgspec.Struct, frozen=True):
    """Columns that distances are taken in: numbers by their spread, a column a common category.

    Attributes
    ----------
    columns
        Place of the column of the given matrix that each comes from.
    codes
        Code of the category; not a number for numbers.
    """

    points: Numbers
    columns: Numbers
    codes: Numbers


def resemblance(
    values: Numbers, seeds: Numbers, *, categorical: Sequence[int] = (), seed: int = 7
) -> tuple[Numbers, str]:
    """How much each row resembles the seeds, 0 to 1 by rank, and the method used.

    Bagging for positive and unlabelled rows (Mordelet and Vert 2014): in each draw a model tells the seeds from some
    of the others, and scores those that it did not see. The ranks of a logistic regression (`pu_logistic_boosting`) and
    of boosted trees are averaged; with few seeds the regression alone sees the ten most telling columns
    (`pu_logistic`), with very few the nearest seed decides (`nearest_seed`).

    Parameters
    ----------
    values
        A row a customer; unknown values are not numbers.
    seeds
        True for those who are known to be good.
    categorical
        Places of columns whose numbers are codes without order.
    """
    design = design_of(values, categorical)
    count = int(seeds.sum())
    if count < VERY_FEW_SEEDS:
        return ranked(-closest(design.points, seeds)[0]), "nearest_seed"
    if count < FEW_SEEDS:
        telling = np.argsort(-np.abs(apart(design.points, seeds)), kind="stable")[:FEW_COLUMNS]
        return ranked(_bagged(design.points[:, telling], seeds, _logistic, seed)), "pu_logistic"
    by_line = ranked(_bagged(design.points, seeds, _logistic, seed))
    by_tree = ranked(_bagged(values, seeds, _trees(categorical), seed))
    return ranked(by_line + by_tree), "pu_logistic_boosting"


def design_of(values: Numbers, categorical: Sequence[int]) -> Design:
    """Signed logarithms in spreads from the mean, unknown ones in the middle; common categories as 0 or 1."""
    parts, columns, codes = [], [], []
    for place in range(values.shape[1]):
        column = values[:, place]
        if place in categorical:
            found, count = np.unique(column[~np.isnan(column)], return_counts=True)
            common = found[count >= COMMON_SHARE * column.size]
            parts += [(column == code).astype(np.float64) for code in common]
        else:
            common = np.array([np.nan])
            parts.append(np.sign(column) * np.log1p(np.abs(column)))
        columns += [place] * common.size
        codes += common.tolist()
    points = np.column_stack([*parts, np.zeros((len(values), 0))])
    known = ~np.isnan(points)
    size = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, points, 0.0).sum(axis=0) / size
    centred = np.where(known, points - middle, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / size)
    points = np.clip(centred / np.where(spread > 1e-9, spread, np.inf), -FARTHEST, FARTHEST)
    return Design(points, np.array(columns), np.array(codes))


def apart(points: Numbers, seeds: Numbers) -> Numbers:
    """By column, how far the seeds' mean is from everybody's, in spreads."""
    return np.asarray(points[seeds].mean(axis=0) - points.mean(axis=0))


def closest(points: Numbers, seeds: Numbers) -> tuple[Numbers, Numbers]:
    """Squared distance of each row to the nearest seed, and that seed's row; a seed's nearest is another one."""
    rows = np.flatnonzero(seeds)
    known = points[rows]
    size = (known**2).sum(axis=1)
    distance, nearest = np.full(len(points), np.inf), np.full(len(points), -1)
    for begin in range(0, len(points) if rows.size else 0, BLOCK):
        block = slice(begin, min(begin + BLOCK, len(points)))
        apart_by = (points[block] ** 2).sum(axis=1)[:, None] - 2 * points[block] @ known.T + size
        apart_by[rows[None, :] == np.arange(block.start, block.stop)[:, None]] = np.inf
        best = apart_by.argmin(axis=1)
        distance[block] = np.maximum(apart_by[np.arange(best.size), best], 0.0)
        nearest[block] = rows[best]
    return distance, nearest


def ranked(scores: Numbers) -> Numbers:
    """Ranks between 0 and 1, equal for equal scores; the highest score has the highest rank."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    last = count.cumsum()
    return np.asarray((last - count / 2)[place] / max(scores.size, 1))


def _bagged(points: Numbers, seeds: Numbers, learner: Learner, seed: int) -> Numbers:
    """Mean score of each row in the draws that did not learn from it as one of the others."""
    chance = np.random.default_rng(seed)
    known, others = np.flatnonzero(seeds), np.flatnonzero(~seeds)
    # Half of the others at most, so that each is left out of many draws.
    size = max(1, min(UNLABELLED_FOR_A_SEED * known.size, others.size // 2))
    total, times = np.zeros(len(points)), np.zeros(len(points))
    for _ in range(DRAWS):
        drawn = chance.choice(others, size, replace=False)
        learnt = np.concatenate([known, drawn])
        score = learner(points[learnt], np.append(np.ones(known.size), np.zeros(size)))(points)
        unseen = np.ones(len(points))
        unseen[drawn] = 0.0
        total += score * unseen
        times += unseen
    return np.asarray(total / np.maximum(times, 1.0))


def _logistic(points: Numbers, target: Numbers) -> Callable[[Numbers], Numbers]:
    weights, _ = penalised(points, target, HELD, np.zeros(points.shape[1]))
    return lambda rows: np.asarray(rows @ weights)


def _trees(categorical: Sequence[int]) -> Learner:
    def learner(points: Numbers, target: Numbers) -> Callable[[Numbers], Numbers]:
        return Boosting(rounds=ROUNDS, categorical=categorical).fit(points, target).score

    return learner
