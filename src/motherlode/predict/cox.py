"""Cox: what makes things end sooner or later, whatever the rate at which they end anyway."""

import msgspec
import numpy as np
import numpy.typing as npt

from motherlode.errors import InputError
from motherlode.predict import given_arrays
from motherlode.predict.special_functions import Numbers

STEPS = 40
# A step that would raise the log likelihood by less than this is one of rounding.
NO_RISE = 1e-9
# From this ratio of curvatures on, columns say the same as others.
FLAT = 1e10
# A deviation more that multiplies the rate by e^8 says that a column tells all ends apart.
FARTHEST = 8.0


class CoxFit(msgspec.Struct, frozen=True):
    """Proportional hazards.

    Attributes
    ----------
    coefficients, standard_errors
        By column: the logarithm of the factor by which one unit more multiplies the rate of ending.
    log_likelihood
        Partial log likelihood at the coefficients.
    concordance
        Of pairs of which it is known who ended first, the share in which that one has the higher risk (Harrell).
    """

    coefficients: Numbers
    standard_errors: Numbers
    log_likelihood: float
    concordance: float


class Ordered(msgspec.Struct, frozen=True):
    """Rows in order of their durations, and for each end where its risk set begins and its share of ties before it."""

    values: Numbers
    ended: Numbers
    begin: Numbers
    tie_begin: Numbers
    tie_end: Numbers
    before: Numbers


def fit_cox(durations: npt.ArrayLike, ended: npt.ArrayLike, values: npt.ArrayLike) -> CoxFit:
    """Fit proportional hazards by partial likelihood.

    Parameters
    ----------
    durations, ended
        As in `kaplan_meier`, shape (n,).
    values
        What is known of each, shape (n, k).

    Raises
    ------
    InputError
        For arrays that do not fit together, numbers that are not finite, when nothing ended, and when columns say the
        same as others or tell all ends apart, so that no coefficients are likeliest.

    Notes
    -----
    Cox 1972; ties as Efron 1977. Newton steps on centred and scaled columns. The concordance holds every end against
    all that lasted longer: beyond some hundred thousand rows, fit a sample of them.
    """
    lasted, over = given_arrays.numbers({"durations": durations, "ended": ended})
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != lasted.size or not np.isfinite(matrix).all():
        raise InputError(
            f"`values` has the shape {matrix.shape} for {lasted.size} durations", hint="give finite numbers, a row each"
        )
    if not over.any():
        raise InputError("nothing ended: `ended` is 0 throughout", hint="give durations of which some have ended")
    scale = matrix.std(axis=0)
    given_arrays.refuse("values", np.arange(scale.size), scale == 0, "leave out columns that are the same for all")
    given = ordered(lasted, over > 0, (matrix - matrix.mean(axis=0)) / scale)
    point, value, curved = _climb(given)
    spread = np.sqrt(np.diag(np.linalg.inv(curved)))
    return CoxFit(point / scale, spread / scale, value, concordance(lasted, over, matrix @ (point / scale)))


def concordance(durations: Numbers, ended: Numbers, risk: Numbers) -> float:
    """Share of the pairs of which it is known who ended first that are in the order of the risk; ties are halves.

    Harrell and others 1982. Every end is held against all that lasted longer, so the cost grows with ends times rows.
    """
    right = pairs = 0.0
    order = np.argsort(durations, kind="stable")
    lasted, over, scores = durations[order], ended[order] > 0, risk[order]
    for place in np.flatnonzero(over).tolist():
        # Who was last seen on the day of an end outlasted it.
        begin = np.searchsorted(lasted, lasted[place], side="left")
        same = np.searchsorted(lasted, lasted[place], side="right")
        later = np.concatenate([scores[begin:same][~over[begin:same]], scores[same:]])
        right += float((later < scores[place]).sum()) + float((later == scores[place]).sum()) / 2
        pairs += later.size
    return right / pairs if pairs else float("nan")


def ordered(durations: Numbers, ended: Numbers, values: Numbers) -> Ordered:
    """Durations in order, with what the partial likelihood sums over: at which places ends are, and their ties."""
    # Within a time ends come first, so that ties are neighbours.
    order = np.lexsort((~ended, durations))
    lasted, over = durations[order], ended[order]
    ends = np.flatnonzero(over)
    begin = np.searchsorted(lasted, lasted[ends], side="left")
    _, at, ties = np.unique(lasted[ends], return_inverse=True, return_counts=True)
    before = (ends - begin) / ties[at]
    return Ordered(values[order], over, begin, begin, begin + ties[at], before)


def _climb(given: Ordered) -> tuple[Numbers, float, Numbers]:
    """Newton steps, halved until they rise."""
    point = np.zeros(given.values.shape[1])
    value, slope, curved = score(point, given)
    for _ in range(STEPS):
        if np.linalg.cond(curved) > FLAT or np.abs(point).max() > FARTHEST:
            break
        step = np.linalg.solve(curved, slope)
        if float(slope @ step) < NO_RISE:
            return point, value, curved
        ahead = score(point + step, given)
        while ahead[0] < value:
            step = step / 2
            ahead = score(point + step, given)
        point, (value, slope, curved) = point + step, ahead
    raise InputError(
        "no coefficients are likeliest", hint="leave out columns that follow from others or that tell all ends apart"
    )


def score(point: Numbers, given: Ordered) -> tuple[float, Numbers, Numbers]:
    """Partial log likelihood, its slope, and its curvature turned upside down."""
    values, ended = given.values, given.ended
    logs = values @ point
    highest = float(logs.max())
    risk = np.exp(logs - highest)
    sums, vectors = _running(risk), _running(risk[:, None] * values)
    # Of those who end at one time each sees a part of the others already gone.
    everybody = sums[-1] - sums[given.begin]
    tied = sums[given.tie_end] - sums[given.tie_begin]
    total = everybody - given.before * tied
    means = vectors[-1] - vectors[given.begin]
    means -= given.before[:, None] * (vectors[given.tie_end] - vectors[given.tie_begin])
    means /= total[:, None]
    value = float((logs[ended] - highest - np.log(total)).sum())
    slope = values[ended].sum(axis=0) - means.sum(axis=0)
    weight = risk * _weights(given, total)
    curved = (values * weight[:, None]).T @ values - means.T @ means
    return value, slope, curved


def _weights(given: Ordered, total: Numbers) -> Numbers:
    """By row, the sum over the ends that it was at risk of, less its part where it is one of the ties."""
    size = given.values.shape[0]
    steps = np.zeros(size + 1)
    np.add.at(steps, given.begin, 1 / total)
    at_risk = np.cumsum(steps[:size])
    # A row is at risk of every end at or before its own time.
    tied = np.zeros(size + 1)
    np.add.at(tied, given.tie_begin, given.before / total)
    np.add.at(tied, given.tie_end, -given.before / total)
    return np.asarray(at_risk - np.cumsum(tied[:size]))


def _running(values: Numbers) -> Numbers:
    """Sums of the first 0, 1, 2, ... rows."""
    return np.concatenate([np.zeros_like(values[:1]), np.cumsum(values, axis=0)])
