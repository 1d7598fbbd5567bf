"""Tests of lists read out: promised against delivered, and values that follow what was measured."""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from opportunity_base import AS_OF, Base, base, buyer, make

FROZEN = date(2025, 3, 31)
DAYS = (AS_OF - FROZEN).days


def members(treated: int, held: int, **more: Any) -> list[dict[str, Any]]:
    facts = {
        "list": "spring", "frozen_on": FROZEN, "play": "wake_dormant", "stage": "mature", "propensity": 0.76,
        "value": 4.0, "value_low": 1.0, "value_high": 7.0, "cost": 1.0, "at_stake": 100.0, "margin_share": 0.5,
        "assumed_value": 4.0, "assumed_high": 7.0, "value_tier": "mid",
    }  # fmt: skip
    arms = [""] * treated + ["list"] * held
    return [{**facts, "customer_id": f"m{who:03}", "held_out": arm, **more} for who, arm in enumerate(arms)]


def order(who: str, day: date, amount: float) -> dict[str, Any]:
    return {"customer_id": who, "ordered_on": day, "amount": Decimal(f"{amount:.4f}")}


def spring(gain: float, treated: int = 80, held: int = 40, **more: Any) -> Base:
    """A list whose treated members bring `gain` more in the weeks since."""
    dice = np.random.default_rng(5)
    people = members(treated, held, **more)
    orders = []
    for row in people:
        usual = dice.lognormal(4, 0.5)
        orders.append(order(row["customer_id"], date(2025, 1, 15), usual * 4))
        orders.append(
            order(row["customer_id"], date(2025, 5, 15), usual + dice.normal(0, 1) + gain * (not row["held_out"]))
        )
    return make({"recorded_lists": people, "orders": orders})


def test_what_came_is_counted_as_margin_since_the_list_was_frozen_less_returns() -> None:
    orders = [order("m000", FROZEN, 100.0), order("m000", AS_OF, 30.0), order("m000", date(2025, 7, 1), 900.0)]
    back = [{"customer_id": "m000", "returned_on": date(2025, 5, 1), "amount": Decimal(10)}]
    row = make({"recorded_lists": members(1, 0), "orders": orders, "returns": back}).row("list_results")
    assert (row["y"], row["x"], row["days"], row["customers"]) == (10.0, 50.0, DAYS, 1)


def merged(listed: list[dict[str, Any]]) -> dict[str, int]:
    """Customers by list and arm when m001 turns out to be m000, who bought for 100 since."""
    numbers = [{"number": "m001", "customer_id": "m000"}]
    orders = [order("m000", AS_OF, 100.0)]
    made = make({"recorded_lists": listed, "merged_numbers": numbers, "orders": orders})
    return {(row["list"], row["arm"]): (row["customers"], row["y"]) for row in made.rows("list_results")}


def test_who_was_listed_under_two_numbers_counts_once_and_with_all_that_she_bought() -> None:
    assert merged(members(2, 0)) == {("spring", "treated"): (1, 50.0)}
    assert merged([row for row in members(2, 0) if row["customer_id"] == "m001"]) == {("spring", "treated"): (1, 50.0)}


def test_who_was_treated_and_held_out_under_two_numbers_counts_in_neither_arm() -> None:
    assert merged(members(1, 2)) == {("spring", "held_out"): (1, 0.0)}


@pytest.mark.parametrize(("later", "counts"), [(date(2025, 5, 1), False), (date(2025, 6, 30), True)])
def test_of_two_lists_that_treated_and_held_her_out_the_first_counts(later: date, counts: bool) -> None:
    held = [{**row, "list": "summer", "frozen_on": later} for row in members(0, 2)[1:]]
    found = merged(members(1, 0) + held)
    assert ("spring", "treated") in found and (("summer", "held_out") in found) == counts


def test_a_year_after_a_list_was_frozen_its_account_is_closed() -> None:
    old = members(1, 0, frozen_on=date(2024, 1, 1))
    orders = [order("m000", date(2024, 12, 31), 10.0), order("m000", date(2025, 1, 1), 900.0)]
    row = make({"recorded_lists": old, "orders": orders}).row("list_results")
    assert (row["y"], row["days"]) == (5.0, 365)


def test_a_list_that_works_is_confirmed_with_an_interval_around_the_truth() -> None:
    row = spring(gain=4.0).row("readings", play="")
    assert row["verdict"] == "confirmed" and row["p_value"] < 0.001
    assert row["delivered_low"] < 80 * 2.0 < row["delivered_high"]
    assert row["promised"] == pytest.approx(80 * 4.0 * DAYS / 365 * 1.1**0.5)
    assert row["claim_ratio"] == pytest.approx(row["promised"] / row["delivered"])


def test_a_list_that_does_nothing_is_not_significant() -> None:
    row = spring(gain=0.0).row("readings", play="")
    assert row["verdict"] == "not_significant"
    assert row["delivered_low"] < 0 < row["delivered_high"]


def test_a_list_that_drives_people_away_is_harmful() -> None:
    row = spring(gain=-4.0).row("readings", play="")
    assert (row["verdict"], row["claim_ratio"]) == ("harmful", None)


def test_too_few_people_tell_nothing() -> None:
    row = spring(gain=4.0, held=5).row("readings", play="")
    assert (row["verdict"], row["delivered"]) == ("small_arms", None)


def test_on_the_day_itself_nothing_is_known() -> None:
    row = make({"recorded_lists": members(30, 30, frozen_on=AS_OF)}).row("readings", play="")
    assert (row["verdict"], row["days"]) == ("too_early", 0)


def test_lift_is_the_share_of_what_was_at_stake() -> None:
    row = spring(gain=4.0).row("readings", play="wake_dormant", stage="mature", value_tier="mid")
    at_stake = 80 * 100.0 * DAYS / 365 * 1.1**0.5
    assert row["lift"] == pytest.approx(row["delivered"] / at_stake)
    assert (row["assumed_lift"], row["assumed_lift_sd"]) == pytest.approx((0.04, 0.03 / 1.28155), rel=1e-4)


def reading(**more: Any) -> dict[str, Any]:
    return {
        "list": "spring", "play": "wake_dormant", "stage": "mature", "read_on": date(2025, 6, 1), "treated": 80,
        "held_out": 40, "lift": 0.001, "lift_error": 0.006, "assumed_lift_sd": 0.012, "value_tier": "mid", **more,
    }  # fmt: skip


def woken(*readings: dict[str, Any]) -> dict[str, Any]:
    """The candidate of a play whose assumed lift is 2 % with a standard deviation of 1.2 %."""
    return make(base(buyer("ann", dormant=True)) | {"recorded_readouts": readings}).row("candidates")


def test_without_a_reading_the_assumption_stands() -> None:
    row = woken()
    assert (row["evidence_level"], row["assumed"], row["value"]) == ("E0", True, row["assumed_value"])


def test_what_was_measured_moves_the_value_by_its_precision() -> None:
    before, rough, after = woken(), woken(reading(lift_error=0.02)), woken(reading())
    lifts = [row["value"] / row["at_stake"] for row in (before, rough, after)]
    weight = 0.012**2 / (0.012**2 + 0.006**2)
    assert lifts[2] == pytest.approx(0.02 + weight * (0.001 - 0.02), abs=0.0015)
    assert lifts[0] > lifts[1] > lifts[2] > 0.001
    half = [row["value_high"] - row["value"] for row in (before, rough, after)]
    assert half[2] == pytest.approx(half[0] * (1 - weight) ** 0.5, rel=0.1)
    assert half[0] > half[1] > half[2]
    assert (after["assumed_value"], after["evidence_level"], after["assumed"]) == (before["value"], "E3", False)


def test_two_lists_weigh_more_than_one_and_the_last_reading_of_a_list_counts() -> None:
    def measured(*readings: dict[str, Any]) -> dict[str, Any]:
        return make({"recorded_readouts": readings}).row("measured_lifts", stage="mature", value_tier="mid")

    one = reading(list="autumn", read_on=date(2025, 5, 1), lift=0.09)
    alone, both = measured(reading()), measured(reading(), one, {**one, "read_on": date(2025, 6, 1), "lift": 0.003})
    assert (both["lists"], both["treated"], both["last_read_on"]) == (2, 160, date(2025, 6, 1))
    assert (both["lift"], both["lift_error"]) == pytest.approx((0.002, alone["lift_error"] / 2**0.5), rel=0.01)


def test_a_reading_of_another_stage_counts_for_less() -> None:
    other, own = woken(reading(stage="trial")), woken(reading())
    assert (other["evidence_level"], own["evidence_level"]) == ("E2", "E3")
    assert own["value"] < other["value"] < woken()["value"]
    assert other["value_high"] - other["value"] > own["value_high"] - own["value"]


def test_a_reading_of_another_tier_counts_for_less_and_of_a_stage_for_more_than_of_another_stage() -> None:
    tier, stage = woken(reading(value_tier="high")), woken(reading(stage="trial"))
    assert woken(reading())["value"] < tier["value"] < stage["value"]
    assert tier["evidence_level"] == "E3"


def test_a_small_tier_stands_in_for_nobody_else() -> None:
    """Of a list whose small tiers tell nothing, the stage counts as a whole."""
    small = reading(value_tier="high", treated=60, lift=None, lift_error=None)
    large = reading(treated=20, lift=0.09)
    whole = reading(value_tier="", treated=80, lift=0.002)
    row = make({"recorded_readouts": [small, large, whole]}).row("measured_lifts", stage="mature", value_tier="mid")
    assert row["lift"] == pytest.approx(0.002, abs=1e-3)


def test_the_lifts_of_all_cells_stand_in_one_table() -> None:
    rows = make(base(buyer("ann", dormant=True)) | {"recorded_readouts": [reading()]})
    cell = rows.row("expected_lifts", play="wake_dormant")
    assert (cell["stage"], cell["value_tier"], cell["customers"]) == ("mature", "mid", 1)
    assert cell["assumed_lift"] == pytest.approx(0.02, abs=1e-4)
    assert cell["lift_low"] < cell["lift"] < cell["lift_high"] < cell["assumed_lift"] + 0.01
    assert (cell["treated"], cell["held_out"], cell["evidence_level"], cell["assumed"]) == (80, 40, "E3", False)


def test_an_imprecise_reading_is_no_evidence() -> None:
    row = woken(reading(lift_error=0.05))
    assert row["evidence_level"] == "E0" and row["value"] != row["assumed_value"]


def test_a_lift_beyond_chance_read_lately_is_confirmed() -> None:
    assert woken(reading(lift=0.03))["evidence_level"] == "E4"
    assert woken(reading(lift=0.03, read_on=date(2025, 3, 1)))["evidence_level"] == "E3"


def test_a_reading_of_a_later_day_is_not_known_yet() -> None:
    assert woken(reading(read_on=date(2025, 7, 1)))["evidence_level"] == "E0"


@pytest.mark.parametrize(
    ("arm", "frozen_on", "verdict"),
    [("", date(2025, 6, 10), "on_a_list"), ("", date(2025, 5, 1), ""), ("list", date(2025, 5, 1), "held_out"),
     ("universal", date(2025, 3, 1), ""), ("", AS_OF, "")],
)  # fmt: skip
def test_who_is_on_a_list_rests_and_who_is_held_out_is_left_alone_for_longer(
    arm: str, frozen_on: date, verdict: str
) -> None:
    listed = {"list": "spring", "customer_id": "ann", "frozen_on": frozen_on, "held_out": arm}
    assert make(base(buyer("ann", dormant=True)) | {"recorded_lists": [listed]}).row("candidates")["verdict"] == verdict


def test_what_was_said_and_listed_under_another_number_of_hers_counts_for_her() -> None:
    shop = base(buyer("ann", dormant=True)) | {"merged_numbers": [{"number": "web-ann", "customer_id": "ann"}]}
    listed = {"list": "spring", "customer_id": "web-ann", "frozen_on": date(2025, 6, 10), "held_out": ""}
    said = {"judgement_id": 1, "customer_id": "web-ann", "play": "", "veto": True, "made_on": date(2025, 6, 1)}
    done = {"follow_up_id": 1, "customer_id": "web-ann", "play": "", "follow_up": "accepted", "made_on": AS_OF}
    assert make(shop | {"recorded_lists": [listed]}).row("candidates")["verdict"] == "on_a_list"
    assert make(shop | {"recorded_judgements": [said]}).row("candidates")["verdict"] == "vetoed"
    assert make(shop | {"recorded_follow_ups": [done]}).row("follow_ups")["customer_id"] == "ann"


def test_who_said_no_to_the_play_s_channel_is_not_asked_by_it() -> None:
    row = make(base(buyer("ann", dormant=True, by_email=False))).row("candidates")
    assert (row["contact"], row["verdict"]) == ("no_channel", "no_channel")
