"""Tests of what there is to win or lose."""

from opportunity_base import base, buyer, make


def test_sales_are_net_of_returns() -> None:
    assert make(base(buyer("ann", returned_365d=300.0))).row("stakes")["yearly_spend"] == 700.0


def test_more_returned_than_bought_is_nothing() -> None:
    assert make(base(buyer("ann", returned_365d=3000.0))).row("stakes")["yearly_spend"] == 0.0


def test_reported_figures_count_only_without_orders() -> None:
    shop = make(base(buyer("ann", reported_spend=77), buyer("bob", orders_all=0, reported_spend=77)))
    assert [row["yearly_spend"] for row in shop.rows("stakes")] == [1000.0, 77.0]


def test_less_than_a_year_is_not_blown_up_to_a_year() -> None:
    row = make(base(buyer("ann", spend_all=500.0, tenure_days=400, idle_days=390))).row("stakes")
    assert row["former_yearly_spend"] == 500.0


def test_own_costs_give_the_margin_and_others_have_the_houses() -> None:
    shop = make(base(buyer("ann", costed_spend_365d=1000.0, margin_365d=400.0), buyer("bob")))
    assert [row["margin_share"] for row in shop.rows("stakes")] == [0.4, 0.4]


def test_without_costs_the_margin_is_left_to_the_play() -> None:
    assert make(base(buyer("ann"))).row("stakes")["margin_share"] is None


def test_trends_are_held_against_the_industry_where_it_is_large_enough() -> None:
    farms = [buyer(f"farm{number}", industry="farming", spend_13w=100.0) for number in range(30)]
    shop = make(base(*farms, buyer("odd", industry="mining", spend_13w=250.0)))
    trends = {row["customer_id"]: row["base_trend"] for row in shop.rows("stakes")}
    assert (trends["farm0"], round(trends["odd"], 4)) == (0.4, round((30 * 400 + 1000) / 31000, 4))


def test_a_young_customer_has_no_trend() -> None:
    assert make(base(buyer("ann", tenure_days=100))).row("stakes")["own_trend"] is None
