"""How long things last: curves, factors and distributions, where some have not ended."""

import numpy as np
import pytest

from motherlode.errors import InputError
from motherlode.predict.cox import concordance, fit_cox, ordered, score
from motherlode.predict.kaplan_meier import kaplan_meier
from motherlode.predict.weibull import fit_weibull

CHANCE = np.random.default_rng(11)
SIZE = 4000
VALUES = CHANCE.normal(size=(SIZE, 2)) * [1.0, 30.0]
TRUTH = np.array([0.7, -0.02])
LIVED = CHANCE.exponential(10 * np.exp(-VALUES @ TRUTH))
SEEN = CHANCE.uniform(2, 20, SIZE)
LASTED, ENDED = np.minimum(LIVED, SEEN), LIVED <= SEEN


def test_a_curve_steps_down_by_the_share_of_those_at_risk_that_end():
    curve = kaplan_meier([1, 2, 2, 3, 5], [1, 1, 0, 0, 1])
    assert curve.times.tolist() == [1, 2, 5] and curve.at_risk.tolist() == [5, 4, 1]
    assert curve.share == pytest.approx([0.8, 0.6, 0.0])
    assert curve.at([0.5, 1, 1.5, 4, 9]) == pytest.approx([1, 0.8, 0.8, 0.6, 0])


def test_counted_durations_weigh_as_much_as_repeated_ones():
    counted, repeated = (
        kaplan_meier([1, 2, 3], [1, 0, 1], [5, 2, 4]),
        kaplan_meier([1] * 5 + [2] * 2 + [3] * 4, [1] * 5 + [0] * 2 + [1] * 4),
    )
    assert counted.share == pytest.approx(repeated.share) and counted.low[:1] == pytest.approx(repeated.low[:1])


def test_the_interval_is_greenwood_s_around_the_log_of_the_log():
    curve = kaplan_meier([1, 2, 2, 3, 5], [1, 1, 0, 0, 1])
    # One of five ended, then one of four.
    spread = np.sqrt([1 / 20, 1 / 20 + 1 / 12]) / -np.log([0.8, 0.6])
    assert np.log(-np.log(curve.low[:2])) == pytest.approx(np.log(-np.log([0.8, 0.6])) + 1.959964 * spread)
    assert np.log(-np.log(curve.high[:2])) == pytest.approx(np.log(-np.log([0.8, 0.6])) - 1.959964 * spread)
    assert np.isnan([curve.low[2], curve.high[2]]).all()


def test_the_interval_holds_the_truth_nineteen_times_in_twenty():
    chance, held = np.random.default_rng(2), 0
    for _ in range(400):
        lived, seen = chance.exponential(1, 60), chance.uniform(0.5, 3, 60)
        curve = kaplan_meier(np.minimum(lived, seen), lived <= seen)
        place = np.searchsorted(curve.times, 0.7, side="right") - 1
        held += curve.low[place] < np.exp(-0.7) < curve.high[place]
    assert 0.92 < held / 400 < 0.98


def test_cox_finds_the_factors_that_made_the_data_within_their_errors():
    fit = fit_cox(LASTED, ENDED, VALUES)
    assert (np.abs(fit.coefficients - TRUTH) < 3 * fit.standard_errors).all()
    assert fit.standard_errors[0] == pytest.approx(0.02, abs=0.005)
    assert fit.concordance > 0.7


def test_cox_does_not_depend_on_units_or_on_the_order_of_rows():
    fit, other = fit_cox(LASTED, ENDED, VALUES), fit_cox(LASTED[::-1] * 7, ENDED[::-1], VALUES[::-1] * [1, 100] + 5)
    assert other.coefficients * [1, 100] == pytest.approx(fit.coefficients, rel=1e-6)
    assert other.log_likelihood == pytest.approx(fit.log_likelihood)


def test_ties_are_counted_as_by_hand():
    """Two ends at one time out of three: each sees half of the other gone (Efron)."""
    values, factor = np.array([[1.0], [0.0], [2.0], [1.0]]), 1.3
    durations, ended = np.array([1.0, 1.0, 2.0, 3.0]), np.array([1, 1, 0, 1])
    risk = np.exp(factor * values[:, 0])
    by_hand = np.log(risk[0] * risk[1] / (risk.sum() * (risk.sum() - (risk[0] + risk[1]) / 2)))
    assert score(np.array([factor]), ordered(durations, ended > 0, values))[0] == pytest.approx(by_hand)


def test_concordance_counts_pairs_of_which_it_is_known_who_ended_first():
    assert concordance(np.array([1.0, 2, 3]), np.array([1, 1, 1]), np.array([3.0, 2, 1])) == 1
    assert concordance(np.array([1.0, 2, 3]), np.array([1, 1, 1]), np.array([1.0, 1, 1])) == 0.5
    assert concordance(np.array([1.0, 1, 3]), np.array([1, 0, 0]), np.array([2.0, 1, 3])) == 0.5
    assert np.isnan(concordance(np.array([1.0, 2]), np.array([0, 0]), np.array([1.0, 2])))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.ones((SIZE, 1)), "the same for all"),
        (np.column_stack([VALUES, VALUES[:, 0] * 2]), "follow from others"),
        (VALUES[:10], "shape"),
        (VALUES * np.nan, "finite"),
    ],
)
def test_columns_that_decide_no_factor_are_refused(values, told):
    with pytest.raises(InputError) as refused:
        fit_cox(LASTED, ENDED, values)
    assert told in f"{refused.value} {refused.value.hint}"


def test_a_column_that_tells_all_ends_apart_has_no_likeliest_factor():
    with pytest.raises(InputError, match="no coefficients"):
        fit_cox([1, 2, 3, 9, 9, 9], [1, 1, 1, 0, 0, 0], [[1.0], [1], [1], [0], [0], [0]])


def test_a_weibull_truth_lies_in_the_intervals_in_any_unit():
    chance = np.random.default_rng(4)
    lived, seen = 30 * chance.weibull(1.7, 5000), chance.uniform(5, 60, 5000)
    for unit in (1.0, 1e6):
        fit = fit_weibull(np.minimum(lived, seen) * unit, lived <= seen)
        assert fit.low.scale < 30 * unit < fit.high.scale and fit.low.shape < 1.7 < fit.high.shape


@pytest.mark.parametrize("fit", [fit_weibull, lambda lasted, ended: fit_cox(lasted, ended, [[1.0], [2.0]])])
def test_where_nothing_ended_nothing_is_fitted(fit):
    with pytest.raises(InputError, match="nothing ended"):
        fit([1.0, 2.0], [0, 0])


def test_durations_of_nil_have_no_weibull():
    with pytest.raises(InputError, match="`durations` is 0"):
        fit_weibull([0, 1], [1, 1])
