"""Tests of the reminder."""

from opportunity_base import base, buyer, make


def test_a_customer_overdue_by_some_gaps_is_reminded() -> None:
    row = make(base(buyer("ann", dormant=True, idle_days=90, overdue_ratio=2.5))).row("candidates")
    assert (row["play"], row["reason"], row["actual"], row["benchmark"]) == ("wake_dormant", "overdue", 90.0, 36.0)


def test_who_came_on_one_day_only_is_late_by_the_gaps_of_others() -> None:
    once = buyer("ann", dormant=True, active_days=1, idle_days=90, did_differently="", stage_actual=90.0)
    row = make(base(once)).row("candidates")
    assert (row["reason"], row["actual"], row["benchmark"]) == ("not_back", 90.0, 36.0)
    assert row["second_reason"] == "orders_beside_peer"


def test_a_reminder_costs_cents() -> None:
    assert make(base(buyer("ann", dormant=True))).row("candidates")["cost"] == 0.2
