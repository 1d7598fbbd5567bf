"""What models of repeat buying expect of each customer in the days ahead, as columns that other models learn from."""

import hashlib
from collections.abc import Callable

import numpy as np

from motherlode.predict.buying_models import BUYING_MODELS, Fit, fit_buying, fit_spending
from motherlode.predict.gamma_gamma import spending, value_of_an_order
from motherlode.predict.histories import DAYS_A_WEEK, Histories, histories_of_customers
from motherlode.predict.special_functions import Numbers

# Fewer repeat buyers than this tell nothing about how customers buy again.
LEAST_REPEAT_BUYERS = 50
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)
FARTHEST = 12.0
COLUMNS = ("bg_nbd_logit", "pareto_nbd_logit", "bg_nbd_orders", "pareto_nbd_orders", "pareto_nbd_paid")


def outlook(
    order_days: Numbers, recency_days: Numbers, age_days: Numbers, paid: Numbers, days_ahead: int
) -> dict[str, Numbers]:
    """Logits of the chance to order within `days_ahead`, expected orders, and expected money, for each customer.

    Models are fitted to these customers alone, as of the day on which they are looked at, so nothing later is seen.
    All are not numbers where too few bought again. Money is expected from all orders, the first among them, as a
    customer who came once has told that much.

    Parameters
    ----------
    order_days
        Days with an order, the first one counted.
    recency_days, age_days
        Days from the first order to the last, and to today.
    paid
        Money of all orders.
    """
    if (order_days > 1).sum() < LEAST_REPEAT_BUYERS:
        return dict.fromkeys(COLUMNS, np.full(order_days.size, np.nan))
    weeks = days_ahead / DAYS_A_WEEK
    histories, place = histories_of_customers(order_days - 1, recency_days, age_days)
    x, recency, age = histories.frequency, histories.recency, histories.age
    columns: dict[str, Numbers] = {}
    for name, chance_if_alive in CHANCES.items():
        model = BUYING_MODELS[name]
        fit = _fitted(name, histories)
        alive = model.alive(fit.parameters, x, recency, age)
        chance = alive * chance_if_alive(fit.parameters, x, age, weeks)
        orders = alive * model.orders_if_alive(fit.parameters, x, age, np.array([weeks]))[:, 0]
        columns |= {f"{name}_logit": logit(chance)[place], f"{name}_orders": orders[place]}
    return columns | {"pareto_nbd_paid": columns["pareto_nbd_orders"] * _value_of_orders(order_days, paid)}


def _fitted(name: str, histories: Histories) -> Fit:
    """A fit is a function of its histories alone: a run, four of whose tables look at the same days, makes it once."""
    told = (histories.orders, histories.times, histories.order_at, histories.recency_at, histories.age_at)
    digest = hashlib.blake2b(name.encode())
    for part in (*told, histories.customers):
        digest.update(part.tobytes())
    key = digest.digest()
    if key not in _fits:
        if len(_fits) >= MOST_FITS:
            _fits.clear()
        _fits[key] = fit_buying(BUYING_MODELS[name], histories)
    return _fits[key]


MOST_FITS = 256
_fits: dict[bytes, Fit] = {}


def logit(chance: Numbers) -> Numbers:
    """Logarithm of the odds, kept within what a model can still be wrong about."""
    inner = np.clip(chance, np.exp(-FARTHEST), 1 - np.exp(-FARTHEST))
    return np.asarray(np.log(inner) - np.log1p(-inner))


def chance_while_staying(parameters: Numbers, x: Numbers, age: Numbers, weeks: float) -> Numbers:
    """P(at least one order within `weeks`) of a customer who is still there, where one can leave at orders only.

    BG/NBD and MBG/NBD: until the next order nobody leaves, so the time to it is Pareto distributed.
    """
    r, alpha = parameters[:2]
    return np.asarray(-np.expm1((r + x) * (np.log(alpha + age) - np.log(alpha + age + weeks))))


def chance_before_leaving(parameters: Numbers, x: Numbers, age: Numbers, weeks: float) -> Numbers:
    """P(at least one order within `weeks`) of a customer who is still there, where one can leave at any time.

    Pareto/NBD: the chance not to have left at the next order, averaged over when that would be. In the quantiles of the
    time to the next order that average is one of a smooth function, however long `weeks` is.
    """
    r, alpha, s, beta = parameters
    reached = chance_while_staying(parameters, x, age, weeks)
    total = np.zeros_like(reached)
    for point, weight in zip(POINTS.tolist(), WEIGHTS.tolist(), strict=True):
        ahead = (alpha + age) * np.expm1(-np.log1p(-reached * (1 + point) / 2) / (r + x))
        total += weight * np.exp(-s * np.log1p(ahead / (beta + age)))
    return np.asarray(total * reached / 2)


CHANCES: dict[str, Callable[[Numbers, Numbers, Numbers, float], Numbers]] = {
    "bg_nbd": chance_while_staying,
    "pareto_nbd": chance_before_leaving,
}


def _value_of_orders(order_days: Numbers, paid: Numbers) -> Numbers:
    means = np.maximum(paid, 0.0) / order_days
    # Sums of floats depend on the order of rows in their last digits.
    row = np.lexsort((means, order_days))
    given = spending(order_days[row], means[row])
    if given.total < LEAST_REPEAT_BUYERS or np.ptp(given.paid / given.orders[given.order_at]) == 0:
        return means
    fit: Fit = fit_spending(given)
    return np.nan_to_num(value_of_an_order(fit.parameters, order_days.astype(np.float64), means))
