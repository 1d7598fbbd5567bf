"""Kaplan-Meier: how long things last, told honestly of those that have not ended yet."""

import msgspec
import numpy as np
import numpy.typing as npt

from motherlode.predict import given_arrays
from motherlode.predict.special_functions import Numbers

# Two-sided 95 % of a normal distribution.
Z95 = 1.959964


class Curve(msgspec.Struct, frozen=True):
    """The share that lasts longer than each time, at every time at which something ended.

    Attributes
    ----------
    times
        Ascending, in the unit of the durations.
    at_risk
        How many had lasted until then, the ones that end then included.
    ended
        How many ended then.
    share, low, high
        Share that lasts longer, and its 95 % interval; the interval is not numbers once the share is nil.
    """

    times: Numbers
    at_risk: Numbers
    ended: Numbers
    share: Numbers
    low: Numbers
    high: Numbers

    def at(self, times: npt.ArrayLike) -> Numbers:
        """Share that lasts longer than these times; 1 before the first end."""
        place = np.searchsorted(self.times, times, side="right")
        return np.asarray(np.append(1.0, self.share)[place])


def kaplan_meier(durations: npt.ArrayLike, ended: npt.ArrayLike, counts: npt.ArrayLike | None = None) -> Curve:
    """Estimate how long things last, where some had not ended when last seen.

    Parameters
    ----------
    durations
        How long each lasted, or has lasted until it was last seen, shape (n,), any unit.
    ended
        Whether it ended (1) or was only last seen (0), shape (n,).
    counts
        How many each row stands for; 1 by default.

    Raises
    ------
    InputError
        For arrays of different lengths or none, and numbers that are negative or not finite.

    Notes
    -----
    Kaplan and Meier 1958; variance by Greenwood 1926, interval of log(-log S), which stays within 0 and 1 (Kalbfleisch
    and Prentice 1980, section 1.3). Who was last seen when another ended is taken to have outlasted it.
    """
    lasted, over = given_arrays.numbers({"durations": durations, "ended": ended})
    number = given_arrays.weights(counts, lasted.size)
    number = np.ones(lasted.size) if number is None else number
    times, at = np.unique(lasted, return_inverse=True)
    seen = np.bincount(at, number)
    ends = np.bincount(at, number * (over > 0))
    at_risk = np.cumsum(seen[::-1])[::-1]
    some = ends > 0
    times, ends, at_risk = times[some], ends[some], at_risk[some]
    share = np.cumprod(1 - ends / at_risk)
    return Curve(times, at_risk, ends, share, *_interval(share, ends, at_risk))


def _interval(share: Numbers, ends: Numbers, at_risk: Numbers) -> tuple[Numbers, Numbers]:
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(ends / (at_risk * (at_risk - ends)))) / -np.log(share)
        reach = np.exp(Z95 * spread)
        low, high = share**reach, share ** (1 / reach)
    known = share > 0
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
