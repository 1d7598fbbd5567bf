"""Tests of all that could be done."""

import math
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from opportunity_base import AS_OF, FILLED, GIVEN, PROMISES, base, buyer, make

from motherlode.opportunity.measured_lifts import COLUMNS as MEASURED
from motherlode.opportunity.own_actions import COLUMNS as OWN
from motherlode.opportunity.tried_lifts import COLUMNS as TRIED
from motherlode.tables import play

FIGURES = ("actual", "benchmark")


@play
def send_a_card(stakes: ir.Table, *, postage: float = 1.0) -> ir.Table:
    """A play that somebody added: a card for everybody."""
    return stakes.select(
        "customer_id",
        "peer_id",
        value=stakes.yearly_spend * 0.01,
        value_low=stakes.yearly_spend * 0.0,
        value_high=stakes.yearly_spend * 0.02,
        cost=stakes.yearly_spend * 0.0 + postage,
        reason=stakes.stage,
        actual=stakes.yearly_orders,
        benchmark=stakes.usual_orders,
    )


send_a_card.__module__ = "plugins.opportunity.send_a_card"


def test_a_play_joins_by_existing() -> None:
    shop = make(base(buyer("ann")), send_a_card)
    assert [row["play"] for row in shop.rows("ranked", chosen=True)] == ["send_a_card"]
    assert shop.row("plan")["setting"] is None


def test_a_house_without_plays_has_no_candidates() -> None:
    facts = ("yearly_orders", "peer_orders", "usual_orders", "idle_days", "cadence_days", "order_days",
             "yearly_spend", "former_yearly_spend", "usual_spend", "margin_share")  # fmt: skip
    words = dict.fromkeys(("customer_id", "stage", "value_tier", "peer_id", "stage_reason", "peer_reason"), "string")
    numbers = dict.fromkeys((*facts, *(f"{who}_{what}" for who in ("stage", "peer") for what in FIGURES)), "float64")
    stakes = ibis.table({**words, **numbers}, name="stakes")
    contactable = ibis.table(GIVEN["contactable"], name="contactable")
    measured = ibis.table(MEASURED, name="measured_lifts")
    listed = ibis.table(dict(FILLED["recorded_lists"]), name="recorded_lists")
    tried = ibis.table(TRIED, name="tried_lifts")
    own = ibis.table(OWN, name="own_actions")
    judged = ibis.table(dict(FILLED["recorded_judgements"]), name="recorded_judgements")
    merged = ibis.table(GIVEN["merged_numbers"], name="merged_numbers")
    touches = ibis.table(GIVEN["touches"], name="touches")
    followed = ibis.table({"customer_id": "string", "follow_up": "string"}, name="follow_ups")
    weights = ibis.table({"learnt_from": "string", "pool_weight": "float64"}, name="expert_weights")
    inputs = (stakes, contactable, measured, tried, own, listed, judged, followed, weights, touches, merged)
    nothing = PROMISES["candidates"].function({}, *inputs, as_of=AS_OF)
    assert {"customer_id", "play", "value", "verdict"} <= set(nothing.columns)


@pytest.mark.parametrize("contact", ["refused", "objected", "child"])
def test_a_no_keeps_somebody_out_with_its_reason(contact: str) -> None:
    row = make(base(buyer("ann", dormant=True, contact=contact))).row("candidates")
    assert (row["verdict"], row["contact"]) == (contact, contact)


@pytest.mark.parametrize("contact", ["no_record", "no_proof"])
def test_who_can_still_be_asked_is_listed_unless_the_house_is_strict(contact: str) -> None:
    shop = base(buyer("ann", dormant=True, contact=contact))
    listed = make(shop).row("candidates")
    strict = make(shop, settings={"candidates": {"unrecorded": False}}).row("candidates")
    assert (listed["verdict"], listed["contact"]) == ("", contact)
    assert strict["verdict"] == contact


def test_nobody_is_contactable_whom_the_gate_does_not_know() -> None:
    shop = base(buyer("ann", dormant=True)) | {"contactable": []}
    assert make(shop).row("candidates")["contact"] == "no_record"


def test_the_chance_to_earn_the_cost_is_read_from_the_interval() -> None:
    # The value is 2 sd_lift wide at 10 %: cost at the mean is a coin toss.
    shop = make(base(buyer("ann", dormant=True)), settings={"wake_dormant": {"contact_cost": 5.7208}})
    row = shop.row("candidates")
    assert row["p_positive"] == pytest.approx(0.5, abs=0.01)


def test_a_play_that_is_sure_to_earn_has_chance_one() -> None:
    shop = make(base(buyer("ann", dormant=True)), settings={"wake_dormant": {"lift_sd": 0.0}})
    assert shop.row("candidates")["p_positive"] == 1.0


def test_everything_is_marked_as_assumed() -> None:
    row = make(base(buyer("ann", dormant=True))).row("candidates")
    assert (row["evidence_level"], row["assumed"]) == ("E0", True)


def test_the_second_reason_says_what_winners_do() -> None:
    row = make(base(buyer("ann", dormant=True))).row("candidates")
    assert (row["second_reason"], row["second_actual"], row["second_benchmark"]) == ("orders_more_often", 10.0, 15.0)


def test_orders_too_few_are_not_told_twice() -> None:
    new = buyer("ann", "trial", orders_365d=1, orders_all=1, idle_days=60, actual=1.0, benchmark=6.0, overdue_ratio=1.2)
    row = make(base(new)).row("candidates", play="second_order")
    assert (row["reason"], row["second_reason"]) == ("below_peer", "in_rhythm")


def test_a_fact_about_money_is_no_second_reason() -> None:
    row = make(base(buyer("ann", dormant=True, did_differently="bigger_baskets", reason="at_level"))).row("candidates")
    assert row["second_reason"] == "orders_beside_peer"


def test_orders_are_held_against_those_of_the_peer_who_is_named() -> None:
    late = buyer("ann", dormant=True, did_differently="", reason="at_level")
    row = make(base(late)).row("candidates")
    assert (row["peer_id"], row["second_reason"], row["second_benchmark"]) == ("peer", "orders_beside_peer", 15.0)
    opened = {"deal_id": "d1", "customer_id": "ann", "outcome": "open", "opened_on": date(2025, 6, 1), "amount": 900}
    best = [
        {"deal_id": f"w{n}", "customer_id": "bob", "outcome": "won", "opened_on": date(2025, 3, n),
         "closed_on": date(2025, 5, n), "amount": 900}
        for n in (1, 2, 3)
    ]  # fmt: skip
    few = buyer("ann", did_differently="", orders_365d=4, orders_all=4, reason="at_level")
    shop = base(few, buyer("bob", orders_365d=9)) | {"deals": [opened, *best]}
    row = make(shop).row("candidates", play="advance_deal", customer_id="ann")
    assert (row["peer_id"], row["second_reason"], row["second_benchmark"]) == ("bob", "orders_beside_others", 6.5)


def test_who_was_contacted_often_lately_is_left_alone() -> None:
    shop = base(buyer("ann", dormant=True), buyer("bob", dormant=True))
    days = [date(2025, 6, day) for day in (2, 9, 16, 23)]
    touches = [{"customer_id": "ann", "touched_on": day, "treated": True} for day in days]
    touches += [{"customer_id": "bob", "touched_on": day, "treated": day != days[0]} for day in days]
    made = make(shop | {"touches": touches})
    assert [made.row("candidates", customer_id=who)["verdict"] for who in ("ann", "bob")] == ["contacted_enough", ""]


def judged(*said: dict[str, Any], **settings: Any) -> dict[str, Any]:
    rows = [
        {"judgement_id": number, "customer_id": "ann", "play": "", "veto": False, "made_on": date(2025, 6, 1), **one}
        for number, one in enumerate(said)
    ]
    shop = base(buyer("ann", dormant=True)) | {"recorded_judgements": rows}
    return make(shop, settings={"candidates": settings}).row("candidates")


def test_a_veto_of_who_knows_the_customer_stands_for_a_while() -> None:
    assert judged({"veto": True})["verdict"] == "vetoed"
    assert judged({"veto": True, "play": "wake_dormant"})["verdict"] == "vetoed"
    assert judged({"veto": True, "play": "win_back"})["verdict"] == ""
    assert judged({"veto": True, "made_on": date(2025, 1, 1)})["verdict"] == ""


def test_the_last_judgement_counts() -> None:
    assert judged({"veto": True}, {"score": 0.5})["verdict"] == ""


def test_an_expert_s_score_is_pooled_with_the_figures_by_its_weight() -> None:
    alone = judged()
    low, same = judged({"score": 0.1}), judged({"score": 0.1}, expert_weight=0.0)
    chance = min(alone["p_positive"], 0.98)
    odds = 0.4 * math.log(0.1 / 0.9) + 0.6 * math.log(chance / (1 - chance))
    assert low["value"] == pytest.approx(alone["value"] / (1 + math.exp(-odds)) / chance, rel=1e-3)
    assert (low["expert_score"], same["value"]) == (0.1, pytest.approx(alone["value"], rel=1e-3))
    assert judged({"score": 0.98})["value"] >= low["value"]
