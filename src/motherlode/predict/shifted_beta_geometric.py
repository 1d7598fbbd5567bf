"""Shifted-beta-geometric: who renews a contract, period by period (Fader and Hardie 2007).

At each renewal a customer leaves with a chance of the own; chances are beta distributed (alpha, beta). Those who leave
easily are gone first, so the retention of a cohort rises although nobody becomes more loyal.
"""

import math

import numpy as np

from motherlode.predict.special_functions import Numbers, digamma, dot, log_gamma


def score(point: Numbers, survivors: Numbers) -> tuple[float, Numbers]:
    """Mean log likelihood of a customer and its slope, in logarithms of alpha and beta.

    `survivors` are the customers of a cohort who were there at the beginning and after each renewal.
    """
    alpha, beta = parameters = np.exp(point)
    periods = np.arange(1.0, survivors.size)
    left, stayed = -np.diff(survivors), survivors[-1:]
    rows = [(left, alpha + 1, beta + periods - 1), (stayed, alpha, beta + periods[-1:])]
    value, slope = 0.0, np.zeros(2)
    start, ends = _log_beta(alpha, parameters[1:])[0], digamma(np.array([alpha, beta, alpha + beta]))
    for customers, one, other in rows:
        value += dot(customers, _log_beta(one, other) - start)
        at_one, at_both = digamma(np.full_like(other, one)), digamma(one + other)
        slope[0] += dot(customers, at_one - at_both - ends[0] + ends[2])
        slope[1] += dot(customers, digamma(other) - at_both - ends[1] + ends[2])
    return value / float(survivors[0]), slope * parameters / float(survivors[0])


def retention(parameters: Numbers, renewals: Numbers) -> Numbers:
    """Share of those who face their so-manieth renewal that renew."""
    alpha, beta = parameters
    return np.asarray((beta + renewals - 1) / (alpha + beta + renewals - 1))


def survival(parameters: Numbers, renewals: Numbers) -> Numbers:
    """Share of a cohort that is there after so many renewals."""
    alpha, beta = parameters
    return np.asarray(np.exp(_log_beta(alpha, beta + renewals) - _log_beta(alpha, parameters[1:])))


def discounted_lifetime(parameters: Numbers, renewed: Numbers, discount: float) -> Numbers:
    """Periods still to come, each discounted to now, of a customer who renewed so often and is about to decide again.

    Fader and Hardie 2010, "Customer-Base Valuation in a Contractual Setting", eq. 6.
    """
    from scipy.special import hyp2f1

    alpha, beta = parameters
    later = beta + renewed + 1
    return np.asarray(retention(parameters, renewed + 1) * hyp2f1(1, later, alpha + later, 1 / (1 + discount)))


def _log_beta(one: float, other: Numbers) -> Numbers:
    log_beta: Numbers = math.lgamma(one) + log_gamma(other) - log_gamma(one + other)
    return log_beta
