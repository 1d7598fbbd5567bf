"""The winner who once looked like the customer."""

import math
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import fisher_exact

from motherlode.profile.winning_moves import winning_moves

AS_OF = date(2024, 6, 30)
START = 500


def base(size=40, start=100.0):
    """Customers who began within a few yuan of each other 500 days ago; every fourth ordered often since."""
    orders = []
    for n in range(size):
        later = range(5, 305, 30) if n % 4 == 0 else [200]
        days = [START, *later]
        orders += [
            {
                "customer_id": f"c{n:02}",
                "ordered_on": AS_OF - timedelta(days=d),
                "amount": start + n if d == START else 20,
                "country": "CN",
            }
            for d in days
        ] + [{"customer_id": f"c{n:02}", "ordered_on": AS_OF, "amount": 1, "country": "CN"}]
    return orders


def test_the_peer_is_the_winner_who_began_most_alike(shop):
    rows = shop(AS_OF, orders=base()).of("benchmarks", least_peers=40)
    assert (rows["c05"]["peer_id"], rows["c07"]["peer_id"]) == ("c04", "c08")
    assert rows["c07"]["peer_start"] == 108.0


def test_nobody_is_the_own_peer(shop):
    rows = shop(AS_OF, orders=base()).make("benchmarks", least_peers=40)
    assert all(row["peer_id"] and row["peer_id"] != row["customer_id"] for row in rows)


def test_what_winners_do_is_named_with_the_two_numbers(shop):
    row = shop(AS_OF, orders=base()).of("benchmarks", least_peers=40)["c07"]
    assert (row["did_differently"], row["actual"], row["benchmark"]) == ("orders_more_often", 2.0, 11.0)


def test_a_customer_who_does_it_already_is_told_nothing(shop):
    row = shop(AS_OF, orders=base()).of("benchmarks", least_peers=40)["c08"]
    assert (row["did_differently"], row["actual"]) == ("", None)


def test_a_small_group_is_widened_and_says_so(shop):
    orders = base()
    for row in orders[:40]:
        row["country"] = "FR"
    rows = shop(AS_OF, orders=orders).make("benchmarks")
    assert {row["peer_group"] for row in rows} == {"everybody/first_90d"}
    assert {row["peers"] for row in rows} == {40}


def test_a_large_group_is_kept_apart_by_trade_age_and_start(shop):
    rows = shop(AS_OF, orders=base(160)).of("benchmarks")
    assert rows["c00"]["peer_group"] == "person/CN/under 730d/1"
    assert rows["c00"]["peers"] == 40


def test_a_young_customer_is_compared_by_the_first_day_with_others_as_young(shop):
    young = [
        {"customer_id": f"y{n:02}", "ordered_on": AS_OF - timedelta(days=d), "amount": 30 + n, "country": "CN"}
        for n in range(40)
        for d in ([60, 10] if n % 4 == 0 else [60])
    ]
    row = shop(AS_OF, orders=[*base(), *young]).of("benchmarks")["y05"]
    assert row["peer_id"].startswith("y")
    assert (row["own_start"], row["peer_start"]) == (35.0, 34.0)


def test_a_lost_customer_is_no_example(shop):
    gone = [
        {"customer_id": f"g{n}", "ordered_on": AS_OF - timedelta(days=START - 2 * d), "amount": 400, "country": "CN"}
        for n in range(5)
        for d in range(0, 90, 3)
    ]
    rows = shop(AS_OF, orders=[*base(), *gone]).make("benchmarks", least_peers=40)
    assert not any(row["peer_id"].startswith("g") for row in rows)


def test_one_customer_alone_has_no_peer(shop):
    row = shop(AS_OF, orders=base(1)).of("benchmarks")["c00"]
    assert (row["peer_id"], row["peers"]) == (None, 1)
    assert row["own_value"] == pytest.approx(201.0)


def test_how_far_apart_they_are_is_told_from_the_start_and_from_today(shop):
    row = shop(AS_OF, orders=base()).of("benchmarks", least_peers=40)["c07"]
    assert row["distance"] == pytest.approx(abs(math.log(107 / 108)), abs=1e-4)
    assert row["apart"] == pytest.approx(row["peer_value"] / row["own_value"], abs=1e-4)


def test_what_winners_do_is_held_against_those_who_began_alike_and_against_chance(shop):
    made = shop(AS_OF, orders=base()).make("winning_moves")
    rows = {row["behaviour"]: row for row in made}
    often = rows["orders_more_often"]
    assert (often["winners"], often["winners_share"], often["losers_share"], often["told"]) == (10, 1.0, 0.0, True)
    assert often["p_value"] == pytest.approx(fisher_exact([[10, 0], [0, often["losers"]]], "greater").pvalue)
    assert 0.5 < often["low"] < often["gap"] <= often["high"]
    assert not rows["uses_coupons"]["told"]


def test_a_difference_that_chance_explains_is_not_named():
    dice = np.random.default_rng(3)
    groups = [f"g{n:03}" for n in range(300)]
    cells = {"peer_group": groups, "behaviour": ["orders_more_often"] * 300, "of_winners": [5.0] * 300}
    cells |= {"winners": [12] * 300, "losers": [24] * 300}
    same = {"winners_more": dice.binomial(12, 0.5, 300), "losers_more": dice.binomial(24, 0.5, 300)}
    assert sum(winning_moves(pa.table({**cells, **same}))["told"].to_pylist()) == 0
    apart = {**same, "winners_more": np.where(np.arange(300) < 40, 12, same["winners_more"])}
    apart["losers_more"] = np.where(np.arange(300) < 40, 4, same["losers_more"])
    named = winning_moves(pa.table({**cells, **apart}))["told"].to_pylist()
    assert sum(named[:40]) == 40 and sum(named[40:]) <= 4


def test_who_is_on_the_way_out_is_nobody_s_example(shop):
    """The same customers, but those who ordered often did so half a year ago: they are in decline."""
    orders = base()
    for row in orders:
        ago = (AS_OF - row["ordered_on"]).days
        if 0 < ago < START and ago != 200:
            row["ordered_on"] = AS_OF - timedelta(days=190 + ago // 6)
    rows = shop(AS_OF, orders=orders).of("benchmarks", least_peers=40)
    assert {row["peer_id"] for row in rows.values()} == {None}
