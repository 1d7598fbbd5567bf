"""Tests of the play for lost customers."""

import math

import pytest
from opportunity_base import base, buyer, make

GONE = {"spend_365d": 0.0, "idle_days": 401, "cadence_days": 36.0, "tenure_days": 1131, "value_tier": "none"}
TOP = buyer("top", value_tier="high", spend_365d=1500.0, peer_value=0.0)


def test_value_fades_with_every_month_gone() -> None:
    # Two years at 2000 a year; gone for 365 days beyond the usual gap.
    row = make(base(buyer("ann", "lost", spend_all=4000.0, **GONE), TOP)).row("candidates", customer_id="ann")
    assert row["at_stake"] == pytest.approx(2000 * math.exp(-0.03 * 365 / 30.4375) * 0.30 * 1.1**-0.5, abs=0.01)


def test_who_was_never_worth_much_is_let_go() -> None:
    assert make(base(buyer("ann", "lost", spend_all=1000.0, **GONE), TOP)).rows("candidates") == []


def test_who_came_once_may_have_had_one_need() -> None:
    once = {"orders_all": 1, "orders_365d": 0}
    assert make(base(buyer("ann", "lost", spend_all=9000.0, **GONE, **once), TOP)).rows("candidates") == []
