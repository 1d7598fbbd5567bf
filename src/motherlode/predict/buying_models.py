"""The models of repeat buying side by side, and how each is fitted."""

from collections.abc import Callable
from functools import partial

import msgspec
import numpy as np

from motherlode.predict import beta_geometric, gamma_gamma, nbd, pareto_nbd
from motherlode.predict.climb import Peak, Score, climb, covariance, falls_off, with_weak_prior
from motherlode.predict.gamma_gamma import Spending
from motherlode.predict.histories import Histories, coarse
from motherlode.predict.special_functions import Numbers, dot

# Two-sided 95 % of a normal distribution.
Z95 = 1.959964
# Half of the 95 % point of chi-square with two degrees of freedom: what leaving must add to the log likelihood.
WORTH_LEAVING = 2.995732
WIDEST = float(np.log(1e6))
# Fewer distinct rows than this are climbed as they are.
FEW_ROWS = 20_000


class BuyingModel(msgspec.Struct, frozen=True):
    """A model of when customers buy and leave, as functions of its parameters."""

    parameters: tuple[str, ...]
    score: Callable[[Numbers, Histories], tuple[float, Numbers]]
    alive: Callable[[Numbers, Numbers, Numbers, Numbers], Numbers]
    orders_if_alive: Callable[[Numbers, Numbers, Numbers, Numbers], Numbers]


class Fit(msgspec.Struct, frozen=True):
    """Parameters with their 95 % intervals; these are not numbers where the data do not decide them.

    Attributes
    ----------
    method
        `likelihood` (its maximum), or `weak_prior` where that runs away: a factor of e^3 around 1 for each parameter.
    """

    parameters: Numbers
    low: Numbers
    high: Numbers
    log_likelihood: float
    converged: bool
    method: str


BUYING_MODELS = {
    "bg_nbd": BuyingModel(
        ("buying_r", "buying_alpha", "leaving_a", "leaving_b"),
        beta_geometric.bg_score,
        beta_geometric.bg_alive,
        beta_geometric.bg_orders_if_alive,
    ),
    "mbg_nbd": BuyingModel(
        ("buying_r", "buying_alpha", "leaving_a", "leaving_b"),
        beta_geometric.mbg_score,
        beta_geometric.mbg_alive,
        beta_geometric.mbg_orders_if_alive,
    ),
    "pareto_nbd": BuyingModel(
        ("buying_r", "buying_alpha", "leaving_s", "leaving_beta"),
        pareto_nbd.score,
        pareto_nbd.alive,
        pareto_nbd.orders_if_alive,
    ),
}
SPENDING_PARAMETERS = ("spending_p", "spending_q", "spending_gamma")


def fit_buying(model: BuyingModel, histories: Histories) -> Fit:
    """The likeliest parameters of a model of repeat buying, in weeks."""
    rough = coarse(histories) if histories.order_at.size > FEW_ROWS else histories
    start = np.zeros(len(model.parameters))
    # A rate of one order in the mean age of a customer is nearer than one a week.
    start[1] = np.log1p(dot(histories.customers, histories.age) / histories.total)
    return _fit(buying_score(model, histories), buying_score(model, rough), start, histories.total)


def fit_spending(given: Spending) -> Fit:
    """The likeliest parameters of the values of orders, in the currency of the values."""
    mean = dot(given.customers, given.paid) / dot(given.by_orders, given.orders)
    # In units of the mean value, so that the climb is the same in yen and in dollars.
    scaled = _in_units_of(mean, given)
    rough = gamma_gamma.coarse(scaled) if scaled.order_at.size > FEW_ROWS else scaled
    exact, quick = (partial(gamma_gamma.score, given=part) for part in (scaled, rough))
    unit, total = np.array([1.0, 1.0, mean]), given.total
    fit = _fit(exact, quick, np.array([1.0, 1.0, 0.0]), total)
    return msgspec.structs.replace(
        fit,
        parameters=fit.parameters * unit,
        low=fit.low * unit,
        high=fit.high * unit,
        log_likelihood=fit.log_likelihood - total * float(np.log(mean)),
    )


def log_likelihood_without_leaving(histories: Histories) -> float:
    """What a model in which nobody ever leaves reaches."""
    start = np.array([0.0, np.log1p(dot(histories.customers, histories.age) / histories.total)])
    return climb(partial(nbd.score, histories=histories), start).value * histories.total


def buying_score(model: BuyingModel, histories: Histories) -> Score:
    """The score of a model on histories."""

    def score(point: Numbers) -> tuple[float, Numbers]:
        return model.score(point, histories)

    return score


def reach_of(standard_error: Numbers) -> Numbers:
    """Half the width of a 95 % interval of a logarithm; not a number where it would span a factor of a million."""
    reach = Z95 * standard_error
    return np.where(reach < WIDEST, reach, np.nan)


def _fit(score: Score, rough: Score, start: Numbers, customers: float) -> Fit:
    peak, method = climb(score, start, rough=rough), "likelihood"
    if not peak.converged:
        # With nobody seen to leave, or everybody, the likelihood rises for ever along a ridge.
        pulled, pulled_rough = with_weak_prior(score, customers), with_weak_prior(rough, customers)
        peak, method = climb(pulled, start, rough=pulled_rough), "weak_prior"
    low, high = _interval(peak, customers)
    value = score(peak.point)[0] * customers
    return Fit(np.exp(peak.point), low, high, value, peak.converged, method)


def _interval(peak: Peak, customers: float) -> tuple[Numbers, Numbers]:
    if not falls_off(peak.curvature):
        unknown = np.full(peak.point.size, np.nan)
        return unknown, unknown
    reach = reach_of(np.sqrt(np.diag(covariance(peak.curvature, customers))))
    return np.exp(peak.point - reach), np.exp(peak.point + reach)


def _in_units_of(unit: float, given: Spending) -> Spending:
    logs = given.log_mean_by_orders - given.by_orders * np.log(unit)
    return msgspec.structs.replace(given, paid=given.paid / unit, log_mean_by_orders=logs)
