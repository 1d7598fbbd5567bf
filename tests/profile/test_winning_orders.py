"""In which order winners did what others who began alike did otherwise, and how customers grow beside their peers."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from motherlode.profile.winning_orders import winning_orders

AS_OF = date(2024, 6, 30)
START = 500


def lines(customer_id, ages, amounts):
    """Orders on days of a customer's own life."""
    return [
        {
            "customer_id": customer_id,
            "ordered_on": AS_OF - timedelta(days=START - age),
            "amount": amount,
            "country": "CN",
        }
        for age, amount in zip(ages, amounts, strict=True)
    ]


def base(size=80):
    """All began alike; every fourth comes back small and then orders big, the others big at once and then seldom."""
    orders = []
    for n in range(size):
        if n % 4 == 0:
            ages, amounts = [0, 20, 70, *range(120, 480, 30)], [100 + n, 50, 400, *[200] * 12]
        else:
            ages, amounts = [0, 160, 300, 480], [100 + n, 400, 30, 30]
        orders += lines(f"c{n:02}", ages, amounts)
    return orders


def test_days_are_counted_in_the_customer_s_own_life(shop):
    row = shop(AS_OF, orders=base()).of("milestones")["c00"]
    assert (row["came_back_after"], row["bigger_order_after"], row["in_rhythm_after"]) == (20, 70, 70)
    assert row["coupon_after"] is None and row["second_category_after"] is None


def test_a_second_category_a_wider_order_a_visit_and_feedback_are_moves(shop):
    orders = lines("ann", [0, 40], [100, 90])
    sold = [
        {
            "customer_id": "ann",
            "ordered_on": AS_OF - timedelta(days=START - age),
            "category": category,
            "product_id": name,
        }
        for age, category, name in ((0, "tea", "t1"), (40, "tea", "t2"), (40, "cups", "c1"))
    ]
    seen = [{"customer_id": "ann", "occurred_on": AS_OF - timedelta(days=START - age)} for age in (-5, 0, 12)]
    said = [{"customer_id": "ann", "given_on": AS_OF - timedelta(days=START - 9), "rating": 5.0}]
    row = shop(AS_OF, orders=orders, order_lines=sold, events=seen, feedback=said).of("milestones")["ann"]
    told = ("second_category_after", "wider_order_after", "visit_after", "feedback_after")
    assert [row[name] for name in told] == [40, 40, 12, 9]


def test_the_order_in_which_winners_did_it_is_told_against_those_who_began_alike(shop):
    made = shop(AS_OF, orders=base()).make("winning_orders")
    rows = {(row["first_move"], row["then_move"]): row for row in made}
    order = rows["came_back", "placed_bigger_order"]
    assert (order["winners"], order["winners_share"], order["losers_share"], order["told"]) == (20, 1.0, 0.0, True)
    assert (order["first_days"], order["then_days"]) == (20, 70)
    assert not rows["placed_bigger_order", "came_back"]["told"]
    soon = rows["came_back", ""]
    assert (soon["winners_share"], soon["losers_share"], soon["first_days"], soon["losers_days"]) == (1, 0, 20, 160)


def test_what_winners_did_with_their_first_order_already_is_nobody_s_advice(shop):
    sold = [
        {"customer_id": f"c{n:02}", "ordered_on": AS_OF - timedelta(days=START - age), "category": category}
        for n in range(80)
        for category, age in (("tea", 0), ("cups", 0 if n % 4 == 0 else 160))
    ]
    made = shop(AS_OF, orders=base(), order_lines=sold)
    soon = {row["first_move"]: row for row in made.make("winning_orders") if not row["then_move"]}
    assert (soon["tried_second_category"]["first_days"], soon["tried_second_category"]["told"]) == (0, True)
    told = made.of("benchmarks", least_peers=80).values()
    assert {row["first_move"] for row in told} & {"tried_second_category"} == set()


def test_who_did_otherwise_is_told_the_order_with_days_and_who_did_so_is_not(shop):
    rows = shop(AS_OF, orders=base()).of("benchmarks", least_peers=80)
    told = rows["c05"]
    assert (told["first_move"], told["first_days"]) == ("came_back", 20)
    assert (told["then_move"], told["then_days"]) == ("placed_bigger_order", 70)
    assert (told["own_first_days"], told["own_then_days"], told["order_losers_share"]) == (160, 160, 0)
    assert (rows["c08"]["first_move"], rows["c08"]["then_move"]) != ("came_back", "placed_bigger_order")


def test_orders_that_chance_explains_are_not_named():
    dice = np.random.default_rng(11)
    count = 400
    cells = {"peer_group": [f"g{n}" for n in range(count)], "first_move": ["came_back"] * count}
    cells |= {"then_move": ["placed_bigger_order"] * count, "winners": [15] * count, "losers": [30] * count}
    cells |= {name: [1.0] * count for name in ("first_days", "then_days", "losers_days")}
    same = {"winners_did": dice.binomial(15, 0.5, count), "losers_did": dice.binomial(30, 0.5, count)}
    assert sum(winning_orders(pa.table({**cells, **same}))["told"].to_pylist()) == 0
    real = np.arange(count) < 60
    apart = {
        "winners_did": np.where(real, 15, same["winners_did"]),
        "losers_did": np.where(real, 6, same["losers_did"]),
    }
    named = np.array(winning_orders(pa.table({**cells, **apart}))["told"].to_pylist())
    assert named[:60].all() and named[60:].sum() <= 6


def test_growth_is_held_against_others_of_the_group_in_the_same_half_years(shop):
    """Everybody doubles; ann, who does too, has not grown beyond her peers, and bob, who stood still, fell behind."""
    orders = []
    for who, later in (("ann", 200), ("bob", 100), *((f"p{n}", 200) for n in range(6))):
        orders += lines(who, [0, 200, 450], [100, 100, later])
    rows = shop(AS_OF, orders=orders).of("growth")
    assert rows["ann"]["growth"] == pytest.approx(2.0)
    assert rows["ann"]["peer_index"] == pytest.approx((6 * 200 + 100) / 700)
    assert rows["bob"]["over_peers"] == pytest.approx(0.5)


def test_growth_of_the_customer_and_of_the_peer_stand_beside_each_other(shop):
    row = shop(AS_OF, orders=base()).of("benchmarks", least_peers=80)["c05"]
    grown = shop(AS_OF, orders=base()).of("growth")
    assert row["own_over_peers"] == grown["c05"]["over_peers"]
    assert row["peer_over_peers"] == grown[row["peer_id"]]["over_peers"]


def test_who_was_not_there_for_both_halves_has_no_growth(shop):
    orders = [{"customer_id": "new", "ordered_on": AS_OF - timedelta(days=100), "amount": 9, "country": "CN"}]
    assert "new" not in shop(AS_OF, orders=[*base(), *orders]).of("growth")
