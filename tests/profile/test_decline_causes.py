"""Tests of why somebody buys less."""

import math
from datetime import date, timedelta

import pytest

AS_OF = date(2024, 6, 30)
WEEKS = range(120)


def weekly(who, amount, industry=None):
    """An order a week; `amount` says what is paid so many weeks ago, or nothing."""
    rows = [
        {"customer_id": who, "ordered_on": AS_OF - timedelta(days=7 * ago + 2), "amount": amount(ago)} for ago in WEEKS
    ]
    return {"orders": [row for row in rows if row["amount"]], "customers": [{"customer_id": who, "industry": industry}]}


def base(*people):
    return {name: [row for one in people for row in one[name]] for name in ("orders", "customers")}


def steady(ago):
    return 100


def fallen(ago):
    return 30 if ago < 13 else 100


def causes(shop, people, **more):
    return shop(AS_OF, **base(*people), **more).of("decline_causes")


def test_a_fall_that_nobody_else_has_is_the_customers_own(shop):
    found = causes(shop, [weekly("ann", fallen), *(weekly(f"c{n}", steady) for n in range(80))])
    ann = found["ann"]
    assert set(found) == {"ann"}
    assert ann["own_part"] == pytest.approx(math.log(0.3), abs=0.05)
    assert ann["cause"] == "own" and ann["p_company"] + ann["p_effect"] > 0.95
    assert ann["loss"] == pytest.approx(5200 * 0.7, rel=0.03)
    assert ann["loss_company"] + ann["loss_effect"] == pytest.approx(ann["loss"], rel=0.05)
    assert ann["question"] == "happy_with_us"


def test_a_fall_of_the_whole_industry_is_the_industrys(shop):
    farms = [weekly(f"farm{n}", fallen, "farming") for n in range(200)]
    shops = [weekly(f"shop{n}", steady, "retail") for n in range(200)]
    row = causes(shop, farms + shops)["farm7"]
    assert (row["cause"], row["p_industry"] > 0.8) == ("industry", True)
    assert row["loss_industry"] > row["loss"] * 0.6


def test_a_fall_that_comes_every_year_is_the_season_and_has_an_end(shop):
    def wave(ago):
        return round(100 * math.exp(0.9 * math.sin(2 * math.pi * (-ago + 19) / 52 + math.pi)), 2)

    row = causes(shop, [weekly(f"c{n}", wave) for n in range(120)])["c5"]
    assert (row["cause"], row["season_known"]) == ("seasonal", True)
    assert AS_OF < row["recovers_on"] < AS_OF + timedelta(days=250)


def test_a_short_history_knows_no_season_and_asks_for_it(shop):
    def young(amount):
        return lambda ago: amount(ago) if ago < 60 else 0

    people = [weekly("ann", young(fallen), "retail"), *(weekly(f"c{n}", young(steady), "retail") for n in range(80))]
    row = causes(shop, people)["ann"]
    assert (row["season_known"], row["season_part"]) == (False, 0.0)
    assert row["question"] == "same_season_last_year"


def test_two_orders_tell_nothing(shop):
    def rarely(ago):
        return 100 if ago in (30, 50) else 0

    row = causes(shop, [weekly("ann", rarely), *(weekly(f"c{n}", steady) for n in range(80))])["ann"]
    assert (row["cause"], row["question"]) == ("unknown", "still_buying")


def test_who_said_to_be_unhappy_left_because_of_us_and_who_is_happy_did_not(shop):
    people = [weekly("ann", fallen), weekly("bob", fallen), *(weekly(f"c{n}", steady) for n in range(80))]
    said = [
        {"customer_id": "ann", "given_on": AS_OF, "rating": 1.0},
        {"customer_id": "bob", "given_on": AS_OF, "nps": 10.0},
    ]
    found = causes(shop, people, feedback=said)
    assert (found["ann"]["cause"], found["bob"]["cause"]) == ("effect", "company")
    assert found["ann"]["p_effect"] > 0.7 and found["bob"]["p_effect"] < 0.35


def test_an_order_that_went_back_made_no_level(shop):
    def once(ago):
        return 9000 if ago == 40 else 100

    people = [weekly("ann", once), *(weekly(f"c{n}", steady) for n in range(80))]
    back = [{"customer_id": "ann", "returned_on": AS_OF - timedelta(days=270), "amount": 8900}]
    assert "ann" in causes(shop, people) and "ann" not in causes(shop, people, returns=back)
