"""Concentration against closed forms and a published figure."""

from datetime import date, timedelta

import numpy as np
import pytest

from motherlode.profile import concentration as c

AS_OF = date(2024, 6, 30)


def pareto(alpha, n):
    """Quantiles of a Pareto distribution: values without chance."""
    return (1 - (np.arange(n) + 0.5) / n) ** (-1 / alpha)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 1.0])
@pytest.mark.parametrize("n", [1, 7, 1000])
def test_equal_customers_bring_their_own_share(share, n):
    assert c.top_share(np.full(n, 3.0), share) == pytest.approx(share)


@pytest.mark.parametrize("alpha", [1.5, 2.0, 3.0])
def test_a_pareto_base_has_the_share_and_gini_of_its_exponent(alpha):
    values = pareto(alpha, 1_000_000)
    assert c.top_share(values, 0.2) == pytest.approx(0.2 ** (1 - 1 / alpha), abs=0.01)
    assert c.gini(values) == pytest.approx(1 / (2 * alpha - 1), abs=0.01)


def test_gini_of_one_who_has_everything_is_one():
    assert c.gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(1.0)


def test_gini_of_two_values_by_hand():
    assert c.gini(np.array([1.0, 3.0])) == pytest.approx(0.5)


def test_the_customer_on_the_border_counts_in_part():
    assert c.top_share(np.array([5.0, 3.0, 2.0]), 0.5) == pytest.approx((5 + 1.5) / 10)


def test_customers_for_a_part_is_the_smallest_number_that_reaches_it():
    assert c.customers_for(np.array([40.0, 40.0, 10.0, 10.0]), 0.8) == 0.5


def test_both_intervals_agree_on_a_base_of_ordinary_size():
    values = np.random.default_rng(3).lognormal(sigma=1.0, size=4000)
    drawn, influence = c.drawn_interval(values, 0.2, 1000, 20), c.influence_interval(values, 0.2)
    for one, other in zip(drawn, influence, strict=True):
        assert one.top_share == pytest.approx(other.top_share, abs=0.003)
        assert one.gini == pytest.approx(other.gini, abs=0.003)


def test_influence_interval_covers_the_truth_as_often_as_it_says():
    draw = np.random.default_rng(5)
    truth = c.top_share(np.exp(draw.standard_normal(2_000_000)), 0.2)
    held = 0
    for _ in range(300):
        low, high = c.influence_interval(np.exp(draw.standard_normal(2000)), 0.2)
        held += low.top_share <= truth <= high.top_share
    assert 0.90 <= held / 300 <= 0.99


def test_lasting_says_what_the_best_bring_next_and_how_many_stay():
    earlier, later = np.array([9.0, 8.0, 1.0, 1.0, 1.0]), np.array([6.0, 1.0, 1.0, 1.0, 1.0])
    assert c.lasting(earlier, later, 0.4) == (0.7, 1.0)
    assert c.lasting(earlier, later[::-1].copy(), 0.2) == (0.1, 0.0)


def test_everybody_is_more_concentrated_than_payers(shop):
    orders = [
        {"customer_id": f"c{n}", "ordered_on": AS_OF - timedelta(days=d), "amount": 10 + n}
        for n in range(20)
        for d in (5, 300)
    ]
    made = shop(AS_OF, orders=orders, customers=[{"customer_id": f"z{n}"} for n in range(20)])
    rows = made.of("concentration")
    assert (rows["payers"]["customers"], rows["everybody"]["customers"]) == (20, 40)
    assert rows["everybody"]["top_share"] > rows["payers"]["top_share"] > 0.2
    assert rows["payers"]["stay_share"] == 1.0
    assert rows["payers"]["top_share_low"] < rows["payers"]["top_share"] < rows["payers"]["top_share_high"]


def test_the_pareto_curve_runs_from_nothing_to_everything_without_falling(shop):
    orders = [{"customer_id": f"c{n}", "ordered_on": AS_OF, "amount": 1 + n * n} for n in range(9)]
    curve = [row["share"] for row in shop(AS_OF, orders=orders).make("pareto") if row["population"] == "payers"]
    assert (len(curve), curve[0], curve[-1]) == (101, 0.0, 1.0)
    assert curve == sorted(curve)


def test_no_customers_have_no_concentration(shop):
    made = shop(AS_OF)
    assert (made.make("concentration"), made.make("pareto")) == ([], [])


def test_a_large_base_that_brought_nothing_has_an_interval_of_nothing():
    low, high = c.influence_interval(np.zeros(1_000), 0.2)
    assert (low, high) == (c.measure(np.zeros(1_000), 0.2),) * 2
