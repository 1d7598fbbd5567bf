"""The calculators against published and hand-worked figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from motherlode.measure.calculators import (
    acquisition_cost,
    break_even_response,
    break_even_roas,
    break_even_volume,
    least_detectable,
    lifetime_value,
    lost_orders,
    margin_of_order,
    on_curve,
    orders_to_pay_back,
    payback_months,
    power_of,
    sample_size,
)

# Cost of reaching somebody and conversion of three channels; the cost of a customer and the orders of 500 at a margin
# of 30 % until it is back, worked by hand.
CHANNELS = [(85, 0.032, 2656, 17.7), (120, 0.057, 2105, 14.0), (150, 0.041, 3659, 24.4)]


@pytest.mark.parametrize(("cost", "conversion", "customer", "orders"), CHANNELS)
def test_what_a_customer_costs_and_how_many_orders_bring_it_back(cost, conversion, customer, orders):
    found = acquisition_cost(cost, conversion)
    assert found == pytest.approx(customer, abs=0.5)
    assert orders_to_pay_back(found, margin_of_order(500, 0.3)) == pytest.approx(orders, abs=0.05)


@pytest.mark.parametrize(("base", "other", "each"), [(0.032, 0.041, 6812), (0.041, 0.057, 2854), (0.032, 0.057, 1064)])
def test_people_that_it_takes_to_tell_two_conversions_apart(base, other, each):
    # The published figures are rounded to the nearest.
    assert sample_size(base, other) - each in (0, 1)
    assert power_of(base, other, each) == pytest.approx(0.8, abs=0.001)
    assert least_detectable(base, each) == pytest.approx(other - base, rel=1e-3)


def test_a_classic_sample_of_two_proportions():
    # Fleiss, Statistical Methods for Rates and Proportions, without the correction for continuity: 60 % against 70 %.
    z = norm.ppf(0.975) + norm.ppf(0.8)
    assert sample_size(0.6, 0.7) == -(-(z**2 * (0.6 * 0.4 + 0.7 * 0.3) / 0.01) // 1) == 354


@pytest.mark.parametrize(("retention", "discount", "multiple"), [(0.9, 0.1, 4.5), (0.6, 0.1, 1.2), (0.8, 0.12, 2.5)])
def test_the_margin_multiples_of_gupta_and_lehmann(retention, discount, multiple):
    # Their table counts from the second year on: retention / (1 + discount - retention).
    whole = lifetime_value(100, retention, discount)
    assert whole == pytest.approx(100 + 100 * multiple)


def test_some_years_of_a_life_are_summed_by_hand():
    assert lifetime_value(100, 0.8, 0.25, 3) == pytest.approx(100 + 64 + 40.96)
    assert lifetime_value(100, 1.0, 0.0, 4) == 400 and lifetime_value(100, 1.0, 0.0) is None


def test_payback_without_loss_is_the_cost_over_the_monthly_margin():
    assert payback_months(300, 1200, 1.0) == pytest.approx(3.0)
    assert payback_months(0, 1200, 0.5) == 0 and payback_months(100, 0, 0.5) is None


@given(st.floats(1, 900), st.floats(0.2, 0.99))
def test_at_payback_the_margin_so_far_is_the_cost(cost, retention):
    months, stay = payback_months(cost, 1200, retention), retention ** (1 / 12)
    if months is None:
        assert 100 / (1 - stay) <= cost
    else:
        assert 100 * (1 - stay**months) / (1 - stay) == pytest.approx(cost)


def test_break_even():
    assert break_even_roas(0.3) == pytest.approx(3.33, abs=0.01) and break_even_roas(0) is None
    assert break_even_response(1.5, 150, 30) == pytest.approx(0.0125) and break_even_response(1, 20, 30) is None
    # A tenth off at a margin of 30 % needs half as much again.
    assert break_even_volume(0.1, 0.3) == pytest.approx(0.5) and break_even_volume(0.3, 0.3) is None


def test_a_fall_of_two_points_is_not_a_fall_by_two_per_cent():
    points = lost_orders(1_000_000, 85, 0.057, 0.02, relative=False)
    assert points == pytest.approx(235, abs=0.5) and points * 500 == pytest.approx(117_647, abs=1)
    assert points * margin_of_order(500, 0.3) == pytest.approx(35_294, abs=1)
    relative = lost_orders(1_000_000, 85, 0.057, 0.02, relative=True)
    assert relative * 500 == pytest.approx(6_706, abs=1)


def test_a_curve_is_read_between_its_points_and_ends_with_its_last():
    points = [(10.0, 30.0), (20.0, 40.0)]
    assert on_curve(points, 5) == (5, 15) and on_curve(points, 15) == (15, 35) and on_curve(points, 99) == (20, 40)
    assert on_curve([], 5) is None
