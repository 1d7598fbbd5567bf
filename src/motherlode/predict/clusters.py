"""Groups of points, as many as come back when the points are drawn again."""

import msgspec
import numpy as np

from motherlode.predict.special_functions import Numbers

FEWEST, MOST = 3, 8
DRAWS = 12
STARTS = 3
# From this agreement of two draws on, groups are more than the drawing (Hennig 2007 asks for 0.75 to 0.85).
STABLE = 0.8
# Nobody is so far out that one trait decides.
FARTHEST = 3.0


class Scale(msgspec.Struct, frozen=True):
    """Middle and spread by column of logarithms, by which columns of any unit weigh the same."""

    middle: Numbers
    spread: Numbers

    def __call__(self, values: Numbers) -> Numbers:
        """Logarithms in spreads from the middle, at most `FARTHEST`; a column without spread is 0."""
        return np.asarray(np.clip((np.log1p(values) - self.middle) / self.spread, -FARTHEST, FARTHEST))


class Clusters(msgspec.Struct, frozen=True):
    """Centres, a row a cluster.

    Attributes
    ----------
    agreement
        By number of clusters: mean adjusted Rand index (1 the same, 0 chance) of the clusters and those of a draw.
    stability
        By cluster: mean Jaccard index (1 the same) with the most similar cluster of a draw (Hennig 2007).
    """

    centres: Numbers
    agreement: dict[int, float]
    stability: Numbers

    def place(self, points: Numbers) -> Numbers:
        return nearest(points, self.centres)


def scale_of(values: Numbers) -> Scale:
    """Median and quartile distance of logarithms; standard deviation where most values are one and the same."""
    logs = np.log1p(values)
    low, middle, high = np.quantile(logs, (0.25, 0.5, 0.75), axis=0)
    # The distance of the quartiles of a normal distribution is 1.349 standard deviations.
    spread = np.where(high > low, (high - low) / 1.349, logs.std(axis=0))
    return Scale(middle, np.where(spread > 1e-9, spread, np.inf))


def stable_clusters(points: Numbers, seed: int) -> Clusters:
    """k-means with the highest number of clusters, 3 to 8, that is stable; the most stable number where none is."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    def centres_of(rows: Numbers, size: int) -> Numbers:
        fitted = KMeans(size, n_init=STARTS, random_state=seed).fit(rows)
        return np.asarray(fitted.cluster_centers_.round(6))

    chance = np.random.default_rng(seed)
    drawn = [chance.integers(len(points), size=len(points)) for _ in range(DRAWS)]
    # One thread: sums in another order could put a point on a border elsewhere in the next run. The limit holds for
    # libraries that are loaded already.
    with threadpool_limits(1):
        centres = {size: centres_of(points, size) for size in range(FEWEST, MOST + 1)}
        again = {size: [centres_of(points[rows], size) for rows in drawn] for size in centres}
    agreement = {size: _agreement(points, centres[size], again[size]) for size in centres}
    stable = [size for size, agreed in agreement.items() if agreed >= STABLE]
    chosen = max(stable) if stable else max(agreement, key=lambda size: agreement[size])
    return Clusters(centres[chosen], agreement, _stability(points, centres[chosen], again[chosen]))


def nearest(points: Numbers, centres: Numbers) -> Numbers:
    """Number of the nearest centre of each point."""
    distances = (centres**2).sum(axis=1) - 2 * points @ centres.T
    return np.asarray(distances.argmin(axis=1))


def _agreement(points: Numbers, centres: Numbers, again: list[Numbers]) -> float:
    from sklearn.metrics import adjusted_rand_score

    here = nearest(points, centres)
    return float(np.mean([adjusted_rand_score(here, nearest(points, other)) for other in again]))


def _stability(points: Numbers, centres: Numbers, again: list[Numbers]) -> Numbers:
    here, size = nearest(points, centres), len(centres)
    found = []
    for other in again:
        both = np.zeros((size, size))
        np.add.at(both, (here, nearest(points, other)), 1)
        either = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
        found.append((both / np.maximum(either, 1)).max(axis=1))
    return np.asarray(np.mean(found, axis=0))
