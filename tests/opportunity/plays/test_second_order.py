"""Tests of the second-order play."""

import pytest
from opportunity_base import base, buyer, make


def test_missing_orders_are_worth_the_own_average_order() -> None:
    shop = make(base(buyer("ann", "trial", orders_365d=4, spend_365d=400.0, peer_orders_365d=6.0)))
    assert shop.row("candidates")["at_stake"] == pytest.approx(2 * 100 * 0.30 * 1.1**-0.5, abs=1e-4)


def test_a_peer_far_away_promises_no_more_than_doubling() -> None:
    shop = make(base(buyer("ann", "trial", orders_365d=1, spend_365d=100.0, peer_orders_365d=40.0)))
    assert shop.row("candidates")["at_stake"] == pytest.approx(100 * 0.30 * 1.1**-0.5, abs=1e-4)


def test_somebody_who_ordered_last_week_is_left_alone() -> None:
    assert make(base(buyer("ann", "trial", orders_365d=2, idle_days=7))).rows("candidates") == []


def test_reported_figures_are_enough() -> None:
    reported = {
        "orders_all": 0,
        "reported_spend": 500,
        "reported_orders": 5.0,
        "method": "reported",
        "peer_orders_365d": None,
    }
    settled = buyer("bob", **{**reported, "reported_orders": 8.0})
    row = make(base(buyer("ann", "trial", **reported), settled)).row("candidates", customer_id="ann")
    assert (row["reason"], row["actual"], row["benchmark"]) == ("below_rhythm", 5.0, 8.0)
