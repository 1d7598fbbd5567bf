"""The winner who once looked like the customer."""

from datetime import date, timedelta

import pytest

AS_OF = date(2024, 6, 30)
START = 500


def base(size=40, start=100.0):
    """Customers who began within a few yuan of each other 500 days ago; every fourth ordered often since."""
    orders = []
    for n in range(size):
        often = 10 if n % 4 == 0 else 1
        days = [START, *(200 + 5 * turn for turn in range(often))]
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
