"""The Pareto/NBD where what is known of customers from the beginning moves how often they buy and how soon they leave.

The rates of customers with covariates z are exp(z . buying) times as high as those of customers with z of nil, and
their rates of leaving exp(z . leaving) times (Fader and Hardie 2007, Incorporating Time-Invariant Covariates into the
Pareto/NBD and BG/NBD Models, section 2): alpha and beta are divided by that, and all else is the Pareto/NBD.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from motherlode.errors import InputError
from motherlode.predict import given_arrays, pareto_nbd
from motherlode.predict.btyd import ParetoNbd
from motherlode.predict.climb import Peak, climb, covariance, falls_off
from motherlode.predict.histories import Histories, timed_histories
from motherlode.predict.special_functions import Numbers, dot

# Customers with the same covariates are one group, and each group is a likelihood of its own.
MOST_GROUPS = 500
# Places of alpha and beta among the parameters.
MOVED = (1, 3)


class FittedWith(msgspec.Struct, frozen=True):
    """A fitted model with covariates.

    Attributes
    ----------
    parameters, standard_errors
        Of customers whose covariates are all nil.
    buying, leaving
        What one more of each covariate adds to the logarithm of the rate of buying, and of leaving.
    buying_errors, leaving_errors
        Standard errors of these; not numbers where the data do not decide them.
    """

    parameters: ParetoNbd
    standard_errors: ParetoNbd
    buying: tuple[float, ...]
    leaving: tuple[float, ...]
    buying_errors: tuple[float, ...]
    leaving_errors: tuple[float, ...]
    log_likelihood: float
    customers: float
    converged: bool

    def of(self, covariates: Sequence[float]) -> ParetoNbd:
        """The model of customers with these covariates, to be asked by the functions of `btyd`."""
        z = np.asarray(covariates, dtype=np.float64)
        alpha, beta = (
            value * float(np.exp(-(z @ np.array(moved))))
            for value, moved in ((self.parameters.alpha, self.buying), (self.parameters.beta, self.leaving))
        )
        return self.parameters._replace(alpha=alpha, beta=beta)


def fit_pareto_nbd_with(
    covariates: npt.ArrayLike,
    x: npt.ArrayLike,
    t_x: npt.ArrayLike,
    T: npt.ArrayLike,
    counts: npt.ArrayLike | None = None,
) -> FittedWith:
    """Fit the Pareto/NBD with covariates that do not change in time, by maximum likelihood.

    Parameters
    ----------
    covariates
        Numbers known when each customer came, shape (n, k): yes and no as 1 and 0, or few steps of an amount.
    x, t_x, T, counts
        As in `btyd.fit_bg_nbd`.

    Raises
    ------
    InputError
        As `btyd.fit_bg_nbd`; also for covariates of another length, that are not finite, of which one is the same for
        everybody or follows from the others, or with more than 500 different rows.
    """
    orders, recency, ages = given_arrays.histories(x, t_x, T)
    weights = given_arrays.weights(counts, orders.size)
    z = _columns(covariates, orders.size)
    centre, spread = z.mean(axis=0), z.std(axis=0)
    rows, group = np.unique((z - centre) / spread, axis=0, return_inverse=True)
    if len(rows) > MOST_GROUPS:
        raise InputError(f"{len(rows):,} different rows of covariates", hint="round amounts to a few steps")
    # In units of the mean age of a customer, so that the climb is the same in days and in weeks.
    unit = float(np.average(ages, weights=weights)) or 1.0
    parts = []
    for number in range(len(rows)):
        here = group.ravel() == number
        own = None if weights is None else weights[here]
        parts.append(timed_histories(orders[here], recency[here] / unit, ages[here] / unit, own))
    total = sum(part.total for part in parts)

    def score(point: Numbers) -> tuple[float, Numbers]:
        return _score(point, rows, parts, total)

    peak = climb(score, np.zeros(4 + 2 * z.shape[1]))
    ordered = sum(dot(part.customers_by_orders, part.orders) for part in parts)
    return _told(peak, _back(centre, spread), unit, total, ordered)


def _told(peak: Peak, back: Numbers, unit: float, customers: float, ordered: float) -> FittedWith:
    """The peak in the covariates that were given, and in their unit of time."""
    point, errors = back @ peak.point, np.full(peak.point.size, np.nan)
    if falls_off(peak.curvature):
        errors = np.sqrt(np.diag(back @ covariance(peak.curvature, customers) @ back.T))
    scaled = np.exp(point[:4]) * np.array([1.0, unit, 1.0, unit])
    (buying, leaving), (buying_errors, leaving_errors) = (
        [tuple(row) for row in part[4:].reshape(2, -1).tolist()] for part in (point, errors)
    )
    return FittedWith(
        ParetoNbd(*scaled.tolist()),
        ParetoNbd(*(scaled * errors[:4]).tolist()),
        buying,
        leaving,
        buying_errors,
        leaving_errors,
        peak.value * customers - ordered * float(np.log(unit)),
        customers,
        peak.converged,
    )


def _score(point: Numbers, rows: Numbers, parts: Sequence[Histories], total: float) -> tuple[float, Numbers]:
    """Mean log likelihood and its slope, in logarithms of the four parameters and in the effects."""
    effects = point[4:].reshape(2, -1)
    value, slope = 0.0, np.zeros_like(point)
    on_effects = slope[4:].reshape(2, -1)
    for row, part in zip(rows, parts, strict=True):
        own = point[:4].copy()
        own[[*MOVED]] -= effects @ row
        told, rising = pareto_nbd.score(own, part)
        share = part.total / total
        value += share * told
        slope[:4] += share * rising
        on_effects -= share * np.outer(rising[[*MOVED]], row)
    return value, slope


def _back(centre: Numbers, spread: Numbers) -> Numbers:
    """The linear map from parameters and effects of standardised covariates to those of the given ones."""
    size = centre.size
    back = np.eye(4 + 2 * size)
    for number, place in enumerate(MOVED):
        own = slice(4 + number * size, 4 + (number + 1) * size)
        back[own, own] = np.diag(1 / spread)
        back[place, own] = centre / spread
    return back


def _columns(covariates: npt.ArrayLike, size: int) -> Numbers:
    try:
        z = np.asarray(covariates, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"`covariates` does not hold numbers: {error}", hint="code words as 1 and 0") from error
    z = z[:, None] if z.ndim == 1 else z
    if z.ndim != 2 or len(z) != size:
        raise InputError(f"`covariates` has the shape {z.shape}, for {size} histories", hint="give a row a history")
    given_arrays.refuse("covariates", z.ravel(), ~np.isfinite(z).ravel(), "leave out customers of whom it is not known")
    if np.linalg.matrix_rank(z - z.mean(axis=0)) < z.shape[1]:
        raise InputError("a covariate is the same for everybody, or follows from the others", hint="leave it out")
    return z
