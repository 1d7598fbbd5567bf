"""Pareto/NBD: customers buy at a rate of their own and may leave at any time (Schmittlein, Morrison and Colombo 1987).

Rates of buying are gamma distributed (r, alpha), rates of leaving are gamma distributed (s, beta); times in weeks.
"""

import math

import numpy as np

from motherlode.predict import nbd
from motherlode.predict.histories import Histories
from motherlode.predict.special_functions import Numbers, digamma, dot, log_gamma, log_sum

POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)
FADED = 32.0
BLOCK = 8192
PANELS = 24


def score(point: Numbers, histories: Histories) -> tuple[float, Numbers]:
    """Mean log likelihood and its slope, in logarithms of r, alpha, s, beta."""
    r, alpha, s, beta = parameters = np.exp(point)
    x, by_orders, total = histories.orders, histories.customers_by_orders, histories.total
    power = (r + x)[histories.order_at]
    log_alpha, log_beta = np.log(alpha + histories.times), np.log(beta + histories.times)
    staying_alpha, staying_beta = log_alpha[histories.age_at], log_beta[histories.age_at]
    still = -power * staying_alpha - s * staying_beta
    gone, means = _gone(parameters, power, histories.recency, histories.age)
    either = log_sum(still, gone)
    constant = total * (r * point[1] + s * point[3] - math.lgamma(r))
    value = constant + dot(by_orders, log_gamma(r + x)) + dot(histories.customers, either)
    alive = histories.customers * np.exp(still - either)
    left = histories.customers - alive
    old_alpha, old_beta = 1 / (alpha + histories.times), 1 / (beta + histories.times)
    ends = digamma(np.array([r]))
    slope = np.array(
        [
            dot(by_orders, digamma(r + x))
            + total * (point[1] - ends[0])
            - dot(alive, staying_alpha)
            - dot(left, means[0]),
            total * r / alpha - dot(alive * power, old_alpha[histories.age_at]) - dot(left * power, means[1]),
            total * point[3] - dot(alive, staying_beta) + dot(left, 1 / s - means[2]),
            total * s / beta - s * dot(alive, old_beta[histories.age_at]) - (s + 1) * dot(left, means[3]),
        ]
    )
    return float(value / total), slope * parameters / total


def alive(parameters: Numbers, x: Numbers, recency: Numbers, age: Numbers) -> Numbers:
    """Probability to be still a customer."""
    r, alpha, s, beta = parameters
    still = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    gone, _ = _gone(parameters, r + x, recency, age)
    return np.exp(-log_sum(np.zeros_like(still), gone - still))


def orders_if_alive(parameters: Numbers, x: Numbers, age: Numbers, horizons: Numbers) -> Numbers:
    """Expected orders (a column a horizon in weeks) of customers who are still there."""
    r, alpha, s, beta = parameters
    pace = (r + x) * (beta + age) / (alpha + age)
    longer = np.log1p(horizons / (beta + age)[:, None])
    # The closed form divides by s - 1, which may be nil.
    reach = longer if abs(s - 1) < 1e-9 else -np.expm1(-(s - 1) * longer) / (s - 1)
    return np.asarray(pace[:, None] * reach, dtype=np.float64)


def pmf(parameters: Numbers, orders: Numbers, time: float) -> Numbers:
    """Probability of so many repeat orders within `time` of the first order (Fader and Hardie 2006).

    Their closed form is a sum of hypergeometric functions; here it is the average over the time of leaving, which has
    no differences of large numbers.
    """
    r, alpha, s, beta = parameters
    # In the logarithm of 1 + u / unit both densities, of the time of leaving and of the orders until then, are smooth.
    unit = min(alpha, beta)
    ends = np.linspace(0.0, np.log1p(time / unit), PANELS + 1)
    half = np.diff(ends) / 2
    stretch = ((ends[:-1] + half)[:, None] + half[:, None] * POINTS).ravel()
    left_at, weight = unit * np.expm1(stretch), (half[:, None] * WEIGHTS).ravel() * unit * np.exp(stretch)
    leaving = weight * s / beta * np.exp(-(s + 1) * np.log1p(left_at / beta))
    still = np.exp(-s * np.log1p(time / beta)) * nbd.pmf(r, alpha, orders, time)
    return np.asarray(still + nbd.pmf(r, alpha, orders[:, None], left_at) @ leaving)


def _gone(parameters: Numbers, power: Numbers, recency: Numbers, age: Numbers) -> tuple[Numbers, Numbers]:
    """The same as `_gone_of_block` for any number of histories; blocks stay in the processor's cache."""
    gone, means = np.empty_like(power), np.empty((4, power.size))
    for begin in range(0, power.size, BLOCK):
        block = slice(begin, begin + BLOCK)
        gone[block], means[:, block] = _gone_of_block(parameters, power[block], recency[block], age[block])
    return gone, means


def _gone_of_block(parameters: Numbers, power: Numbers, recency: Numbers, age: Numbers) -> tuple[Numbers, Numbers]:
    """Logarithm of the part of the likelihood that has left, and means over when: of logarithms and inverses.

    The integrand over the time of leaving u is (alpha + u)^-power (beta + u)^-(s + 1). Its slope at the last order
    gives a distance, and in the logarithm of 1 + time / distance the integrand is so smooth that a few points do. No
    hypergeometric function is needed, and nothing cancels.
    """
    _, alpha, s, beta = parameters
    on_alpha, on_beta = alpha + recency, beta + recency
    degree = power + s
    distance = (degree + 1) / (power / on_alpha + (s + 1) / on_beta)
    # Beyond FADED the integrand is e^-FADED of what it was.
    half = np.minimum(np.log1p((age - recency) / distance), FADED / degree) / 2
    weights, means = np.zeros_like(power), np.zeros((4, power.size))
    for place, weight in zip(POINTS.tolist(), WEIGHTS.tolist(), strict=True):
        stretch = half * (1 + place)
        later = distance * np.expm1(stretch)
        up_alpha, up_beta = np.log1p(later / on_alpha), np.log1p(later / on_beta)
        part = weight * np.exp(stretch - power * up_alpha - (s + 1) * up_beta)
        weights += part
        means[0] += part * up_alpha
        means[1] += part / (on_alpha + later)
        means[2] += part * up_beta
        means[3] += part / (on_beta + later)
    means /= weights
    log_alpha, log_beta = np.log(on_alpha), np.log(on_beta)
    with np.errstate(divide="ignore"):
        # Nobody has had time to leave who ordered today: the logarithm of nil.
        log_size = np.log(s * distance * half * weights)
    means[0] += log_alpha
    means[2] += log_beta
    return log_size - power * log_alpha - (s + 1) * log_beta, means
