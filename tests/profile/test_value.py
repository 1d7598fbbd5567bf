"""Yearly value, tiers, marks and the whole base."""

from datetime import date, timedelta

import pytest

AS_OF = date(2024, 6, 30)


def order(who, days_ago, amount, **more):
    return {"customer_id": who, "ordered_on": AS_OF - timedelta(days=days_ago), "amount": amount, **more}


def test_value_is_revenue_net_of_returns_and_never_below_zero(shop):
    back = [{"customer_id": who, "returned_on": AS_OF, "amount": 30} for who in ("ann", "bob")]
    rows = shop(AS_OF, orders=[order("ann", 9, 100), order("bob", 9, 20)], returns=back).of("yearly_value")
    assert (rows["ann"]["value"], rows["bob"]["value"], rows["ann"]["basis"]) == (70.0, 0.0, "revenue")


def test_value_is_margin_where_most_costs_are_known_and_the_rest_has_the_house_rate(shop):
    orders = [order("ann", 9, 100, cost=60), order("bob", 9, 50)]
    rows = shop(AS_OF, orders=orders).of("yearly_value")
    assert (rows["ann"]["value"], rows["bob"]["value"], rows["bob"]["basis"]) == (40.0, 20.0, "margin")


def test_few_known_costs_do_not_make_it_margin(shop):
    rows = shop(AS_OF, orders=[order("ann", 9, 10, cost=6), order("bob", 9, 90)]).of("yearly_value")
    assert {row["basis"] for row in rows.values()} == {"revenue"}


def test_a_reported_customer_has_the_reported_value(shop):
    rows = shop(AS_OF, customers=[{"customer_id": "ann", "spend_365d": 777}]).of("yearly_value")
    assert (rows["ann"]["value"], rows["ann"]["basis"]) == (777.0, "reported")


def test_the_customer_who_crosses_a_line_is_above_it(shop):
    orders = [order(who, 9, amount) for who, amount in [("a", 60), ("b", 30), ("c", 6), ("d", 4)]]
    rows = shop(AS_OF, orders=orders, customers=[{"customer_id": "z"}]).of("value_tiers")
    assert {who: row["value_tier"] for who, row in rows.items()} == {
        "a": "high",
        "b": "high",
        "c": "mid",
        "d": "low",
        "z": "none",
    }
    assert rows["c"]["cumulative_share"] == pytest.approx(0.96)


def test_equal_buyers_share_their_marks(shop):
    orders = [order(f"c{number}", 10, 50) for number in range(7)]
    assert {row["cell"] for row in shop(AS_OF, orders=orders).make("rfm")} == {"111"}


def test_five_buyers_in_order_get_the_marks_one_to_five(shop):
    orders = [order(f"c{n}", 100 - 10 * n - turn, 10 * n) for n in range(1, 6) for turn in range(n)]
    rows = shop(AS_OF, orders=orders).of("rfm")
    assert [rows[f"c{n}"]["cell"] for n in range(1, 6)] == ["111", "222", "333", "444", "555"]
    assert rows["c5"]["segment"] == "champions"


def test_a_great_buyer_who_stays_away_cannot_be_lost_unnoticed(shop):
    crowd = [order(f"c{n}", n % 40, 20) for n in range(80)]
    great = [order("ann", 300 + turn, 500) for turn in range(9)]
    assert shop(AS_OF, orders=[*crowd, *great]).of("rfm")["ann"]["segment"] == "cannot_lose"


def test_stages_hold_every_customer_once_and_all_the_value(shop):
    orders = [order(f"c{n}", d, 10 + n) for n in range(12) for d in range(n, 500, 20 + 5 * n)]
    made = shop(AS_OF, orders=orders, customers=[{"customer_id": "new", "known_on": AS_OF}])
    cells = made.make("stages")
    assert sum(cell["customers"] for cell in cells) == 13
    assert sum(cell["share"] for cell in cells) == pytest.approx(1.0)
    assert sum(cell["spend_365d"] for cell in cells) == pytest.approx(
        sum(o["amount"] for o in orders if (AS_OF - o["ordered_on"]).days < 365)
    )


def test_months_count_anonymous_revenue_and_first_timers_once(shop):
    orders = [order("ann", 0, 10), order("ann", 40, 20), order(None, 1, 5)]
    returns = [{"customer_id": "ann", "returned_on": date(2024, 4, 3), "amount": 7}]
    rows = shop(AS_OF, orders=orders, returns=returns).of("months")
    june, may, april = (rows[date(2024, month, 1)] for month in (6, 5, 4))
    assert (june["revenue"], june["customers"], june["new_customers"]) == (15.0, 1, 0)
    assert (may["new_customers"], april["orders"], april["returned"]) == (1, 0, 7.0)


def test_habits_name_the_most_frequent_and_the_first_of_equals(shop):
    orders = [order("ann", 0, 1, channel="web"), order("ann", 1, 99, channel="app"), order("ann", 40, 1, channel="web")]
    orders += [order("bob", 0, 1, channel="web"), order("bob", 1, 1, channel="app")]
    rows = shop(AS_OF, orders=orders).of("habits")
    assert (rows["ann"]["main_channel"], rows["bob"]["main_channel"]) == ("web", "app")
    assert (rows["ann"]["peak_month"], rows["ann"]["peak_month_share"]) == (6, pytest.approx(2 / 3))


def lines_and_orders(baskets):
    lines = [order(who, 9, 10, category=category, product_id=category) for who, category in baskets]
    return {"order_lines": lines, "orders": [order(who, 9, 10) for who, _ in baskets]}


def test_the_next_category_is_what_similar_buyers_have_and_the_customer_has_not(shop):
    tea = [(f"c{n}", "a-tea") for n in range(30)]
    cups = [(f"c{n}", "b-cup") for n in range(20)]
    pots = [(f"c{n}", "c-pot") for n in range(5)]
    rows = shop(AS_OF, **lines_and_orders([*tea, *cups, *pots])).of("next_category")
    assert (rows["c25"]["category"], rows["c25"]["buyers_share"], rows["c25"]["yearly_spend"]) == (
        "b-cup",
        pytest.approx(2 / 3),
        10.0,
    )
    assert rows["c10"]["category"] == "c-pot"
    assert "c0" not in rows


def test_few_similar_buyers_name_no_category(shop):
    assert shop(AS_OF, **lines_and_orders([("ann", "a"), ("ann", "b"), ("bob", "a")])).make("next_category") == []
