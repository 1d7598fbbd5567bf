"""Measures of predictions, against an independent library and by what they mean."""

import numpy as np
import pytest
from sklearn import metrics

from motherlode.predict.measures import (
    amount_measures,
    chance_measures,
    interval,
    resamples,
)

CHANCE = np.random.default_rng(3)


def drawn(cases: int = 2_000, ties: bool = True) -> tuple[np.ndarray, np.ndarray]:
    chance = CHANCE.beta(1.0, 4.0, cases)
    chance = chance.round(2) if ties else chance
    return (CHANCE.random(cases) < chance).astype(float), chance


@pytest.mark.parametrize("ties", [True, False])
def test_measures_of_chances_are_those_of_scikit_learn(ties):
    happened, chance = drawn(ties=ties)
    made = {name: values[0] for name, values in chance_measures(happened, chance, resamples(chance.size)).items()}
    inner = np.clip(chance, 1e-6, 1 - 1e-6)
    assert made["auc"] == pytest.approx(metrics.roc_auc_score(happened, chance))
    assert made["pr_auc"] == pytest.approx(metrics.average_precision_score(happened, chance))
    assert made["log_loss"] == pytest.approx(metrics.log_loss(happened, inner), rel=1e-5)
    assert made["brier"] == pytest.approx(metrics.brier_score_loss(happened, inner), rel=1e-5)


def test_a_forecast_that_says_the_truth_is_calibrated_and_one_that_doubles_it_is_not():
    happened, chance = drawn(50_000)
    counts = resamples(chance.size)
    honest, doubled = (chance_measures(happened, told, counts) for told in (chance, np.minimum(2 * chance, 1)))
    assert honest["calibration_error"][0] < 0.01 < 0.1 < doubled["calibration_error"][0]
    assert honest["total_ratio"][0] == pytest.approx(1.0, abs=0.03)
    assert honest["auc"][0] == pytest.approx(doubled["auc"][0], abs=0.01)


def test_the_lift_of_equal_forecasts_is_one_whatever_the_order_of_the_rows():
    happened = np.array([1.0, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    for rows in (happened, happened[::-1]):
        made = chance_measures(rows, np.full(10, 0.3), resamples(10))
        assert (made["lift_10"][0], made["lift_20"][0], made["auc"][0]) == pytest.approx((1.0, 1.0, 0.5))


def test_intervals_of_the_auc_hold_the_truth_as_often_as_they_say():
    truth = 0.76025  # P(N(1, 1) > N(0, 1))
    held = 0
    for _ in range(200):
        happened = (CHANCE.random(400) < 0.3).astype(float)
        score = CHANCE.normal(happened, 1.0)
        made = chance_measures(happened, 1 / (1 + np.exp(-score)), resamples(400))
        _, low, high = interval(made["auc"])
        held += low <= truth <= high
    assert 178 <= held <= 199


def test_measures_of_amounts_mean_what_they_say():
    came = np.array([0.0, 0, 0, 0, 0, 0, 0, 10, 30, 60])
    perfect = amount_measures(came, came, resamples(10))
    assert perfect["mean_error"][0] == 0
    assert perfect["gini"][0] == pytest.approx(1.0)
    assert perfect["captured_10"][0] == pytest.approx(0.6)
    assert perfect["rank_correlation"][0] == pytest.approx(1.0)
    flat = amount_measures(came, np.full(10, 10.0), resamples(10))
    assert flat["gini"][0] == pytest.approx(0.0, abs=1e-9)
    assert flat["captured_10"][0] == pytest.approx(0.1)
    assert flat["total_ratio"][0] == pytest.approx(1.0)


def test_a_measure_that_is_not_defined_is_not_a_number():
    made = chance_measures(np.zeros(50), np.linspace(0, 1, 50), resamples(50))
    assert np.isnan(interval(made["auc"])[0])


def test_the_curve_of_calibration_runs_from_the_likeliest_tenth_down_and_holds_all_that_came():
    happened, chance = drawn(1_000)
    made = {name: values[0] for name, values in chance_measures(happened, chance, resamples(1_000)).items()}
    forecast = [made[f"forecast_decile_{number}"] for number in range(1, 11)]
    assert forecast == sorted(forecast, reverse=True)
    assert np.mean([made[f"came_decile_{number}"] for number in range(1, 11)]) == pytest.approx(happened.mean())
    assert made["gain_20"] == pytest.approx(made["lift_20"] * 0.2)
