"""Buy till you die, on arrays: fit a model to histories, and ask it what customers will do next.

A history is three numbers, as the papers write them: `x`, the transactions after the first; `t_x`, the time from the
first to the last of them (0 where `x` is 0); and `T`, the time from the first transaction to the end of what is known.
Times are in any unit, the same for all, and answers are in that unit. `counts` says how many customers share a history.

>>> from motherlode.predict import btyd
>>> fit = btyd.fit_bg_nbd(x=[2, 0, 1, 4], t_x=[30, 0, 2, 37], T=[39, 39, 39, 39], counts=[90, 250, 80, 40])
>>> fit.parameters._fields
('r', 'alpha', 'a', 'b')
>>> bool(btyd.p_alive(fit, x=2, t_x=30, T=39) > btyd.p_alive(fit, x=2, t_x=10, T=39))
True

The tables `predict.repeat_buying` and `predict.expected_purchases` rest on the same functions.
"""

from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from motherlode.errors import InputError
from motherlode.predict import gamma_gamma, given_arrays
from motherlode.predict.buying_models import BUYING_MODELS, GOMPERTZ_NBD, BuyingModel, fit_buying, fit_spending
from motherlode.predict.fitted import Fitted, fitted, parameters_of, shaped
from motherlode.predict.histories import timed_histories
from motherlode.predict.special_functions import Numbers


class BgNbd(NamedTuple):
    """Rates of buying are Gamma(`r`, rate `alpha`), chances to leave after a repeat transaction Beta(`a`, `b`)."""

    r: float
    alpha: float
    a: float
    b: float


class MbgNbd(NamedTuple):
    """As `BgNbd`, but customers may leave after their first transaction too."""

    r: float
    alpha: float
    a: float
    b: float


class ParetoNbd(NamedTuple):
    """Rates of buying are Gamma(`r`, rate `alpha`), rates of leaving, at any time, Gamma(`s`, rate `beta`)."""

    r: float
    alpha: float
    s: float
    beta: float


class GompertzNbd(NamedTuple):
    """As `ParetoNbd`, but the readiness to leave, Gamma(`s`, rate `beta`) at the beginning, grows by the rate `b`."""

    r: float
    alpha: float
    b: float
    s: float
    beta: float


class GammaGamma(NamedTuple):
    """Values of orders are Gamma(`p`, rate v); v varies by customer, Gamma(`q`, rate `gamma`)."""

    p: float
    q: float
    gamma: float


Buying: TypeAlias = BgNbd | MbgNbd | ParetoNbd | GompertzNbd
Kind = TypeVar("Kind", bound=Buying)
MODELS: dict[type, BuyingModel] = {
    BgNbd: BUYING_MODELS["bg_nbd"],
    MbgNbd: BUYING_MODELS["mbg_nbd"],
    ParetoNbd: BUYING_MODELS["pareto_nbd"],
    GompertzNbd: GOMPERTZ_NBD,
}


def fit_bg_nbd(
    x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, counts: npt.ArrayLike | None = None
) -> Fitted[BgNbd]:
    """Fit the BG/NBD by maximum likelihood.

    Parameters
    ----------
    x, t_x, T
        Histories, shape (n,): repeat transactions, time of the last, time observed.
    counts
        How many customers have each history, shape (n,); 1 each by default.

    Raises
    ------
    InputError
        For arrays of different lengths or none, numbers that are negative or not finite, `x` that is not whole,
        `t_x` > `T`, `t_x` > 0 where `x` is 0, or when nobody bought again.

    Notes
    -----
    Fader, Hardie and Lee 2005, "Counting Your Customers" the Easy Way, Marketing Science 24(2), eq. 6.
    """
    return _fit(BgNbd, x, t_x, T, counts)


def fit_mbg_nbd(
    x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, counts: npt.ArrayLike | None = None
) -> Fitted[MbgNbd]:
    """Fit the MBG/NBD by maximum likelihood; parameters and errors as in `fit_bg_nbd`.

    Notes
    -----
    Batislam, Denizel and Filiztekin 2007, Empirical validation and comparison of models for customer base analysis,
    International Journal of Research in Marketing 24(3), section 3.
    """
    return _fit(MbgNbd, x, t_x, T, counts)


def fit_pareto_nbd(
    x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, counts: npt.ArrayLike | None = None
) -> Fitted[ParetoNbd]:
    """Fit the Pareto/NBD by maximum likelihood; parameters and errors as in `fit_bg_nbd`.

    Notes
    -----
    Schmittlein, Morrison and Colombo 1987, Counting Your Customers, Management Science 33(1); likelihood as in Fader
    and Hardie 2005, A Note on Deriving the Pareto/NBD Model, section 3, with the integral over the time of leaving.
    """
    return _fit(ParetoNbd, x, t_x, T, counts)


def fit_gompertz_nbd(
    x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, counts: npt.ArrayLike | None = None
) -> Fitted[GompertzNbd]:
    """Fit the Gamma-Gompertz/NBD by maximum likelihood; parameters and errors as in `fit_bg_nbd`.

    Where leaving is no more likely later than at first, `b` and `beta` run to nil together, their errors are not
    numbers, and the Pareto/NBD, whose `beta` is `beta / b`, says the same with one parameter less.

    Notes
    -----
    Bemmaor and Glady 2012, Modeling Purchasing Behavior with Sudden "Death", Management Science 58(5), eq. 6, with the
    integral over the time of leaving.
    """
    return _fit(GompertzNbd, x, t_x, T, counts)


def fit_gamma_gamma(x: npt.ArrayLike, m: npt.ArrayLike, counts: npt.ArrayLike | None = None) -> Fitted[GammaGamma]:
    """Fit the Gamma-Gamma model of what customers pay for an order.

    Parameters
    ----------
    x
        Transactions that each mean rests on, shape (n,); customers with 0 are left out.
    m
        Mean value of a customer's transactions, shape (n,), in any currency; `gamma` is in it too.
    counts
        How many customers have each pair, shape (n,); 1 each by default.

    Raises
    ------
    InputError
        As `fit_bg_nbd`; also for `m` of 0 where `x` is above 0, and when all means are the same.

    Notes
    -----
    Fader and Hardie 2013, The Gamma-Gamma Model of Monetary Value, eq. 1a.
    """
    orders, means = given_arrays.paid(x, m)
    given_arrays.refuse("m", means, (orders > 0) & (means == 0), "leave out customers who paid nothing")
    given = gamma_gamma.spending(orders, means, given_arrays.weights(counts, orders.size))
    if given.total == 0 or np.ptp(given.paid / given.orders[given.order_at]) == 0:
        raise InputError("no two different means in `m`", hint="give customers who bought at different values")
    return fitted(GammaGamma, fit_spending(given), given.total)


def p_alive(model: Fitted[Buying] | Buying, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Numbers:
    """Probability to be still a customer at the end of the time observed.

    Parameters
    ----------
    model
        What a fit gave, or parameters such as `BgNbd(0.243, 4.414, 0.793, 2.426)`.
    x, t_x, T
        Histories, numbers or arrays that broadcast against each other, in the unit of time of the parameters.

    Returns
    -------
    Probabilities between 0 and 1 in the shape of the histories. Under the BG/NBD it is 1 where `x` is 0.

    Raises
    ------
    InputError
        For histories that cannot be (see `fit_bg_nbd`), and parameters that are not above 0.

    Notes
    -----
    BG/NBD: Fader, Hardie and Lee 2008, Computing P(alive) Using the BG/NBD Model. MBG/NBD: Batislam and others 2007.
    Pareto/NBD: Schmittlein and others 1987, eq. 11-13.
    """
    parameters, (orders, recency, age), shape = _asked(model, x, t_x, T)
    return shaped(_model(model).alive(parameters, orders, recency, age), shape)


def expected_transactions(
    model: Fitted[Buying] | Buying, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, t: npt.ArrayLike
) -> Numbers:
    """Transactions expected of customers with these histories in the next `t`.

    Parameters
    ----------
    model, x, t_x, T
        As in `p_alive`.
    t
        Time ahead, a number or k numbers, in the unit of the histories.

    Returns
    -------
    Expected transactions in the shape of the histories; with k times ahead, these are a last axis more.

    Raises
    ------
    InputError
        As in `p_alive`; also for `t` that is negative or not finite.

    Notes
    -----
    BG/NBD: Fader, Hardie and Lee 2005, eq. 10; Pareto/NBD: Fader and Hardie 2005, section 5. For the (M)BG/NBD the
    hypergeometric function is replaced by the average over the chance to leave, which does not cancel.
    """
    parameters, (orders, recency, age), shape = _asked(model, x, t_x, T)
    (ahead,) = given_arrays.numbers({"t": t})
    kind = _model(model)
    still = kind.alive(parameters, orders, recency, age)
    expected = still[:, None] * kind.orders_if_alive(parameters, orders, age, ahead)
    return shaped(expected, (*shape, *np.shape(t)))


def expected_transactions_new_customer(model: Fitted[Buying] | Buying, t: npt.ArrayLike) -> Numbers:
    """E[X(t)]: repeat transactions expected of somebody drawn at random within `t` of the first transaction.

    Parameters
    ----------
    model
        As in `p_alive`.
    t
        Time since the first transaction, a number or an array.

    Returns
    -------
    Expected transactions in the shape of `t`.

    Notes
    -----
    BG/NBD: Fader, Hardie and Lee 2005, eq. 9. Pareto/NBD: Schmittlein and others 1987, eq. 17.
    """
    return expected_transactions(model, 0, 0, 0, t)


def pmf(model: Fitted[Buying] | Buying, x: npt.ArrayLike, t: float) -> Numbers:
    """P(X(t) = x): probability of just `x` repeat transactions within `t` of the first transaction.

    Parameters
    ----------
    model
        As in `p_alive`.
    x
        Whole numbers of repeat transactions.
    t
        Time since the first transaction, in the unit of the parameters.

    Returns
    -------
    Probabilities in the shape of `x`; over all x they sum up to 1.

    Raises
    ------
    InputError
        For `x` that is negative or not whole, and `t` that is not above 0.

    Notes
    -----
    BG/NBD: Fader, Hardie and Lee 2005, eq. 8. Pareto/NBD: Fader and Hardie 2006, by numerical integration over the
    time of leaving.
    """
    (orders,) = given_arrays.numbers({"x": np.ravel(x)})
    given_arrays.whole(orders)
    return shaped(_model(model).pmf(parameters_of(model), orders, given_arrays.positive("t", t)), np.shape(x))


def expected_order_value(model: Fitted[GammaGamma] | GammaGamma, x: npt.ArrayLike, m: npt.ArrayLike) -> Numbers:
    """Mean value to expect of a customer's orders: the own mean, drawn to everybody's the fewer orders it rests on.

    Parameters
    ----------
    model
        What `fit_gamma_gamma` gave, or parameters.
    x, m
        Transactions and their mean value, numbers or arrays; with `x` of 0 the answer is everybody's mean.

    Returns
    -------
    Values in the currency of `m`; not numbers where `x` is 0 and everybody's mean has no end (`q` of 1 or less).

    Notes
    -----
    Fader and Hardie 2013, eq. 5.
    """
    (orders, means), shape = given_arrays.broadcast({"x": x, "m": m})
    return shaped(gamma_gamma.value_of_an_order(parameters_of(model), *given_arrays.paid(orders, means)), shape)


def _fit(
    kind: type[Kind], x: npt.ArrayLike, t_x: npt.ArrayLike, age: npt.ArrayLike, counts: npt.ArrayLike | None
) -> Fitted[Kind]:
    orders, recency, ages = given_arrays.histories(x, t_x, age)
    histories = timed_histories(orders, recency, ages, given_arrays.weights(counts, orders.size))
    if not histories.customers_by_orders[histories.orders > 0].sum():
        raise InputError("nobody bought again: `x` is 0 throughout", hint="give customers with repeat transactions")
    return fitted(kind, fit_buying(MODELS[kind], histories), histories.total)


def _asked(
    model: Fitted[Buying] | Buying, x: npt.ArrayLike, t_x: npt.ArrayLike, age: npt.ArrayLike
) -> tuple[Numbers, tuple[Numbers, Numbers, Numbers], tuple[int, ...]]:
    history, shape = given_arrays.broadcast({"x": x, "t_x": t_x, "T": age})
    return parameters_of(model), given_arrays.histories(*history), shape


def _model(model: Fitted[Buying] | Buying) -> BuyingModel:
    kind = type(model.parameters if isinstance(model, Fitted) else model)
    if kind not in MODELS:
        raise InputError(
            f"{kind.__name__} is no model of buying", hint="give a fit, or BgNbd, MbgNbd, ParetoNbd or GompertzNbd"
        )
    return MODELS[kind]
