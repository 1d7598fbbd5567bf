"""NBD: customers buy at a rate of their own and never leave (Ehrenberg 1959); what models of leaving must beat."""

import math

import numpy as np

from motherlode.predict.histories import Histories
from motherlode.predict.special_functions import Numbers, digamma, dot, log_gamma


def score(point: Numbers, histories: Histories) -> tuple[float, Numbers]:
    """Mean log likelihood and its slope, in logarithms of r and alpha."""
    r, alpha = parameters = np.exp(point)
    x, by_orders, total = histories.orders, histories.customers_by_orders, histories.total
    ages = np.bincount(histories.age_at, histories.customers, histories.times.size)
    worn = np.bincount(histories.age_at, histories.customers * (r + x)[histories.order_at], histories.times.size)
    logs = np.log(alpha + histories.times)
    value = dot(by_orders, log_gamma(r + x)) + total * (r * point[1] - math.lgamma(r)) - dot(worn, logs)
    ends = digamma(parameters[:1])[0]
    slope = np.array(
        [
            dot(by_orders, digamma(r + x)) + total * (point[1] - ends) - dot(ages, logs),
            total * r / alpha - dot(worn, 1 / (alpha + histories.times)),
        ]
    )
    return float(value / total), slope * parameters / total


def pmf(r: float, alpha: float, orders: Numbers, time: Numbers | float) -> Numbers:
    """Probability of so many orders within `time`."""
    from scipy.stats import nbinom

    return np.asarray(nbinom.pmf(orders, r, alpha / (alpha + time)))


def at_least(r: float, alpha: float, orders: Numbers, time: float) -> Numbers:
    """Probability of so many orders or more within `time`."""
    from scipy.stats import nbinom

    return np.asarray(nbinom.sf(orders - 1, r, alpha / (alpha + time)))
