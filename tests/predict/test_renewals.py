"""Contracts: how a cohort renews."""

import doctest

import numpy as np
import pytest

from motherlode.errors import InputError
from motherlode.predict import renewals
from motherlode.predict.shifted_beta_geometric import score

GIVEN = renewals.ShiftedBetaGeometric(0.7, 3.8)


@pytest.mark.parametrize("point", [(0.3, -0.2), (-1.0, 2.0)])
def test_the_slope_of_the_likelihood_is_that_of_its_differences(point):
    at, survivors = np.array(point), np.array([100.0, 80.0, 70.0, 66.0])
    numeric = [(score(at + step, survivors)[0] - score(at - step, survivors)[0]) / 2e-5 for step in 1e-5 * np.eye(2)]
    assert score(at, survivors)[1] == pytest.approx(numeric, rel=1e-6)


def test_a_known_truth_lies_in_the_intervals():
    chance = np.random.default_rng(5)
    left_at = chance.geometric(chance.beta(0.7, 3.8, 50_000))
    survivors = [(left_at > renewal).sum() for renewal in range(9)]
    fit = renewals.fit_shifted_beta_geometric(survivors)
    assert fit.converged and (np.array(fit.low) < GIVEN).all() and (np.array(GIVEN) < fit.high).all()


def test_fewer_customers_with_the_same_shares_give_the_same_parameters_less_surely():
    shares = np.array([1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517])
    fit, counted = (renewals.fit_shifted_beta_geometric(part * shares) for part in (20, 20_000))
    assert tuple(fit.parameters) == pytest.approx(counted.parameters, rel=1e-6)
    assert fit.standard_errors.beta == pytest.approx(counted.standard_errors.beta * 1000**0.5, rel=1e-3)


def test_survival_is_the_product_of_retention():
    rates = renewals.retention_rate(GIVEN, np.arange(1, 8))
    assert np.cumprod(rates) == pytest.approx(renewals.survivor_share(GIVEN, np.arange(1, 8)))
    assert renewals.survivor_share(GIVEN, 0) == 1.0


def test_lifetime_is_the_discounted_sum_of_what_survives():
    ahead = np.arange(3000)
    later = renewals.survivor_share(GIVEN, 4 + ahead) / renewals.survivor_share(GIVEN, 3)
    assert renewals.discounted_residual_lifetime(GIVEN, 3, 0.1) == pytest.approx((later * 1.1**-ahead).sum())


@pytest.mark.parametrize(
    ("survivors", "told"),
    [
        ([100, 90], "holds 2 numbers"),
        ([100, 100, 100], "from 100 to 100"),
        ([100, 90, 95], "`survivors` is 95 at position 2"),
        ([100, -1, -2], "`survivors` is -1"),
        ([], "no numbers"),
    ],
)
def test_cohorts_that_cannot_be_are_refused(survivors, told):
    with pytest.raises(InputError, match=told):
        renewals.fit_shifted_beta_geometric(survivors)


def test_questions_without_an_answer_are_refused():
    for ask in (
        lambda: renewals.retention_rate(GIVEN, 0),
        lambda: renewals.discounted_residual_lifetime(GIVEN, 3, 0.0),
        lambda: renewals.survivor_share(GIVEN, -1),
    ):
        with pytest.raises(InputError):
            ask()


def test_the_examples_of_the_module_are_true():
    assert doctest.testmod(renewals).failed == 0
