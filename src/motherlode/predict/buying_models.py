"""The models of repeat buying side by side, and how each is fitted."""

from collections.abc import Callable
from functools import partial

import msgspec
import numpy as np

from motherlode.predict import beta_geometric, gamma_gamma, gompertz_nbd, nbd, pareto_nbd, shifted_beta_geometric
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
    """A model of when customers buy and leave, as functions of its parameters.

    Attributes
    ----------
    powers
        How each parameter grows with the unit of time: 1 for times, -1 for rates, 0 for the others.
    """

    parameters: tuple[str, ...]
    powers: tuple[int, ...]
    score: Callable[[Numbers, Histories], tuple[float, Numbers]]
    alive: Callable[[Numbers, Numbers, Numbers, Numbers], Numbers]
    orders_if_alive: Callable[[Numbers, Numbers, Numbers, Numbers], Numbers]
    pmf: Callable[[Numbers, Numbers, float], Numbers]


class Fit(msgspec.Struct, frozen=True):
    """Parameters, standard errors and 95 % intervals; these are not numbers where the data do not decide them.

    Attributes
    ----------
    method
        `likelihood` (its maximum), or `weak_prior` where that runs away: a factor of e^3 around 1 for each parameter.
    """

    parameters: Numbers
    standard_errors: Numbers
    low: Numbers
    high: Numbers
    log_likelihood: float
    converged: bool
    method: str


BUYING_MODELS = {
    "bg_nbd": BuyingModel(
        ("buying_r", "buying_alpha", "leaving_a", "leaving_b"),
        (0, 1, 0, 0),
        beta_geometric.bg_score,
        beta_geometric.bg_alive,
        beta_geometric.bg_orders_if_alive,
        beta_geometric.bg_pmf,
    ),
    "mbg_nbd": BuyingModel(
        ("buying_r", "buying_alpha", "leaving_a", "leaving_b"),
        (0, 1, 0, 0),
        beta_geometric.mbg_score,
        beta_geometric.mbg_alive,
        beta_geometric.mbg_orders_if_alive,
        beta_geometric.mbg_pmf,
    ),
    "pareto_nbd": BuyingModel(
        ("buying_r", "buying_alpha", "leaving_s", "leaving_beta"),
        (0, 1, 0, 1),
        pareto_nbd.score,
        pareto_nbd.alive,
        pareto_nbd.orders_if_alive,
        pareto_nbd.pmf,
    ),
}
# Five parameters where four do as well on most shops: for those who ask for it, not among those that a run compares.
GOMPERTZ_NBD = BuyingModel(
    ("buying_r", "buying_alpha", "leaving_b", "leaving_s", "leaving_beta"),
    (0, 1, -1, 0, 0),
    gompertz_nbd.score,
    gompertz_nbd.alive,
    gompertz_nbd.orders_if_alive,
    gompertz_nbd.pmf,
)
SPENDING_PARAMETERS = ("spending_p", "spending_q", "spending_gamma")


def fit_buying(model: BuyingModel, histories: Histories) -> Fit:
    """The likeliest parameters of a model of repeat buying, in the unit of time of the histories."""
    # In units of the mean age of a customer, so that the climb is the same in days and in weeks.
    mean_age = dot(histories.customers, histories.age) / histories.total or 1.0
    scaled = msgspec.structs.replace(histories, times=histories.times / mean_age)
    rough = coarse(scaled) if histories.order_at.size > FEW_ROWS else scaled
    exact, quick = buying_score(model, scaled), buying_score(model, rough)
    fit = _fit(exact, quick, np.zeros(len(model.parameters)), histories.total)
    ordered = dot(histories.customers_by_orders, histories.orders)
    return _in_units(fit, mean_age ** np.array(model.powers), ordered * float(np.log(mean_age)))


def fit_spending(given: Spending) -> Fit:
    """The likeliest parameters of the values of orders, in the currency of the values."""
    mean = dot(given.customers, given.paid) / dot(given.by_orders, given.orders)
    # In units of the mean value, so that the climb is the same in yen and in dollars.
    scaled = _in_units_of(mean, given)
    rough = gamma_gamma.coarse(scaled) if scaled.order_at.size > FEW_ROWS else scaled
    exact, quick = (partial(gamma_gamma.score, given=part) for part in (scaled, rough))
    fit = _fit(exact, quick, np.array([1.0, 1.0, 0.0]), given.total)
    return _in_units(fit, np.array([1.0, 1.0, mean]), given.total * float(np.log(mean)))


def fit_renewing(survivors: Numbers) -> Fit:
    """The likeliest parameters of who renews a contract, from the customers of a cohort after each renewal."""
    return fit_scored(partial(shifted_beta_geometric.score, survivors=survivors), 2, float(survivors[0]))


def fit_scored(
    score: Score, parameters: int, customers: float, units: Numbers | float = 1.0, log_density: float = 0.0
) -> Fit:
    """The likeliest of so many parameters under a score, told in other `units`."""
    return _in_units(_fit(score, score, np.zeros(parameters), customers), np.asarray(units), log_density)


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
    spread, parameters = _spread(peak, customers), np.exp(peak.point)
    reach = np.exp(reach_of(spread))
    value = score(peak.point)[0] * customers
    errors = np.where(np.isnan(reach), np.nan, parameters * spread)
    return Fit(parameters, errors, parameters / reach, parameters * reach, value, peak.converged, method)


def _spread(peak: Peak, customers: float) -> Numbers:
    """Standard errors of the logarithms of parameters."""
    if not falls_off(peak.curvature):
        return np.full(peak.point.size, np.nan)
    return np.asarray(np.sqrt(np.diag(covariance(peak.curvature, customers))))


def _in_units(fit: Fit, units: Numbers, log_density: float) -> Fit:
    """A fit in other units: parameters in `units` each, and a density that is so much lower."""
    told = {name: getattr(fit, name) * units for name in ("parameters", "standard_errors", "low", "high")}
    return msgspec.structs.replace(fit, **told, log_likelihood=fit.log_likelihood - log_density)


def _in_units_of(unit: float, given: Spending) -> Spending:
    logs = given.log_mean_by_orders - given.by_orders * np.log(unit)
    return msgspec.structs.replace(given, paid=given.paid / unit, log_mean_by_orders=logs)
