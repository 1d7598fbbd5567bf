"""Gamma-Gamma: what customers pay for an order (Fader and Hardie 2013).

An order's value is gamma distributed around the customer's own mean; means vary by customer. Parameters p, q, gamma;
gamma is in the house currency.
"""

import math

import msgspec
import numpy as np

from motherlode.predict.histories import distinct_numbers
from motherlode.predict.special_functions import Numbers, digamma, dot, log_gamma


class Spending(msgspec.Struct, frozen=True):
    """Repeat buyers by number of orders and mean value, and the sums by number of orders that do not change."""

    orders: Numbers
    order_at: np.ndarray
    paid: Numbers
    customers: Numbers
    by_orders: Numbers
    log_mean_by_orders: Numbers

    @property
    def total(self) -> float:
        return float(self.customers.sum())


def spending(repeat_orders: Numbers, mean_values: Numbers, customers: Numbers | None = None) -> Spending:
    """Mean values of repeat orders, by customer or counted, leaving out who paid nothing."""
    number = np.ones(repeat_orders.size) if customers is None else np.asarray(customers, dtype=np.float64)
    x, means = np.asarray(repeat_orders, dtype=np.float64), np.asarray(mean_values, dtype=np.float64)
    paid = (x > 0) & (means > 0)
    x, means, number = x[paid], means[paid], number[paid]
    orders, order_at = distinct_numbers(x.astype(np.int64))
    return Spending(
        orders,
        order_at,
        x * means,
        number,
        np.bincount(order_at, number, orders.size),
        np.bincount(order_at, number * np.log(means), orders.size),
    )


def coarse(given: Spending, bins: int = 64) -> Spending:
    """The same buyers with values in `bins` steps of equal ratio."""
    x = given.orders[given.order_at]
    steps = np.log(given.paid / x)
    low = float(steps.min(initial=0.0))
    width = max((float(steps.max(initial=0.0)) - low) / bins, 1e-9)
    place = np.rint((steps - low) / width).astype(np.int64)
    code = given.order_at * (bins + 1) + place
    number = np.bincount(code, given.customers)
    found = np.flatnonzero(number)
    at, place = np.divmod(found, bins + 1)
    return spending(given.orders[at], np.exp(low + place * width), number[found])


def score(point: Numbers, given: Spending) -> tuple[float, Numbers]:
    """Mean log likelihood of a repeat buyer and its slope, in logarithms of p, q, gamma."""
    p, q, gamma = parameters = np.exp(point)
    x, by_orders, logs = given.orders, given.by_orders, given.log_mean_by_orders
    total = given.total
    shape = p * x
    reach = gamma + given.paid
    log_reach = np.bincount(given.order_at, given.customers * np.log(reach), x.size)
    inverse = np.bincount(given.order_at, given.customers / reach, x.size)
    fixed = log_gamma(shape + q) - log_gamma(shape) - math.lgamma(q) + q * point[2] + shape * np.log(x)
    value = dot(by_orders, fixed) + dot(shape - 1, logs) - dot(shape + q, log_reach)
    more = digamma(shape + q)
    slope = np.array(
        [
            dot(by_orders, x * (more - digamma(shape) + np.log(x))) + dot(x, logs - log_reach),
            dot(by_orders, more) + total * (point[2] - digamma(parameters[1:2])[0]) - log_reach.sum(),
            total * q / gamma - dot(shape + q, inverse),
        ]
    )
    return float(value / total), slope * parameters / total


def value_of_an_order(parameters: Numbers, repeat_orders: Numbers, mean_values: Numbers) -> Numbers:
    """Expected value of a customer's orders: the own mean, drawn towards everybody's the fewer orders it rests on.

    Not a number where the mean over all customers has no end (q of 1 or less) and there is no own order to go by.
    """
    p, q, gamma = parameters
    orders, paid = _paid(repeat_orders, mean_values)
    return np.asarray(p * (gamma + paid) / _divisor(p * orders + q - 1))


def slope_of_log_value(parameters: Numbers, repeat_orders: Numbers, mean_values: Numbers) -> Numbers:
    """How the logarithm of that value changes with the logarithms of p, q and gamma (a column each)."""
    p, q, gamma = parameters
    orders, paid = _paid(repeat_orders, mean_values)
    divisor = _divisor(p * orders + q - 1)
    return np.stack([1 - p * orders / divisor, -q / divisor, gamma / (gamma + paid)], axis=1)


def _paid(repeat_orders: Numbers, mean_values: Numbers) -> tuple[Numbers, Numbers]:
    """Orders that were paid for, and what was paid for all of them."""
    orders = np.where(mean_values > 0, repeat_orders, 0.0)
    return orders, orders * np.where(orders > 0, mean_values, 0.0)


def _divisor(values: Numbers) -> Numbers:
    return np.where(values > 0, values, np.nan)
