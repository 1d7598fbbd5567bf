"""How good predictions are, each measure with an interval.

All measures of one set of cases are taken with the same resamples of them, so that the difference of two models has an
interval of its own, which is narrower than the two intervals suggest.
"""

from collections.abc import Sequence

import numpy as np

from motherlode.predict.special_functions import Numbers

BINS = 10
LEAST_CHANCE = 1e-6
DEPTHS = (10, 20, 30, 40, 50, 60, 70, 80, 90)
LIFTS = (10, 20)


def resamples(cases: int, draws: int = 100, seed: int = 7) -> Numbers:
    """How often each case counts (a column a case): once in the first row, drawn with replacement in the others.

    The bootstrap of Efron and Tibshirani (1993, chapter 13), with independent Poisson counts in place of the
    multinomial, which for hundreds of cases and more is the same.
    """
    counts = np.random.default_rng(seed).poisson(1.0, (draws + 1, cases)).astype(np.float32)
    counts[0] = 1.0
    return counts


def interval(values: Numbers) -> tuple[float, float, float]:
    """Value, low and high (95 %) of a measure taken with `resamples`; all not numbers where it is not defined."""
    drawn = values[1:][np.isfinite(values[1:])]
    if not np.isfinite(values[0]) or drawn.size < 20:
        return float(values[0]), np.nan, np.nan
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(values[0]), float(low), float(high)


def chance_measures(happened: Numbers, chance: Numbers, counts: Numbers) -> dict[str, Numbers]:
    """Measures of probabilities (0 to 1) of something that happened (1) or not (0), a value a row of `counts`.

    `auc` is the probability that a case that happened is ranked above one that did not (0.5 is chance); `pr_auc` the
    mean precision over the cases that happened (chance is their share); `log_loss` and `brier` the mean logarithmic
    and squared error; `calibration_error` the mean distance of what was forecast and what came in ten bins of equal
    size; `total_ratio` forecast over what came; `gain_10` to `gain_90` the share of all that happened that the best 10
    to 90 % hold, and `lift_10` and `lift_20` how many times more happened there than on average. `forecast_decile_1`
    and `came_decile_1` to `_10` are the curve of calibration, from the likeliest tenth on.
    """
    cases = np.argsort(-chance, kind="stable")
    truth, clipped = happened[cases], np.clip(chance[cases], LEAST_CHANCE, 1 - LEAST_CHANCE)
    ordered = counts[:, cases]
    starts = _starts(chance[cases])
    hits = np.add.reduceat(ordered * truth, starts, axis=1, dtype=np.float64)
    every = np.add.reduceat(ordered, starts, axis=1, dtype=np.float64)
    losses = -(truth * np.log(clipped) + (1 - truth) * np.log1p(-clipped))
    total = every.sum(axis=1)
    happening = hits.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "auc": _auc(hits, every - hits),
            "pr_auc": _mean_precision(hits, every),
            "log_loss": ordered @ losses / total,
            "brier": ordered @ (clipped - truth) ** 2 / total,
            "calibration_error": _calibration_error(truth, clipped, ordered),
            "total_ratio": ordered @ clipped / happening,
            **_gains(_shares_at(hits, every, DEPTHS)),
            **_curve(truth, clipped, ordered),
        }


def amount_measures(came: Numbers, forecast: Numbers, counts: Numbers) -> dict[str, Numbers]:
    """Measures of forecast money, a value a row of `counts`.

    `mean_error` is the mean absolute error in the currency; `rank_correlation` Spearman's; `total_ratio` forecast over
    what came; `captured_10`, `_20` and `_50` the share of the money that the best 10, 20 and 50 % of the forecast
    brought; `gini` the area between the curve of captured money and the diagonal, over that of the perfect order.
    """
    cases = np.argsort(-forecast, kind="stable")
    money, ordered = came[cases], counts[:, cases]
    starts = _starts(forecast[cases])
    bought = np.add.reduceat(ordered * money, starts, axis=1, dtype=np.float64)
    every = np.add.reduceat(ordered, starts, axis=1, dtype=np.float64)
    best = np.argsort(-came, kind="stable")
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "mean_error": counts @ np.abs(forecast - came) / counts.sum(axis=1),
            "rank_correlation": _correlation(_ranks(came), _ranks(forecast), counts),
            "total_ratio": counts @ forecast / (counts @ came),
            **{f"captured_{depth}": got for depth, got in _shares_at(bought, every, (10, 20, 50)).items()},
            **_curve(money, forecast[cases], ordered),
            "gini": _area(bought, every) / _area(counts[:, best] * came[best], counts[:, best]),
        }


def _starts(ordered: Numbers) -> Numbers:
    """Where each run of equal values begins: equal forecasts share a rank, whatever the order of their rows."""
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))


def _auc(hits: Numbers, misses: Numbers) -> Numbers:
    below = misses.sum(axis=1, keepdims=True) - misses.cumsum(axis=1)
    pairs = hits.sum(axis=1) * misses.sum(axis=1)
    return np.asarray((hits * (below + misses / 2)).sum(axis=1) / pairs)


def _mean_precision(hits: Numbers, every: Numbers) -> Numbers:
    precision = hits.cumsum(axis=1) / np.maximum(every.cumsum(axis=1), 1e-12)
    return np.asarray((precision * hits).sum(axis=1) / hits.sum(axis=1))


def _tenths(cases: int) -> list[Numbers]:
    return [part for part in np.array_split(np.arange(cases), BINS) if part.size]


def _calibration_error(truth: Numbers, chance: Numbers, counts: Numbers) -> Numbers:
    off = sum(np.abs(counts[:, part] @ (chance[part] - truth[part])) for part in _tenths(truth.size))
    return np.asarray(off / counts.sum(axis=1))


def _curve(truth: Numbers, chance: Numbers, counts: Numbers) -> dict[str, Numbers]:
    curve = {}
    for number, part in enumerate(_tenths(truth.size), start=1):
        drawn = counts[:, part]
        curve[f"forecast_decile_{number}"] = drawn @ chance[part] / drawn.sum(axis=1)
        curve[f"came_decile_{number}"] = drawn @ truth[part] / drawn.sum(axis=1)
    return curve


def _gains(shares: dict[int, Numbers]) -> dict[str, Numbers]:
    gains = {f"gain_{depth}": share for depth, share in shares.items()}
    return gains | {f"lift_{depth}": shares[depth] / (depth / 100) for depth in LIFTS}


def _shares_at(parts: Numbers, every: Numbers, depths: Sequence[int]) -> dict[int, Numbers]:
    """Share of the total that the best so many percent hold; a run of equal forecasts gives its share evenly."""
    start = np.zeros((len(every), 1))
    reached = np.hstack([start, np.cumsum(every, axis=1) / every.sum(axis=1, keepdims=True)])
    gained = np.hstack([start, np.cumsum(parts, axis=1) / parts.sum(axis=1, keepdims=True)])
    at = np.array([np.interp(np.array(depths) / 100, *row) for row in zip(reached, gained, strict=True)])
    return dict(zip(depths, at.T, strict=True))


def _area(parts: Numbers, every: Numbers) -> Numbers:
    """Area between the curve of captured money and the diagonal."""
    wide = every / every.sum(axis=1, keepdims=True)
    high = parts / parts.sum(axis=1, keepdims=True)
    reached = high.cumsum(axis=1)
    return np.asarray((wide * (reached - high / 2)).sum(axis=1) - 0.5)


def _ranks(values: Numbers) -> Numbers:
    _, place, number = np.unique(values, return_inverse=True, return_counts=True)
    last = number.cumsum()
    return np.asarray((last - (number - 1) / 2)[place], dtype=np.float64)


def _correlation(one: Numbers, other: Numbers, counts: Numbers) -> Numbers:
    total = counts.sum(axis=1)
    mean_one, mean_other = counts @ one / total, counts @ other / total
    together = counts @ (one * other) / total - mean_one * mean_other
    spread = np.sqrt((counts @ one**2 / total - mean_one**2) * (counts @ other**2 / total - mean_other**2))
    return np.asarray(together / spread)
