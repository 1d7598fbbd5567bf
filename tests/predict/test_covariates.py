"""Covariates move the Pareto/NBD as the unit of time does, and are refused where they say nothing."""

from typing import Any

import numpy as np
import pytest

from histories_drawn import drawn
from motherlode.errors import InputError
from motherlode.predict import btyd
from motherlode.predict.covariates import fit_pareto_nbd_with

SHOP = drawn(400, r=0.8, alpha=6.0, a=0.8, b=2.4)
X, RECENCY, AGE = SHOP[0], SHOP[1] / 7, SHOP[2] / 7
PLAIN = btyd.fit_pareto_nbd(X, RECENCY, AGE)
BOTH = np.concatenate([np.zeros(X.size), np.ones(X.size)])
SLOW = np.concatenate([np.ones(X.size), np.full(X.size, 2.0)])


def slow(flag: Any, **more: Any) -> Any:
    """The shop, and once more with everything at half the pace."""
    twice = (np.tile(part, 2) * unit for part, unit in ((X, 1.0), (RECENCY, SLOW), (AGE, SLOW)))
    return fit_pareto_nbd_with(flag, *twice, **more)


def test_customers_at_half_the_pace_buy_and_leave_half_as_fast_and_nothing_else_changes():
    fit = slow(BOTH)
    assert fit.converged
    assert (fit.buying[0], fit.leaving[0]) == pytest.approx((-np.log(2), -np.log(2)), abs=1e-4)
    assert tuple(fit.parameters) == pytest.approx(tuple(PLAIN.parameters), rel=1e-4)
    assert fit.log_likelihood == pytest.approx(2 * PLAIN.log_likelihood - X.sum() * np.log(2), abs=1e-4)
    assert fit.of([1.0]).alpha == pytest.approx(2 * PLAIN.parameters.alpha, rel=1e-4)
    assert 0 < fit.buying_errors[0] < 0.3


def test_the_unit_and_the_zero_of_a_covariate_do_not_matter():
    one, other = slow(BOTH), slow(30.0 + 10.0 * BOTH)
    assert other.buying[0] == pytest.approx(one.buying[0] / 10, rel=1e-4)
    assert other.buying_errors[0] == pytest.approx(one.buying_errors[0] / 10, rel=1e-3)
    for z in (0.0, 1.0):
        assert tuple(other.of([30.0 + 10.0 * z])) == pytest.approx(tuple(one.of([z])), rel=1e-3)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-6)


def test_a_covariate_of_chance_moves_nothing_that_its_error_does_not_cover():
    fit = fit_pareto_nbd_with(np.random.default_rng(2).integers(0, 2, X.size), X, RECENCY, AGE)
    assert abs(fit.buying[0]) < 3 * fit.buying_errors[0]
    assert PLAIN.log_likelihood <= fit.log_likelihood < PLAIN.log_likelihood + 6


@pytest.mark.parametrize(
    ("covariates", "said"),
    [
        (np.ones(X.size), "same for everybody"),
        (np.column_stack([X, 2 * X]), "follows from the others"),
        (np.ones(3), "for 400 histories"),
        (np.where(X > 1, np.nan, 0.0), "is nan"),
        (["ann"] * X.size, "does not hold numbers"),
    ],
)
def test_covariates_that_cannot_be_are_refused(covariates, said):
    with pytest.raises(InputError, match=said):
        fit_pareto_nbd_with(covariates, X, RECENCY, AGE)


def test_too_many_different_rows_are_refused():
    many = np.random.default_rng(1).random(600)
    with pytest.raises(InputError, match="600 different rows"):
        fit_pareto_nbd_with(many, np.ones(600), np.ones(600), np.full(600, 2.0))
