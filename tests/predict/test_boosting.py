"""Boosted trees learn, say the same twice, and explain each score exactly."""

import numpy as np
import pytest

from motherlode.predict.boosting import Boosting

CHANCE = np.random.default_rng(5)
VALUES = np.column_stack([CHANCE.normal(size=3_000), CHANCE.integers(0, 4, 3_000), CHANCE.normal(size=3_000)])
VALUES[::7, 0] = np.nan
LOGIT = np.nan_to_num(VALUES[:, 0]) * 1.5 + np.array([-1.0, 0.0, 1.0, 0.5])[VALUES[:, 1].astype(int)]
HAPPENED = (CHANCE.random(3_000) < 1 / (1 + np.exp(-LOGIT))).astype(float)


@pytest.mark.parametrize("rounds", [60, None])
def test_what_was_learnt_ranks_new_cases(rounds):
    model = Boosting(rounds=rounds, categorical=(1,)).fit(VALUES[:2_000], HAPPENED[:2_000])
    assert np.corrcoef(model.score(VALUES[2_000:]), LOGIT[2_000:])[0, 1] > 0.8


def test_two_fits_on_the_same_rows_say_the_same():
    one, other = (Boosting(seeds=2).fit(VALUES, HAPPENED).predict(VALUES) for _ in range(2))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("offset", [-1, 2])
def test_contributions_add_up_to_the_score(offset):
    model = Boosting(seeds=2, offset=offset).fit(VALUES, HAPPENED)
    assert model.explain(VALUES).sum(axis=1) == pytest.approx(model.score(VALUES), abs=1e-6)


def test_an_offset_that_says_it_all_leaves_nothing_to_learn():
    told = np.column_stack([CHANCE.normal(size=3_000), LOGIT])
    model = Boosting(offset=1, rounds=30).fit(told, HAPPENED)
    assert np.corrcoef(model.score(told), LOGIT)[0, 1] > 0.97


def test_expected_money_adds_up_to_what_came():
    money = np.where(HAPPENED > 0, np.exp(1 + 0.5 * LOGIT), 0.0)
    model = Boosting("tweedie", rounds=150, categorical=(1,)).fit(VALUES, money)
    assert model.predict(VALUES).sum() == pytest.approx(money.sum(), rel=0.05)
