"""Tests of the benchmark-case play."""

import pytest
from opportunity_base import base, buyer, make

STRONG = {"value_tier": "high", "spend_365d": 10000.0, "own_value": 10000.0}


def test_the_gap_to_the_peer_is_at_stake() -> None:
    row = make(base(buyer("ann", peer_value=12000.0, peer_id="bob", **STRONG))).row("candidates")
    assert row["at_stake"] == pytest.approx(2000 * 0.30 * 1.1**-0.5, abs=1e-4)
    assert (row["reason"], row["actual"], row["benchmark"], row["peer_id"]) == ("gap_to_peer", 10000.0, 12000.0, "bob")


def test_who_is_ahead_of_the_peer_is_left_alone() -> None:
    assert make(base(buyer("ann", peer_value=9000.0, **STRONG))).rows("candidates") == []


def test_a_peer_measured_in_margin_is_held_against_own_margin() -> None:
    costed = {"costed_spend_365d": 10000.0, "margin_365d": 2000.0, "basis": "margin"}
    shop = make(base(buyer("ann", peer_value=2400.0, **{**STRONG, **costed, "own_value": 2000.0})))
    # A gap of 400 in margin stays a gap of 400 in margin.
    assert shop.row("candidates")["at_stake"] == pytest.approx(400 * 1.1**-0.5, abs=1e-4)
