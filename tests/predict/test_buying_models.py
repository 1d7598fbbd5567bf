"""Models of repeat buying recover a known truth, and their maths holds wherever it is asked."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histories_drawn import drawn
from motherlode.predict import gamma_gamma, nbd
from motherlode.predict.beta_geometric import bg_alive, bg_orders_if_alive
from motherlode.predict.buying_models import (
    BUYING_MODELS,
    WORTH_LEAVING,
    fit_buying,
    fit_spending,
    log_likelihood_without_leaving,
)
from motherlode.predict.gamma_gamma import spending, value_of_an_order
from motherlode.predict.histories import distinct_histories
from motherlode.predict.special_functions import beta_nodes, digamma

SHOP = drawn(400, r=0.8, alpha=6.0, a=0.8, b=2.4)
PARAMETER = st.floats(-1.5, 1.5)
POINT = st.tuples(PARAMETER, PARAMETER, PARAMETER, PARAMETER).map(np.array)
MODEL = st.sampled_from(sorted(BUYING_MODELS))


def numeric_slope(score, point, step=1e-5):
    return np.array(
        [(score(point + step * a)[0] - score(point - step * a)[0]) / (2 * step) for a in np.eye(point.size)]
    )


@settings(max_examples=30, deadline=None)
@given(name=MODEL, point=POINT)
def test_the_slope_of_the_likelihood_is_that_of_its_differences(name, point):
    def score(at):
        return BUYING_MODELS[name].score(at, SHOP.histories)

    assert score(point)[1] == pytest.approx(numeric_slope(score, point), rel=1e-5, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(point=POINT)
def test_so_are_the_slopes_of_spending_and_of_buying_without_leaving(point):
    paid = spending(SHOP.repeat_orders, SHOP.mean_values)
    for score, at in (
        (lambda at: gamma_gamma.score(at, paid), point[:3]),
        (lambda at: nbd.score(at, SHOP.histories), point[:2]),
    ):
        assert score(at)[1] == pytest.approx(numeric_slope(score, at), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", BUYING_MODELS)
def test_counted_histories_weigh_as_much_as_repeated_ones(name):
    score, point = BUYING_MODELS[name].score, np.array([0.1, 1.0, -0.3, 0.6])
    twice = [np.tile(part, 2) for part in SHOP[:3]]
    counted = distinct_histories(*SHOP[:3], np.full(SHOP.repeat_orders.size, 2.0))
    assert distinct_histories(*twice).total == counted.total == 2 * SHOP.histories.total
    for given_twice, given_counted in zip(score(point, distinct_histories(*twice)), score(point, counted), strict=True):
        assert given_twice == pytest.approx(given_counted, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    name=MODEL,
    point=POINT,
    orders=st.integers(0, 300),
    age=st.floats(0.0, 500.0),
    shares=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)).map(sorted),
)
def test_who_ordered_more_lately_is_more_probably_a_customer(name, point, orders, age, shares):
    recency = age * np.array(shares) * (orders > 0)
    alive = BUYING_MODELS[name].alive(np.exp(point), np.full(2, float(orders)), recency, np.full(2, age))
    assert (alive >= 0).all() and (alive <= 1).all()
    assert alive[1] >= alive[0] - 1e-7


@settings(max_examples=40, deadline=None)
@given(name=MODEL, point=POINT, orders=st.integers(0, 100), age=st.floats(0.0, 200.0))
def test_expected_orders_grow_with_the_horizon_and_never_beyond_the_pace_without_leaving(name, point, orders, age):
    weeks = np.array([0.0, 1.0, 13.0, 52.0, 260.0])
    x = np.array([float(orders)])
    expected = BUYING_MODELS[name].orders_if_alive(np.exp(point), x, np.array([age]), weeks)[0]
    pace = (math.exp(point[0]) + orders) / (math.exp(point[1]) + age)
    assert expected[0] == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(expected) >= -1e-9).all() and (expected <= pace * weeks * (1 + 1e-9)).all()


def test_expected_orders_of_the_bg_nbd_are_the_sum_over_many_chances_to_leave():
    r, alpha, a, b = parameters = np.array([0.6, 5.0, 1.3, 2.9])
    x, age, weeks = 3.0, 20.0, 52.0
    chance = (np.arange(200_000) + 0.5) / 200_000
    density = chance ** (a - 1) * (1 - chance) ** (b + x - 1)
    orders = (1 - (1 + chance * weeks / (alpha + age)) ** -(r + x)) / chance
    by_sum = (density * orders).sum() / density.sum()
    by_nodes = bg_orders_if_alive(parameters, np.array([x]), np.array([age]), np.array([weeks]))
    assert by_nodes[0, 0] == pytest.approx(by_sum, rel=1e-6)


def test_averages_over_a_beta_distribution_are_exact_for_its_moments():
    points, weights = beta_nodes(np.array([0.8, 1e-4]), np.array([2.4, 2e4]), 24)
    assert weights.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert (points * weights).sum(axis=1) == pytest.approx([0.8 / 3.2, 1e-4 / (2e4 + 1e-4)], rel=1e-9)


def test_digamma_is_the_slope_of_the_log_gamma_function():
    at = np.array([0.01, 0.5, 1.0, 3.3, 120.0])
    slope = [(math.lgamma(v * (1 + 1e-6)) - math.lgamma(v * (1 - 1e-6))) / (2e-6 * v) for v in at.tolist()]
    assert digamma(at) == pytest.approx(slope, rel=1e-6)
    assert digamma(np.ones(1))[0] == pytest.approx(-0.5772156649015329, abs=1e-13)


def test_a_known_truth_lies_in_the_intervals():
    truth = (0.8, 6.0, 0.8, 2.4)
    fit = fit_buying(BUYING_MODELS["bg_nbd"], drawn(20_000, r=0.8, alpha=6.0, a=0.8, b=2.4).histories)
    assert fit.converged and fit.parameters == pytest.approx(truth, rel=0.15)
    # Orders of the drawn world fall on whole days, which costs a little: four standard errors instead of two.
    reach = np.log(fit.high / fit.parameters) * 2
    assert (np.abs(np.log(fit.parameters / truth)) < reach).all()


def test_without_anybody_leaving_the_fit_ends_and_says_that_leaving_is_not_seen():
    loyal = drawn(1500, r=1.5, alpha=6.0, a=0.0, b=1.0)
    floor = log_likelihood_without_leaving(loyal.histories)
    for model in BUYING_MODELS.values():
        fit = fit_buying(model, loyal.histories)
        assert np.isfinite(fit.parameters).all()
        assert fit.log_likelihood < floor + WORTH_LEAVING
    bg = fit_buying(BUYING_MODELS["bg_nbd"], loyal.histories)
    alive = bg_alive(bg.parameters, loyal.repeat_orders, loyal.recency_days / 7, loyal.age_days / 7)
    assert np.median(alive) > 0.97


def test_the_climb_begins_on_coarse_times_and_ends_on_the_exact_ones(monkeypatch):
    histories = drawn(6000, r=0.8, alpha=6.0, a=0.8, b=2.4).histories
    exact = fit_buying(BUYING_MODELS["mbg_nbd"], histories)
    monkeypatch.setattr("motherlode.predict.buying_models.FEW_ROWS", 100)
    by_way = fit_buying(BUYING_MODELS["mbg_nbd"], histories)
    assert by_way.parameters == pytest.approx(exact.parameters, rel=1e-5)
    assert by_way.high == pytest.approx(exact.high, rel=1e-3)


def test_spending_in_cents_is_a_hundred_times_that_in_euros():
    euros = fit_spending(spending(SHOP.repeat_orders, SHOP.mean_values))
    cents = fit_spending(spending(SHOP.repeat_orders, SHOP.mean_values * 100))
    assert cents.parameters == pytest.approx(euros.parameters * [1, 1, 100], rel=1e-5)


def test_the_value_of_an_order_lies_between_the_own_mean_and_everybody_s():
    parameters, nobody = np.array([6.0, 4.0, 15.0]), np.zeros(1)
    everybody = value_of_an_order(parameters, nobody, nobody)[0]
    few, many = value_of_an_order(parameters, np.array([1.0, 50.0]), np.array([90.0, 90.0]))
    assert everybody == pytest.approx(30.0)
    assert everybody < few < many < 90


def test_without_an_end_to_the_mean_a_first_buyer_s_value_is_unknown():
    heavy = np.array([2.0, 0.9, 15.0])
    first, later = value_of_an_order(heavy, np.array([0.0, 3.0]), np.array([0.0, 20.0]))
    assert np.isnan(first) and later > 0
