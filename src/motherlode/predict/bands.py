"""Scores in bands: how often the outcome came in each, and whether people still score as they did."""

import msgspec
import numpy as np

from motherlode.predict.special_functions import Numbers

# Two-sided 95 % of a normal distribution.
Z95 = 1.959964
# A share of nil has no logarithm: everybody's share of an empty answer is at least this.
LEAST_SHARE = 1e-4


class Band(msgspec.Struct, frozen=True):
    """A run of scores: the lowest and highest, cases, and the share of them that it happened to, with 95 % around."""

    lowest: float
    highest: float
    cases: int
    happened: int
    rate: float
    rate_low: float
    rate_high: float


def bands(scores: Numbers, happened: Numbers, number: int = 10) -> list[Band]:
    """Up to `number` bands of about equally many cases, from the lowest on; equal scores share a band."""
    ordered = np.sort(scores)
    starts = np.unique(ordered[(np.arange(number) * ordered.size) // number]) if ordered.size else ordered
    place = np.searchsorted(starts, scores, side="right") - 1
    found = []
    for band in range(starts.size):
        here = place == band
        cases, hits = int(here.sum()), int(happened[here].sum())
        low, high = wilson(hits, cases)
        found.append(Band(scores[here].min(), scores[here].max(), cases, hits, hits / cases, low, high))
    return found


def wilson(happened: float, cases: float, z: float = Z95) -> tuple[float, float]:
    """Interval of a share that keeps its promise for small numbers too (Wilson 1927)."""
    if cases == 0:
        return 0.0, 1.0
    rate = happened / cases
    middle = rate + z * z / (2 * cases)
    reach = z * float(np.sqrt(rate * (1 - rate) / cases + z * z / (4 * cases * cases)))
    scale = 1 + z * z / cases
    # Rounding must not carry a bound past the share itself where nothing or everything happened.
    return max(0.0, min(rate, (middle - reach) / scale)), min(1.0, max(rate, (middle + reach) / scale))


def stability_index(before: Numbers, after: Numbers) -> float:
    """Population stability index of two sets of shares: below 0.1 the same people, above 0.2 others (Siddiqi 2006)."""
    one, other = (np.maximum(shares, LEAST_SHARE) for shares in (before, after))
    return float(((other - one) * np.log(other / one)).sum())
