"""Models of buying on arrays: what experts call, what they get, and what is refused."""

import doctest

import numpy as np
import pytest

from histories_drawn import drawn
from motherlode.errors import InputError
from motherlode.predict import btyd
from motherlode.predict.buying_models import BUYING_MODELS, fit_buying

SHOP = drawn(400, r=0.8, alpha=6.0, a=0.8, b=2.4)
X, RECENCY, AGE = SHOP[:3]
PARAMETERS = (
    btyd.BgNbd(0.6, 5.0, 1.3, 2.9),
    btyd.MbgNbd(0.6, 5.0, 1.3, 2.9),
    btyd.ParetoNbd(0.6, 5.0, 0.7, 9.0),
    btyd.ParetoNbd(1.4, 3.0, 1.0, 20.0),
    btyd.GompertzNbd(0.6, 5.0, 0.02, 0.7, 0.3),
    btyd.GompertzNbd(0.9, 4.0, 0.08, 1.2, 40.0),
)
FITS = {"bg_nbd": btyd.fit_bg_nbd, "mbg_nbd": btyd.fit_mbg_nbd, "pareto_nbd": btyd.fit_pareto_nbd}
KNOWN = btyd.BgNbd(0.243, 4.414, 0.793, 2.426)
BAD_HISTORIES = {
    "different shapes": ([1, 2], [3, 4], [5, 6, 7]),
    "no numbers": ([], [], []),
    "`t_x` is 4 at position 1": ([1, 0], [3, 4], [5, 6]),
    "`t_x` is 7 at position 1": ([1, 2], [3, 7], [5, 6]),
    "`T` is inf at position 0": ([1], [3], [np.inf]),
    "`x` is nan at position 1": ([1, np.nan], [3, 7], [5, 8]),
    "`x` is -1 at position 0": ([-1], [0], [5]),
    "`x` is 1.5 at position 0": ([1.5], [2], [5]),
    "`x` does not hold numbers": (["ann"], [2], [5]),
}


@pytest.mark.parametrize("name", FITS)
def test_a_fit_is_that_of_the_tables_with_names_on_its_parameters(name):
    fit = FITS[name](X, RECENCY / 7, AGE / 7)
    table = fit_buying(BUYING_MODELS[name], SHOP.histories)
    assert tuple(fit.parameters) == pytest.approx(table.parameters, rel=1e-6)
    assert tuple(fit.standard_errors) == pytest.approx(table.standard_errors, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(table.log_likelihood, abs=1e-6)
    assert (fit.customers, fit.converged, fit.method) == (400, True, "likelihood")


@pytest.mark.parametrize("name", FITS)
def test_standard_errors_are_those_of_the_parameters_themselves(name):
    fit = FITS[name](X, RECENCY / 7, AGE / 7)
    reach = np.log(fit.high) - np.log(fit.parameters)
    assert tuple(fit.standard_errors) == pytest.approx(np.array(fit.parameters) * reach / 1.959964)


@pytest.mark.parametrize("name", FITS)
def test_counted_histories_fit_as_repeated_ones_do(name):
    repeated = FITS[name](*(np.repeat(part, 3) for part in (X, RECENCY, AGE)))
    counted = FITS[name](X, RECENCY, AGE, counts=np.full(X.size, 3))
    assert counted.customers == repeated.customers == 1200
    assert tuple(counted.parameters) == pytest.approx(repeated.parameters, rel=1e-6)
    assert tuple(counted.standard_errors) == pytest.approx(repeated.standard_errors, rel=1e-5)


@pytest.mark.parametrize("unit", [1.0, 1 / 7, 1 / 30.4375, 86_400.0], ids=["days", "weeks", "months", "seconds"])
@pytest.mark.parametrize("name", FITS)
def test_the_unit_of_time_changes_the_unit_of_the_parameters_and_nothing_else(name, unit):
    days, other = FITS[name](X, RECENCY, AGE), FITS[name](X, RECENCY * unit, AGE * unit)
    assert other.converged
    assert (other.parameters[0], other.parameters[2]) == pytest.approx((days.parameters[0], days.parameters[2]), 1e-4)
    assert other.parameters.alpha == pytest.approx(days.parameters.alpha * unit, rel=1e-4)
    assert other.log_likelihood == pytest.approx(days.log_likelihood - X.sum() * np.log(unit), rel=1e-9)
    alive = btyd.p_alive(other, X, RECENCY * unit, AGE * unit)
    assert alive == pytest.approx(btyd.p_alive(days, X, RECENCY, AGE), rel=1e-4)


@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
def test_probabilities_of_all_numbers_of_transactions_sum_up_to_1_and_their_mean_is_the_expectation(parameters):
    numbers = np.arange(3000)
    chances = btyd.pmf(parameters, numbers, 52.0)
    assert (chances >= 0).all() and chances.sum() == pytest.approx(1, abs=1e-9)
    mean = btyd.expected_transactions_new_customer(parameters, 52.0)
    assert (chances * numbers).sum() == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
def test_what_is_expected_of_all_known_customers_together_is_what_was_expected_of_new_ones(parameters):
    """Customers who bought once in a first year are drawn by their own model: later orders follow from the whole."""
    chance = np.random.default_rng(3)
    x, t_x, later = _simulated(parameters, 40_000, 52.0, 26.0, chance)
    expected = btyd.expected_transactions(parameters, x, t_x, np.full(x.size, 52.0), 26.0)
    both = btyd.expected_transactions_new_customer(parameters, [52.0, 78.0])
    assert expected.sum() == pytest.approx(later.sum(), rel=0.04)
    assert expected.mean() == pytest.approx(both[1] - both[0], rel=0.04)


def _simulated(parameters, size, known, ahead, chance):
    """Transactions of customers drawn from a model: how many in the time known, when the last, how many after."""
    pace = chance.gamma(parameters[0], 1 / parameters.alpha, size)
    if isinstance(parameters, btyd.ParetoNbd):
        gone = chance.exponential(1 / chance.gamma(parameters.s, 1 / parameters.beta, size))
        leave = np.zeros(size)
    elif isinstance(parameters, btyd.GompertzNbd):
        readiness = chance.gamma(parameters.s, 1 / parameters.beta, size)
        gone, leave = np.log1p(chance.exponential(1 / readiness)) / parameters.b, np.zeros(size)
    else:
        gone, leave = np.full(size, np.inf), chance.beta(parameters.a, parameters.b, size)
    here = np.arange(size)
    if isinstance(parameters, btyd.MbgNbd):
        here = here[chance.random(size) >= leave]
    x, t_x, later, clock = (np.zeros(size) for _ in range(4))
    while here.size:
        clock[here] += chance.exponential(1 / pace[here])
        here = here[clock[here] < np.minimum(gone[here], known + ahead)]
        early = here[clock[here] < known]
        x[early] += 1
        t_x[early] = clock[early]
        later[here] += clock[here] >= known
        here = here[chance.random(here.size) >= leave[here]]
    return x, t_x, later


def test_answers_have_the_shape_of_the_question():
    assert np.ndim(btyd.p_alive(KNOWN, 2, 30.43, 38.86)) == 0
    assert btyd.p_alive(KNOWN, np.ones((3, 2)), 5.0, 9.0).shape == (3, 2)
    assert btyd.expected_transactions(KNOWN, [2, 1], [30.0, 2.0], 38.0, 39.0).shape == (2,)
    assert btyd.expected_transactions(KNOWN, [2, 1], [30.0, 2.0], 38.0, [13, 26, 39]).shape == (2, 3)
    assert btyd.expected_transactions_new_customer(KNOWN, [1.0, 2.0]).shape == (2,)
    assert btyd.pmf(KNOWN, [[0, 1], [2, 3]], 5.0).shape == (2, 2)


def test_a_fit_may_be_asked_as_its_parameters_may():
    fit = btyd.fit_bg_nbd(X, RECENCY, AGE)
    assert btyd.p_alive(fit, 3, 40, 90) == btyd.p_alive(fit.parameters, 3, 40, 90)
    money = btyd.fit_gamma_gamma(X, SHOP.mean_values)
    assert btyd.expected_order_value(money, 3, 20.0) == btyd.expected_order_value(money.parameters, 3, 20.0)


@pytest.mark.parametrize("told", BAD_HISTORIES)
def test_histories_that_cannot_be_are_refused_with_the_place_and_the_value(told):
    for ask in (*FITS.values(), lambda *history: btyd.p_alive(KNOWN, *history)):
        with pytest.raises(InputError, match=told) as refused:
            ask(*BAD_HISTORIES[told])
        assert refused.value.hint and isinstance(refused.value, ValueError)


@pytest.mark.parametrize("counts", [[1], [1, -1], [0, 0], [1, np.nan]])
def test_counts_that_do_not_fit_are_refused(counts):
    with pytest.raises(InputError, match="counts"):
        btyd.fit_bg_nbd([1, 2], [3, 4], [5, 5], counts)


def test_without_anybody_who_came_back_there_is_nothing_to_fit():
    with pytest.raises(InputError, match="nobody bought again"):
        btyd.fit_pareto_nbd([0, 0], [0, 0], [5, 6])


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: btyd.p_alive((0.2, 4.4, 0.8, 2.4), 1, 2, 3), "no model of buying"),
        (lambda: btyd.p_alive(KNOWN._replace(alpha=0.0), 1, 2, 3), "`alpha` is 0"),
        (lambda: btyd.expected_transactions(KNOWN, 1, 2, 3, -4), "`t` is -4"),
        (lambda: btyd.pmf(KNOWN, 2, 0.0), "`t` is 0"),
        (lambda: btyd.pmf(KNOWN, 2.5, 4.0), "`x` is 2.5"),
        (lambda: btyd.fit_gamma_gamma([1, 2], [0.0, 9.0]), "`m` is 0 at position 0"),
        (lambda: btyd.fit_gamma_gamma([1, 2], [9.0, 9.0]), "no two different means"),
        (lambda: btyd.fit_gamma_gamma([0, 0], [1.0, 9.0]), "no two different means"),
        (lambda: btyd.fit_gamma_gamma([1, 2, 0], [9.0, 9.5]), "different shapes"),
    ],
)
def test_what_cannot_be_answered_is_refused(ask, told):
    with pytest.raises(InputError, match=told):
        ask()


def test_values_of_orders_without_an_order_are_everybody_s_whatever_was_given_for_them():
    given = btyd.GammaGamma(6.25, 3.74, 15.44)
    unknown, nothing, one = btyd.expected_order_value(given, [0, 0, 1], [np.nan, 99.0, 99.0])
    assert unknown == nothing == pytest.approx(6.25 * 15.44 / 2.74)
    assert unknown < one < 99


def test_times_that_differ_in_their_last_digits_are_the_same():
    assert np.isfinite(btyd.p_alive(PARAMETERS[2], 1, 0.1 + 0.2, 0.3))


def test_the_examples_of_the_module_are_true():
    assert doctest.testmod(btyd).failed == 0
