"""What each buyer will still order, and what that is worth today."""

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.predict.buying_models import BUYING_MODELS, SPENDING_PARAMETERS, BuyingModel, buying_score, reach_of
from motherlode.predict.climb import Score, covariance, curvature, falls_off
from motherlode.predict.gamma_gamma import score, slope_of_log_value, spending, value_of_an_order
from motherlode.predict.histories import DAYS_A_WEEK, Histories, histories_of_customers
from motherlode.predict.special_functions import Numbers
from motherlode.tables import table

WEEKS_A_YEAR = 365.25 / DAYS_A_WEEK
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(10)
# Chances below this are nil; their logarithm is not.
LEAST_CHANCE = 1e-300
HORIZONS = {"expected_orders_90d": 90 / DAYS_A_WEEK, "expected_orders_365d": 365 / DAYS_A_WEEK}
COLUMNS = {
    "customer_id": "string",
    "p_alive": "float64",
    **dict.fromkeys(HORIZONS, "float64"),
    "value_per_order": "float64",
    "lifetime_value": "float64",
    "lifetime_value_low": "float64",
    "lifetime_value_high": "float64",
    "method": "string",
}


class Outlook(msgspec.Struct, frozen=True):
    """What follows for each distinct history: expectations, and the variance of the logarithm of discounted orders."""

    p_alive: Numbers
    orders: Numbers
    discounted_orders: Numbers
    variance: Numbers


@table(key="customer_id", subject="customer_id", columns=COLUMNS, purpose="profiling")
def expected_purchases(
    purchase_histories: pa.Table,
    repeat_buying: pa.Table,
    *,
    lifetime_years: float = 5.0,
    yearly_discount: float = 0.1,
) -> pa.Table:
    """Probability to be still a customer, orders expected in 90 and 365 days, and their value discounted to `as_of`.

    `lifetime_value_low` and `_high` hold the customer's expected value with 95 % probability, as far as the parameters
    are known; what one customer then really does varies far more. Columns are empty where too few customers bought
    again for a model (`too_few`).

    Parameters
    ----------
    lifetime_years
        Years ahead that count as a lifetime.
    yearly_discount
        Rate (0.1 is 10 %) by which money of next year counts less.
    """
    fitted = {row["model"]: row for row in repeat_buying.to_pylist()}
    chosen = next((name for name in BUYING_MODELS if fitted.get(name, {}).get("chosen")), None)
    customers = purchase_histories.num_rows
    columns: dict[str, Any] = {name: np.full(customers, np.nan) for name, kind in COLUMNS.items() if kind == "float64"}
    columns |= {
        "customer_id": purchase_histories.column("customer_id"),
        "method": pa.array([chosen or "too_few"]).take(pa.array(np.zeros(customers, dtype=np.int64))),
    }
    if chosen and customers:
        columns |= _expected(purchase_histories, fitted, chosen, lifetime_years, yearly_discount)
    return pa.table({name: _nullable(columns[name], kind) for name, kind in COLUMNS.items()})


def look_ahead(
    model: BuyingModel, parameters: Numbers, histories: Histories, lifetime_years: float, yearly_discount: float
) -> Outlook:
    """Expectations of a model for each distinct history.

    What a customer who is still there will do does not depend on the last order, so that is worked out once for each
    distinct number of orders and age.
    """
    code = histories.order_at * histories.times.size + histories.age_at
    found, place = np.unique(code, return_inverse=True)
    order_at, age_at = np.divmod(found, histories.times.size)
    x, age = histories.orders[order_at], histories.times[age_at]
    frequency, recency, ages = histories.frequency, histories.recency, histories.age

    def discounted(point: Numbers) -> Numbers:
        return discounted_orders_if_alive(model, np.exp(point), x, age, lifetime_years, yearly_discount)

    def log_discounted(point: Numbers) -> Numbers:
        still = np.maximum(model.alive(np.exp(point), frequency, recency, ages), LEAST_CHANCE)
        return np.log(still) + np.log(discounted(point))[place]

    still = model.alive(parameters, frequency, recency, ages)
    orders = model.orders_if_alive(parameters, x, age, np.array([*HORIZONS.values()]))[place] * still[:, None]
    point = np.log(parameters)
    variance = _variance(buying_score(model, histories), point, histories.total, slopes(log_discounted, point))
    return Outlook(still, orders, discounted(point)[place] * still, variance)


def discounted_orders_if_alive(
    model: BuyingModel, parameters: Numbers, x: Numbers, age: Numbers, years: float, yearly_discount: float
) -> Numbers:
    """Orders of the years ahead, each counted at what it is worth today, of customers who are still there."""
    end, rate = years * WEEKS_A_YEAR, np.log1p(yearly_discount) / WEEKS_A_YEAR
    weeks = np.append((1 + POINTS) * end / 2, end)
    # By parts: the discounted sum of orders from their running total.
    weights = np.append(WEIGHTS * end / 2 * rate, 1.0) * np.exp(-rate * weeks)
    return np.asarray(model.orders_if_alive(parameters, x, age, weeks) @ weights, dtype=np.float64)


def slopes(function: Callable[[Numbers], Numbers], point: Numbers, step: float = 1e-4) -> Numbers:
    """How each value of a function of the parameters changes with each parameter (a column each)."""
    here = function(point)
    return np.stack([(function(point + step * axis) - here) / step for axis in np.eye(point.size)], axis=1)


def _expected(
    given: pa.Table, fitted: dict[str, dict[str, Any]], chosen: str, years: float, yearly_discount: float
) -> dict[str, Numbers]:
    model = BUYING_MODELS[chosen]
    x, recency, age = (given.column(name).to_numpy() for name in ("repeat_orders", "recency_days", "age_days"))
    histories, place = histories_of_customers(x, recency, age)
    outlook = look_ahead(model, _parameters(fitted[chosen], model.parameters), histories, years, yearly_discount)
    columns = {"p_alive": outlook.p_alive[place]}
    columns |= {name: outlook.orders[place, at] for at, name in enumerate(HORIZONS)}
    spent = fitted.get("gamma_gamma", {})
    if not spent.get("chosen"):
        return columns
    means = np.nan_to_num(given.column("repeat_order_value").to_numpy().astype(np.float64))
    values, variance = _values(_parameters(spent, SPENDING_PARAMETERS), x.astype(np.float64), means)
    worth = outlook.discounted_orders[place] * values
    reach = np.exp(reach_of(np.sqrt(outlook.variance[place] + variance)))
    return columns | {
        "value_per_order": values,
        "lifetime_value": worth,
        "lifetime_value_low": worth / reach,
        "lifetime_value_high": worth * reach,
    }


def _values(parameters: Numbers, x: Numbers, means: Numbers) -> tuple[Numbers, Numbers]:
    """Expected value of an order by customer, and the variance of its logarithm."""
    # Sums of floats depend on the order of rows in their last digits.
    row = np.lexsort((means, x))
    given = spending(x[row], means[row])

    def at(point: Numbers) -> tuple[float, Numbers]:
        return score(point, given)

    slope = slope_of_log_value(parameters, x, means)
    return value_of_an_order(parameters, x, means), _variance(at, np.log(parameters), given.total, slope)


def _variance(score: Score, point: Numbers, customers: float, slope: Numbers) -> Numbers:
    """Variance of values with these slopes, from the curvature of the likelihood (the delta method)."""
    curved = curvature(score, point)
    if not falls_off(curved):
        return np.full(slope.shape[0], np.nan)
    return np.asarray(np.sum((slope @ covariance(curved, customers)) * slope, axis=1))


def _parameters(row: dict[str, Any], names: tuple[str, ...]) -> Numbers:
    return np.array([row[name] for name in names], dtype=np.float64)


def _nullable(values: Any, kind: str) -> pa.Array | pa.ChunkedArray:
    return values if kind == "string" else pa.array(values, pa.float64(), from_pandas=True)
