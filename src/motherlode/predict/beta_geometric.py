"""BG/NBD and MBG/NBD: customers buy at a rate of their own and may leave after each order.

Rates are gamma distributed (r, alpha), chances to leave after an order are beta distributed (a, b). In the BG/NBD
(Fader, Hardie and Lee 2005) nobody leaves before the first repeat order; in the MBG/NBD (Batislam, Denizel and
Filiztekin 2007) customers may leave after their first order. Times are in weeks.
"""

import math

import numpy as np

from motherlode.predict import nbd
from motherlode.predict.histories import Histories
from motherlode.predict.special_functions import Numbers, beta_nodes, digamma, dot, log_gamma, log_sum

NODES = 24
BLOCK = 8192


def bg_score(point: Numbers, histories: Histories) -> tuple[float, Numbers]:
    """Mean log likelihood of the BG/NBD and its slope, in logarithms of r, alpha, a, b."""
    return _score(point, histories, 0)


def mbg_score(point: Numbers, histories: Histories) -> tuple[float, Numbers]:
    """Mean log likelihood of the MBG/NBD and its slope, in logarithms of r, alpha, a, b."""
    return _score(point, histories, 1)


def bg_alive(parameters: Numbers, x: Numbers, recency: Numbers, age: Numbers) -> Numbers:
    """Probability to be still a customer under the BG/NBD; 1 without a repeat order, as nobody leaves before it."""
    return _alive(parameters, x, recency, age, 0)


def mbg_alive(parameters: Numbers, x: Numbers, recency: Numbers, age: Numbers) -> Numbers:
    """Probability to be still a customer under the MBG/NBD."""
    return _alive(parameters, x, recency, age, 1)


def bg_orders_if_alive(parameters: Numbers, x: Numbers, age: Numbers, horizons: Numbers) -> Numbers:
    """Expected orders (a column a horizon in weeks) of customers who are still there, under the BG/NBD."""
    return _orders_if_alive(parameters, x, age, horizons, 0)


def mbg_orders_if_alive(parameters: Numbers, x: Numbers, age: Numbers, horizons: Numbers) -> Numbers:
    """Expected orders (a column a horizon in weeks) of customers who are still there, under the MBG/NBD."""
    return _orders_if_alive(parameters, x, age, horizons, 1)


def bg_pmf(parameters: Numbers, orders: Numbers, time: float) -> Numbers:
    """Probability of so many repeat orders within `time` of the first order (Fader, Hardie and Lee 2005, eq. 8)."""
    return _pmf(parameters, orders, time, 0)


def mbg_pmf(parameters: Numbers, orders: Numbers, time: float) -> Numbers:
    """Probability of so many repeat orders within `time` of the first order, under the MBG/NBD."""
    return _pmf(parameters, orders, time, 1)


def _score(point: Numbers, histories: Histories, first: int) -> tuple[float, Numbers]:
    """`first` is the number of chances to leave that come before the first repeat order."""
    r, alpha, a, b = parameters = np.exp(point)
    x, by_orders, total = histories.orders, histories.customers_by_orders, histories.total
    buying = log_gamma(r + x) - math.lgamma(r) + r * point[1]
    kept = b + x + first
    staying = _log_beta(a, kept) - _log_beta(a, parameters[3:])
    logs, inverse = np.log(alpha + histories.times), 1 / (alpha + histories.times)
    leaving = _log_leaving(a, b, x, first)
    either = lasted = worn = 0.0
    left_by_orders = np.zeros(x.size)
    for begin in range(0, histories.order_at.size, BLOCK):
        # Blocks stay in the processor's cache: twice as fast as whole columns.
        block = slice(begin, begin + BLOCK)
        order_at, customers = histories.order_at[block], histories.customers[block]
        age_at, recency_at = histories.age_at[block], histories.recency_at[block]
        power, to_age, to_recency = (r + x)[order_at], logs[age_at], logs[recency_at]
        odds = leaving[order_at] + power * (to_age - to_recency)
        near = np.exp(-np.abs(odds))
        either += dot(customers, np.maximum(odds, 0.0) + np.log1p(near) - power * to_age)
        left = customers * np.where(odds > 0, 1.0, near) / (1 + near)
        alive = customers - left
        lasted += dot(alive, to_age) + dot(left, to_recency)
        worn += dot(alive * power, inverse[age_at]) + dot(left * power, inverse[recency_at])
        left_by_orders += np.bincount(order_at, left, x.size)
    value = dot(by_orders, buying + staying) + either
    dropped = left_by_orders[x + first > 0]
    digamma_kept = digamma(a + kept)
    ends = digamma(np.array([r, a + b, b]))
    slope = np.array(
        [
            dot(by_orders, digamma(r + x) - ends[0]) + total * point[1] - lasted,
            total * r / alpha - worn,
            total * ends[1] - dot(by_orders, digamma_kept) + dropped.sum() / a,
            dot(by_orders, digamma(kept) - digamma_kept)
            + total * (ends[1] - ends[2])
            - dot(dropped, 1 / (kept[x + first > 0] - 1)),
        ]
    )
    return float(value / total), slope * parameters / total


def _alive(parameters: Numbers, x: Numbers, recency: Numbers, age: Numbers, first: int) -> Numbers:
    r, alpha, a, b = parameters
    odds = _log_leaving(a, b, x, first) + (r + x) * np.log((alpha + age) / (alpha + recency))
    return np.exp(-log_sum(np.zeros_like(odds), odds))


def _orders_if_alive(parameters: Numbers, x: Numbers, age: Numbers, horizons: Numbers, first: int) -> Numbers:
    """Average over the chance to leave, given that a customer has not: Beta(a, b + x + first)."""
    r, alpha, a, b = parameters
    distinct, place = np.unique(x, return_inverse=True)
    chance, weight = beta_nodes(np.full(distinct.size, a), b + distinct + first, NODES)
    chance, share = chance[place], (weight / chance)[place]
    shrunk = chance / (alpha + age)[:, None]
    expected = np.empty((x.size, horizons.size))
    for column, weeks in enumerate(horizons.tolist()):
        bought = -np.expm1(-(r + x)[:, None] * np.log1p(shrunk * weeks))
        expected[:, column] = np.einsum("ij,ij->i", bought, share)
    return expected


def _pmf(parameters: Numbers, orders: Numbers, time: float, first: int) -> Numbers:
    """Orders of those who stay, and of those who left after just so many and would have made at least that number."""
    r, alpha, a, b = parameters
    start = _log_beta(a, parameters[3:])
    stayed = np.exp(_log_beta(a, b + orders + first) - start) * nbd.pmf(r, alpha, orders, time)
    chances = orders + first
    possible = np.maximum(chances - 1, 0.0)
    left = np.exp(_log_beta(a + 1, b + possible) - start) * nbd.at_least(r, alpha, orders, time)
    return np.asarray(stayed + np.where(chances > 0, left, 0.0))


def _log_leaving(a: float, b: float, x: Numbers, first: int) -> Numbers:
    """Logarithm of the odds of having left after the last order; nil where there was no chance to leave."""
    possible = x + first > 0
    return np.where(possible, np.log(a) - np.log(np.where(possible, b + x + first - 1, 1.0)), -np.inf)


def _log_beta(a: float, b: Numbers) -> Numbers:
    log_beta: Numbers = math.lgamma(a) + log_gamma(b) - log_gamma(a + b)
    return log_beta
