"""Tests of the first-order play."""

import pytest
from opportunity_base import base, buyer, make

NEW = {"orders_all": 0, "spend_all": 0.0, "spend_365d": 0.0, "orders_365d": 0, "idle_days": None, "tenure_days": None}


def test_a_first_order_is_worth_what_the_middle_of_the_peers_brings() -> None:
    row = make(base(buyer("ann", "intro", peer_median=1000.0, **NEW))).row("candidates")
    # lift x sales x margin, half a year away
    assert row["value"] == pytest.approx(0.02 * 1000 * 0.30 * 1.1**-0.5, abs=1e-4)


def test_without_peers_the_usual_settled_customer_is_the_measure() -> None:
    row = make(
        base(buyer("ann", "intro", peer_id=None, peer_median=None, peer_orders_365d=None, **NEW), buyer("bob"))
    ).row("candidates", customer_id="ann")
    assert (row["benchmark"], row["at_stake"]) == (10.0, pytest.approx(1000 * 0.30 * 1.1**-0.5, abs=1e-4))


def test_nobody_can_buy_less_than_nothing() -> None:
    row = make(base(buyer("ann", "intro", **NEW)), settings={"onboard_first_order": {"lift_sd": 0.5}}).row("candidates")
    assert row["value_low"] == 0.0


def test_prospects_are_worth_what_those_alike_bring_and_have_the_best_of_them_as_peer() -> None:
    told = {"active_mean": 500.0, "verdict": "signal"}
    alike = [
        {"customer_id": "rich", "value_if_active": 2000.0, "peer_id": "boss", **told},
        {"customer_id": "poor", "value_if_active": 100.0, "peer_id": "clerk", **told},
        {"customer_id": "dark", "value_if_active": 900.0, "peer_id": "boss", **told, "verdict": "no_signal"},
    ]
    unknown = {"orders_all": 0, "spend_all": 0.0, "spend_365d": 0.0, "peer_id": None, "peer_median": None}
    people = (buyer(who, "intro", **unknown) for who in ("rich", "poor", "dark"))
    shop = make({**base(buyer("old"), *people), "prospects": alike})
    rich, poor, dark = (shop.row("candidates", customer_id=who) for who in ("rich", "poor", "dark"))
    assert rich["value"] == pytest.approx(20 * poor["value"], rel=1e-3)
    assert (rich["reason"], rich["actual"], rich["benchmark"], rich["peer_id"]) == ("alike_bring", 2000, 500, "boss")
    assert (poor["peer_id"], dark["peer_id"], dark["reason"]) == ("clerk", None, "no_first_order")


def test_whom_a_file_says_to_be_won_needs_no_first_order() -> None:
    people = (buyer("ann", "intro", converted=True, **NEW), buyer("bob", "intro", converted=False, **NEW))
    assert [row["customer_id"] for row in make(base(*people)).rows("candidates")] == ["bob"]
