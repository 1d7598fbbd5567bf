"""Tests of the reminder."""

from opportunity_base import base, buyer, make


def test_a_customer_overdue_by_some_gaps_is_reminded() -> None:
    row = make(base(buyer("ann", dormant=True, idle_days=90, overdue_ratio=2.5))).row("candidates")
    assert (row["play"], row["reason"], row["actual"], row["benchmark"]) == ("wake_dormant", "overdue", 90.0, 36.0)


def test_a_reminder_costs_cents() -> None:
    assert make(base(buyer("ann", dormant=True))).row("candidates")["cost"] == 0.2
