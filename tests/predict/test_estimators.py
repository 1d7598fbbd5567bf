"""Simple estimators: what they learn, and that reasons add up to the score."""

import numpy as np
import pytest

from motherlode.predict.boosting import Boosting
from motherlode.predict.estimators import AsItStands, Blend, ByGroup, Logistic, Rate, TwoPart

CHANCE = np.random.default_rng(9)
VALUES = np.column_stack([CHANCE.exponential(3.0, 4_000), CHANCE.normal(size=4_000), CHANCE.integers(0, 3, 4_000)])
VALUES[::11, 1] = np.nan
LOGIT = np.log1p(VALUES[:, 0]) - 1.5 + np.nan_to_num(VALUES[:, 1])
HAPPENED = (CHANCE.random(4_000) < 1 / (1 + np.exp(-LOGIT))).astype(float)
MONEY = HAPPENED * np.exp(CHANCE.normal(2 + 0.3 * LOGIT, 0.8))

CHANCES = {
    "rate": lambda: Rate((1, 3, 9)),
    "rate of two": lambda: Rate((1, 3, 9), (0,)),
    "as it stands": lambda: AsItStands(logits=True),
    "logistic": Logistic,
    "blend": lambda: Blend(Boosting(rounds=20), Logistic()),
    "by group": lambda: ByGroup((1, 2), Logistic, column=2),
}
AMOUNTS = {
    "two part": lambda: TwoPart(Logistic(), Boosting("regression", rounds=30)),
    "two part, median": lambda: TwoPart(Logistic(), Boosting("regression", rounds=30), mean=False),
    "tweedie": lambda: Boosting("tweedie", rounds=30),
    "as it stands": AsItStands,
}


@pytest.mark.parametrize("name", CHANCES)
def test_reasons_for_a_chance_add_up_to_its_logit(name):
    model = CHANCES[name]().fit(VALUES, HAPPENED)
    score = model.explain(VALUES).sum(axis=1)
    assert score == pytest.approx(model.score(VALUES), abs=1e-6)
    assert 1 / (1 + np.exp(-score)) == pytest.approx(model.predict(VALUES), abs=1e-4)


@pytest.mark.parametrize("name", AMOUNTS)
def test_reasons_for_an_amount_add_up_to_its_logarithm(name):
    model = AMOUNTS[name]().fit(VALUES, MONEY)
    assert np.exp(model.explain(VALUES).sum(axis=1)) == pytest.approx(np.maximum(model.predict(VALUES), 0.01), rel=1e-5)


def test_a_rate_is_what_happened_at_the_level():
    level = np.repeat([0.0, 1.0, 2.0], 1_000)[:, None]
    target = np.concatenate([np.zeros(1_000), np.tile([0.0, 1.0], 500), np.ones(1_000)])
    assert Rate((1, 2)).fit(level, target).predict(np.array([[0.0], [1], [5]])) == pytest.approx([0, 0.5, 1], abs=0.01)


def test_a_mean_forecast_of_money_adds_up_and_a_median_one_is_lower():
    mean, median = (TwoPart(Logistic(), Boosting("regression", rounds=30), mean=mean) for mean in (True, False))
    assert mean.fit(VALUES, MONEY).predict(VALUES).sum() == pytest.approx(MONEY.sum(), rel=0.05)
    assert median.fit(VALUES, MONEY).predict(VALUES).sum() < 0.9 * MONEY.sum()


def test_a_group_of_its_own_is_learnt_where_it_differs():
    values = np.column_stack([VALUES[:, 1], np.repeat([0.0, 1.0], 2_000)])
    target = (np.nan_to_num(values[:, 0]) * np.where(values[:, 1] > 0, 3, -3) > CHANCE.logistic(size=4_000)).astype(
        float
    )
    parted, together = (
        model.fit(values, target).predict(values) for model in (ByGroup((1,), Logistic, column=1), Logistic())
    )
    assert ((parted - target) ** 2).mean() < 0.8 * ((together - target) ** 2).mean()


def test_an_unknown_forecast_is_the_mean():
    model = AsItStands(logits=True).fit(np.zeros((4, 1)), np.array([0.0, 0, 0, 1]))
    assert model.predict(np.array([[np.nan], [0.0]])) == pytest.approx([0.25, 0.5])
