"""Tests of the play for customers of high value."""

from typing import Any

from opportunity_base import base, buyer, make


def plays(**facts: Any) -> list[tuple[str, float, float]]:
    rows = make(base(buyer("ann", value_tier="high", peer_value=0.0, **facts), buyer("bob"))).rows(
        "candidates", customer_id="ann"
    )
    return [(row["reason"], row["actual"], row["benchmark"]) for row in rows if row["play"] == "protect_core"]


def test_late_by_half_a_gap_is_a_warning() -> None:
    assert plays(idle_days=60, overdue_ratio=1.67) == [("overdue", 60.0, 36.0)]


def test_a_few_days_late_is_none_however_short_the_gap() -> None:
    assert plays(idle_days=9, cadence_days=4.0, overdue_ratio=2.25) == []


def test_falling_behind_the_base_is_a_warning() -> None:
    ((reason, actual, benchmark),) = plays(spend_13w=125.0)
    assert (reason, actual, benchmark) == ("own_decline", 0.5, 0.75)


def test_falling_with_the_base_is_none() -> None:
    fallen = {"value_tier": "high", "peer_value": 0.0, "spend_13w": 125.0}
    assert make(base(buyer("ann", **fallen), buyer("bob", **fallen))).rows("candidates") == []


def test_a_quarter_without_orders_is_nothing_new_in_a_rhythm_of_quarters() -> None:
    assert plays(spend_13w=0.0, cadence_days=105.0, overdue_ratio=1.0) == []
    assert plays(spend_13w=0.0, cadence_days=40.0, overdue_ratio=1.0) != []
