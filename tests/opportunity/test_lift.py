"""Tests of what an action brought, measured against those who went without it."""

import math

import numpy as np
import pytest
from scipy.stats import ttest_ind

from motherlode.opportunity.hold_out import draw, held_out
from motherlode.opportunity.lift import Arm, chance, effect, half_width, updated


def arm(y: np.ndarray, x: np.ndarray | None = None) -> Arm:
    x = np.zeros_like(y) if x is None else x
    return Arm(y.size, *(float(part.sum()) for part in (y, y * y, x, x * x, x * y)))


def test_without_a_year_before_it_is_the_test_of_welch() -> None:
    dice = np.random.default_rng(1)
    treated, control = dice.normal(11, 3, 200), dice.normal(10, 2, 60)
    found = effect(arm(treated), arm(control))
    peer = ttest_ind(treated, control, equal_var=False)
    assert found is not None
    assert found.difference == pytest.approx(treated.mean() - control.mean())
    assert chance(found) == pytest.approx(peer.pvalue, rel=1e-9)
    low, high = peer.confidence_interval()
    assert (found.difference - half_width(found), found.difference + half_width(found)) == pytest.approx((low, high))


def test_the_year_before_takes_the_noise_out() -> None:
    dice = np.random.default_rng(2)
    before = [dice.lognormal(5, 1, size) for size in (400, 100)]
    after = [x / 4 + dice.normal(0, 5, x.size) + gain for x, gain in zip(before, (6.0, 0.0), strict=True)]
    plain = effect(arm(after[0]), arm(after[1]))
    helped = effect(arm(after[0], before[0]), arm(after[1], before[1]))
    assert plain is not None and helped is not None
    assert helped.error < plain.error / 5
    assert abs(helped.difference - 6.0) < 3 * helped.error


@pytest.mark.parametrize("held", [12, 60, 400])
def test_nothing_is_found_one_time_in_twenty_where_there_is_nothing(held: int) -> None:
    dice = np.random.default_rng(held)
    found = [effect(arm(dice.normal(5, 2, 300)), arm(dice.normal(5, 2, held))) for _ in range(2000)]
    false = np.mean([chance(one) < 0.05 for one in found if one is not None])
    assert 0.03 < false < 0.07


def test_ten_on_either_side_are_the_least() -> None:
    many, few = arm(np.ones(50)), arm(np.ones(9))
    assert effect(many, few) is None and effect(few, many) is None


def test_a_few_who_all_bought_nothing_are_not_taken_for_certain() -> None:
    bought = np.zeros(300)
    bought[:6] = 100.0
    found = effect(arm(bought), arm(np.zeros(20)))
    assert found is not None
    assert chance(found) > 0.3


def test_a_belief_moves_by_the_precision_of_what_was_measured() -> None:
    assert updated(0.04, 0.02, 0.0, 0.02) == pytest.approx((0.02, 0.02 / math.sqrt(2)))
    assert updated(0.04, 0.0, 0.9, 0.01) == (0.04, 0.0)


def test_a_draw_is_the_same_for_ever_and_even() -> None:
    draws = [draw("spring", str(who)) for who in range(20_000)]
    assert draw("spring", "12346") == pytest.approx(0.348135, abs=1e-6)
    assert np.histogram(draws, 10, (0, 1))[0].min() > 1850


def test_the_universal_hold_out_is_the_same_for_every_list_of_a_year() -> None:
    people = [str(who) for who in range(2000)]
    drawn = {name: held_out(name, 2025, people, 0.2, 0.05) for name in ("a", "b")}
    universal = {name: [arm == "universal" for arm in arms] for name, arms in drawn.items()}
    assert universal["a"] == universal["b"] and 60 < sum(universal["a"]) < 140
    assert drawn["a"] != drawn["b"]
    assert 300 < drawn["a"].count("list") < 460
