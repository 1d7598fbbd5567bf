"""BG/BB: who takes the next opportunities, where there is one a period, such as a yearly appeal.

A customer who is still there takes an opportunity with a chance of the own (Beta(alpha, beta)), and leaves before each
with a chance of the own (Beta(gamma, delta)). Fader, Hardie and Shang 2010, "Customer-Base Analysis in a Discrete-Time
Noncontractual Setting", Marketing Science 29(6).
"""

from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from motherlode.predict import given_arrays
from motherlode.predict.buying_models import fit_scored
from motherlode.predict.fitted import Fitted, fitted, parameters_of, shaped
from motherlode.predict.special_functions import Numbers, digamma, log_gamma

# What staying and leaving add to `gamma`.
STAYED, LEFT = np.zeros(1), np.ones(1)


class BgBb(NamedTuple):
    """Chances to take an opportunity are Beta(`alpha`, `beta`), chances to leave before one Beta(`gamma`, `delta`)."""

    alpha: float
    beta: float
    gamma: float
    delta: float


def fit_bg_bb(
    x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike, counts: npt.ArrayLike | None = None
) -> Fitted[BgBb]:
    """Fit the BG/BB by maximum likelihood (eq. 5).

    Parameters
    ----------
    x, t_x, n
        Histories, whole numbers of shape (k,) or one for all: opportunities taken after the first, which of them was
        the last taken (0 where `x` is 0), and how many there were.
    counts
        How many customers have each history, shape (k,); 1 each by default.

    Raises
    ------
    InputError
        For arrays that do not fit together or are empty, numbers that are negative, not finite or not whole,
        `t_x` > `n`, and `x` > `t_x`.
    """
    history, _ = given_arrays.broadcast({"x": x, "t_x": t_x, "n": n})
    taken, last, offered = _histories(*history)
    number = given_arrays.weights(counts, taken.size)
    customers = np.ones(taken.size) if number is None else number
    score_of = partial(score, x=taken, last=last, offered=offered, customers=customers)
    return fitted(BgBb, fit_scored(score_of, 4, float(customers.sum())), float(customers.sum()))


def p_alive(model: Fitted[BgBb] | BgBb, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike) -> Numbers:
    """Probability to be there at the next opportunity (eq. 11), in the shape of the histories."""
    history, shape = given_arrays.broadcast({"x": x, "t_x": t_x, "n": n})
    taken, last, offered = _histories(*history)
    parameters = parameters_of(model)
    return shaped(
        np.exp(_staying(parameters, taken, offered, 1) - _log_likelihood(parameters, taken, last, offered)), shape
    )


def expected_transactions(
    model: Fitted[BgBb] | BgBb, x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike, periods: int
) -> Numbers:
    """Opportunities taken of the next `periods` (eq. 13), in the shape of the histories."""
    history, shape = given_arrays.broadcast({"x": x, "t_x": t_x, "n": n})
    taken, last, offered = _histories(*history)
    parameters = parameters_of(model)
    alpha, beta = parameters[:2]
    there = [_staying(parameters, taken, offered, ahead) for ahead in range(1, periods + 1)]
    still = np.exp(np.array(there).reshape(periods, -1) - _log_likelihood(parameters, taken, last, offered)).sum(axis=0)
    return shaped(still * (alpha + taken) / (alpha + beta + offered), shape)


def pmf(model: Fitted[BgBb] | BgBb, x: npt.ArrayLike, n: int) -> Numbers:
    """P(X(n) = x): probability that just `x` of `n` opportunities are taken (eq. 7), in the shape of `x`."""
    (taken,) = given_arrays.numbers({"x": np.ravel(x)})
    given_arrays.whole(taken)
    parameters = parameters_of(model)
    total = np.exp(_staying(parameters, taken, np.full_like(taken, n), 0) + _log_choose(n, taken))
    for stayed in range(n):
        left = _left(parameters, taken, np.full_like(taken, stayed))
        total += np.where(taken <= stayed, np.exp(left + _log_choose(stayed, np.minimum(taken, stayed))), 0.0)
    return shaped(np.where(taken <= n, total, 0.0), np.shape(x))


def score(point: Numbers, x: Numbers, last: Numbers, offered: Numbers, customers: Numbers) -> tuple[float, Numbers]:
    """Mean log likelihood and its slope, in logarithms of alpha, beta, gamma, delta."""
    parameters = np.exp(point)
    alpha, beta, gamma, delta = parameters
    terms, stayed, gone = _terms(parameters, x, last, offered)
    whole = np.logaddexp.reduce(terms, axis=0)
    share = np.exp(terms - whole)
    buying = _slope_of_log_beta(alpha, beta, x, stayed - x)
    leaving = _slope_of_log_beta(gamma, delta, gone, stayed)
    slope = np.array([float((customers * share * part).sum()) for part in (*buying, *leaving)])
    total = float(customers.sum())
    return float((customers * whole).sum()) / total, slope * parameters / total


def _histories(x: npt.ArrayLike, t_x: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Numbers, Numbers, Numbers]:
    taken, last, offered = given_arrays.numbers({"x": x, "t_x": t_x, "n": n})
    for name, array in (("x", taken), ("t_x", last), ("n", offered)):
        given_arrays.refuse(name, array, array != np.rint(array), "it counts opportunities")
    given_arrays.refuse("t_x", last, last > offered, "the last opportunity taken is one of the `n`")
    given_arrays.refuse("x", taken, (taken > last) | ((taken == 0) & (last > 0)), "`x` opportunities lie up to `t_x`")
    return taken, last, offered


def _log_likelihood(parameters: Numbers, x: Numbers, last: Numbers, offered: Numbers) -> Numbers:
    return np.asarray(np.logaddexp.reduce(_terms(parameters, x, last, offered)[0], axis=0))


def _terms(parameters: Numbers, x: Numbers, last: Numbers, offered: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Logarithms of the ways a history can have come about, a row a way; opportunities stayed for; and 1 where left."""
    longest = int((offered - last).max())
    after = np.arange(longest + 1)[:, None]
    stayed = np.minimum(last + after, offered)
    gone = (last + after < offered).astype(np.float64)
    possible = last + after <= offered
    alpha, beta, gamma, delta = parameters
    way = _log_beta_ratio(alpha, beta, x, stayed - x) + _log_beta_ratio(gamma, delta, gone, stayed)
    return np.where(possible, way, -np.inf), stayed, gone


def _staying(parameters: Numbers, x: Numbers, offered: Numbers, ahead: int) -> Numbers:
    """Logarithm of the chance of a history and of being there `ahead` opportunities later."""
    alpha, beta, gamma, delta = parameters
    return _log_beta_ratio(alpha, beta, x, offered - x) + _log_beta_ratio(gamma, delta, STAYED, offered + ahead)


def _left(parameters: Numbers, x: Numbers, stayed: Numbers) -> Numbers:
    alpha, beta, gamma, delta = parameters
    return _log_beta_ratio(alpha, beta, x, stayed - x) + _log_beta_ratio(gamma, delta, LEFT, stayed)


def _log_beta_ratio(one: float, other: float, more: Numbers, further: Numbers) -> Numbers:
    """log B(one + more, other + further) - log B(one, other)."""
    ends = np.array([one, other, one + other])
    start = log_gamma(ends)
    moved = log_gamma(one + more) + log_gamma(other + further) - log_gamma(one + other + more + further)
    return np.asarray(moved - (start[0] + start[1] - start[2]))


def _slope_of_log_beta(one: float, other: float, more: Numbers, further: Numbers) -> tuple[Numbers, Numbers]:
    ends = digamma(np.array([one, other, one + other]))
    both = digamma(one + other + more + further) - ends[2]
    return digamma(one + more) - ends[0] - both, digamma(other + further) - ends[1] - both


def _log_choose(of: int, taken: Numbers) -> Numbers:
    return np.asarray(log_gamma(np.array(of + 1.0)) - log_gamma(taken + 1) - log_gamma(np.maximum(of - taken, 0) + 1.0))
