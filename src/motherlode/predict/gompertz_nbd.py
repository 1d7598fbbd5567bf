"""Gamma-Gompertz/NBD: the Pareto/NBD with a readiness to leave that grows with time (Bemmaor and Glady 2012).

Rates of buying are gamma distributed (r, alpha). A customer of readiness eta is still there at t with probability
exp(-eta (e^(bt) - 1)), and readinesses are gamma distributed (s, beta). As b and beta go to nil together it is the
Pareto/NBD, whose beta is beta / b.
"""

import math

import numpy as np

from motherlode.predict import nbd
from motherlode.predict.histories import Histories
from motherlode.predict.special_functions import Numbers, digamma, dot, log_gamma, log_sum

# Points of a stretch, and stretches: the readiness to leave may peak anywhere between the last order and today.
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(12)
STRETCHES = 6
# Beyond e^600 nobody is left.
FARTHEST = 600.0


def score(point: Numbers, histories: Histories) -> tuple[float, Numbers]:
    """Mean log likelihood and its slope, in logarithms of r, alpha, b, s, beta."""
    r, alpha, b, s, beta = parameters = np.exp(point)
    x, by_orders, total = histories.orders, histories.customers_by_orders, histories.total
    power = (r + x)[histories.order_at]
    age, log_alpha = histories.age, np.log(alpha + histories.age)
    worn = _log_worn(b, beta, age)
    still = -power * log_alpha + s * (point[4] - worn)
    gone, means = _gone(parameters, power, histories.recency, age)
    either = log_sum(still, gone)
    value = (
        total * (r * point[1] - math.lgamma(r)) + dot(by_orders, log_gamma(r + x)) + dot(histories.customers, either)
    )
    alive = histories.customers * np.exp(still - either)
    left = histories.customers - alive
    older = age * np.exp(np.minimum(b * age, FARTHEST) - worn)
    slope = np.array(
        [
            dot(by_orders, digamma(r + x))
            + total * (point[1] - digamma(np.array([r]))[0])
            - dot(alive, log_alpha)
            - dot(left, means[0]),
            total * r / alpha - dot(alive * power, 1 / (alpha + age)) - dot(left * power, means[1]),
            dot(left, 1 / b + means[2] - (s + 1) * means[3]) - s * dot(alive, older),
            dot(alive, point[4] - worn) + dot(left, 1 / s + point[4] - means[4]),
            s * dot(alive, 1 / beta - np.exp(-worn)) + dot(left, s / beta - (s + 1) * means[5]),
        ]
    )
    return float(value / total), slope * parameters / total


def alive(parameters: Numbers, x: Numbers, recency: Numbers, age: Numbers) -> Numbers:
    """Probability to be still a customer."""
    r, alpha, b, s, beta = parameters
    still = -(r + x) * np.log(alpha + age) + s * (np.log(beta) - _log_worn(b, beta, age))
    gone, _ = _gone(parameters, r + x, recency, age)
    return np.exp(-log_sum(np.zeros_like(still), gone - still))


def orders_if_alive(parameters: Numbers, x: Numbers, age: Numbers, horizons: Numbers) -> Numbers:
    """Expected orders (a column a horizon) of customers who are still there: their pace for as long as they stay."""
    r, alpha, b, s, beta = parameters
    pace = (r + x) / (alpha + age)
    now = _log_worn(b, beta, age)[:, None]
    # In the logarithm of 1 + b t / (beta + ...) staying falls smoothly, however soon it falls.
    scale = np.exp(now - np.log(b) - np.minimum(b * age, FARTHEST)[:, None])
    reach = np.zeros((x.size, horizons.size))
    for begin, point, weight in _pieces():
        ends = np.log1p(horizons / scale)
        ahead = scale * np.expm1(ends * (begin + point))
        stays = np.exp(s * (now - _log_worn(b, beta, age[:, None] + ahead)))
        reach += weight * ends * (ahead + scale) * stays
    return np.asarray(pace[:, None] * reach)


def pmf(parameters: Numbers, orders: Numbers, time: float) -> Numbers:
    """Probability of so many repeat orders within `time` of the first order: the average over the time of leaving."""
    r, alpha, b, s, beta = parameters
    unit = min(alpha, beta / b)
    whole = np.log1p(time / unit)
    told = np.exp(s * (np.log(beta) - _log_worn(b, beta, np.array(time)))) * nbd.pmf(r, alpha, orders, time)
    for begin, point, weight in _pieces(24):
        left_at = unit * math.expm1(whole * (begin + point))
        worn = float(_log_worn(b, beta, np.array(left_at)))
        leaving = math.log(b * s) + s * math.log(beta) + b * left_at - (s + 1) * worn
        told = told + weight * whole * (unit + left_at) * math.exp(leaving) * nbd.pmf(r, alpha, orders, left_at)
    return np.asarray(told)


def _pieces(stretches: int = STRETCHES) -> list[tuple[float, float, float]]:
    """Where each stretch of 0 to 1 begins, the point in it, and its weight."""
    return [
        (stretch / stretches, (point + 1) / 2 / stretches, weight / 2 / stretches)
        for stretch in range(stretches)
        for point, weight in zip(POINTS.tolist(), WEIGHTS.tolist(), strict=True)
    ]


def _log_worn(b: float, beta: float, time: Numbers) -> Numbers:
    """log(beta + e^(b time) - 1), without a difference of large numbers."""
    grown = np.minimum(b * time, FARTHEST)
    return np.asarray(np.log(beta + np.expm1(grown)))


def _gone(parameters: Numbers, power: Numbers, recency: Numbers, age: Numbers) -> tuple[Numbers, Numbers]:
    """Logarithm of the part of the likelihood that has left, and means over when it left.

    The integrand over the time of leaving u is e^(bu) (alpha + u)^-power (beta + e^(bu) - 1)^-(s + 1); means are of
    log(alpha + u), 1 / (alpha + u), u, and of u e^(bu) / w, log w and 1 / w, where w is beta + e^(bu) - 1.
    """
    _, alpha, b, s, beta = parameters
    on = np.log(alpha + recency)
    worn_on = _log_worn(b, beta, recency)
    rising = b * np.exp(np.minimum(b * recency, FARTHEST) - worn_on)
    distance = (power + s + 1) / (power / (alpha + recency) + (s + 1) * rising)
    whole = np.log1p((age - recency) / distance)
    weights, means = np.zeros_like(power), np.zeros((6, power.size))
    for begin, point, weight in _pieces():
        later = distance * np.expm1(whole * (begin + point))
        at = recency + later
        log_alpha, worn = np.log(alpha + at), _log_worn(b, beta, at)
        grown = np.minimum(b * at, FARTHEST)
        height = grown - b * recency - power * (log_alpha - on) - (s + 1) * (worn - worn_on)
        part = weight * (distance + later) * np.exp(height)
        weights += part
        whats = (log_alpha, 1 / (alpha + at), at, at * np.exp(grown - worn), worn, np.exp(-worn))
        for number, what in enumerate(whats):
            means[number] += part * what
    with np.errstate(divide="ignore", invalid="ignore"):
        # Nobody has had time to leave who ordered today.
        means = np.where(weights > 0, means / weights, 0.0)
        size = np.log(b * s) + s * np.log(beta) + np.log(whole * weights)
    return size + b * recency - power * on - (s + 1) * worn_on, means
