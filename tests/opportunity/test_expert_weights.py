"""The weight of those who know customers is a belief until outcomes say what it should be."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from opportunity_base import base, buyer, make

SAID, ENDED, FROZEN = date(2025, 4, 1), date(2025, 5, 1), date(2024, 12, 31)


def weights(rows: dict[str, list[dict[str, Any]]], **settings: Any) -> dict[str, dict[str, Any]]:
    made = make(rows, settings={"candidates": settings})
    return {row["learnt_from"]: row for row in made.rows("expert_weights")}


def chance(odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-odds))


def followed(cases: int, knows: str, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """Scored customers who were won as often as the expert, or the figures, had said; the other one guesses."""
    dice = np.random.default_rng(3)
    said = {who: chance(dice.normal(0, 1.5, cases)) for who in ("expert", "figures")}
    won = dice.random(cases) < said[knows]
    judgements, follow_ups = [], []
    for number in range(cases):
        shared = {"customer_id": f"j{number:04}", "play": ""}
        scores = {"score": said["expert"][number], "figures_score": said["figures"][number]}
        judgements.append({**shared, **scores, "judgement_id": number, "veto": False, "made_on": SAID} | more)
        ended = {"follow_up": "won" if won[number] else "lost", "made_on": ENDED}
        follow_ups.append({**shared, **ended, "follow_up_id": number, "act": f"a{number}"})
    return {"recorded_judgements": judgements, "recorded_follow_ups": follow_ups}


def test_before_any_outcome_the_weight_is_the_one_that_was_set() -> None:
    rows = weights(base(buyer("ann")))
    assert set(rows) == {"hold_outs", "follow_ups", "together"}
    together = rows["together"]
    assert (together["pool_weight"], together["cases"], together["used"]) == (0.4, 0, False)
    assert together["learnt_weight"] == pytest.approx(0.4, abs=0.01)
    assert together["weight_low"] < 0.3 and together["weight_high"] > 0.5
    assert weights(base(buyer("ann")), expert_weight=0.7)["together"]["pool_weight"] == 0.7


def test_an_expert_who_knew_who_was_won_weighs_more_and_one_who_guessed_less() -> None:
    knew, guessed = (weights(followed(300, knows))["together"] for knows in ("expert", "figures"))
    assert knew["used"] and knew["pool_weight"] > 0.6 and knew["weight_low"] > 0.4
    assert guessed["used"] and guessed["pool_weight"] < 0.25 and guessed["weight_high"] < 0.4


def test_a_few_outcomes_are_told_and_not_used() -> None:
    few = weights(followed(12, "expert"))["together"]
    assert (few["cases"], few["needed"], few["used"], few["pool_weight"]) == (12, 30, False, 0.4)
    assert few["learnt_weight"] == pytest.approx(0.4, abs=0.1)
    assert weights(followed(12, "expert"), least_cases=10)["together"]["used"]


def test_what_was_said_after_the_outcome_or_long_before_it_does_not_count() -> None:
    late, old = ({"made_on": day} for day in (ENDED + timedelta(days=1), ENDED - timedelta(days=91)))
    assert weights(followed(50, "expert", **late))["together"]["cases"] == 0
    assert weights(followed(50, "expert", **old))["together"]["cases"] == 0
    assert weights(followed(50, "expert", play="win_back"))["together"]["cases"] == 50


def test_what_was_learnt_moves_the_values_of_candidates() -> None:
    shop = base(buyer("ann", dormant=True))
    said = {"customer_id": "ann", "play": "", "score": 0.1, "veto": False, "made_on": date(2025, 6, 1)}
    seen = followed(300, "expert")
    seen["recorded_judgements"].append({**said, "judgement_id": 999})
    before = make(shop | {"recorded_judgements": [{**said, "judgement_id": 1}]}).row("candidates")
    after = make(shop | seen).row("candidates")
    assert after["figures_value"] == before["figures_value"] > before["value"] > after["value"] > 0


def listed(members: int, known: bool, seed: int = 7) -> dict[str, list[dict[str, Any]]]:
    """A list whose treated members gain, or not, by the amount that the expert saw coming, or did not."""
    dice = np.random.default_rng(seed)
    people, orders = [], []
    gains = dice.random(members) < 0.5
    seen = gains if known else dice.permutation(gains)
    for number in range(members):
        who, usual, held = f"m{number:04}", 40 * dice.lognormal(0, 0.5), dice.random() < 0.4
        stake = usual * 6 * 0.5
        people.append(
            {"list": "winter", "customer_id": who, "frozen_on": FROZEN, "play": "wake_dormant", "stage": "mature",
             "held_out": "list" if held else "", "propensity": 0.6, "value": stake * 0.2, "value_low": 0.0,
             "value_high": stake * 0.4, "cost": 1.0, "at_stake": stake, "margin_share": 0.5,
             "assumed_value": stake * 0.2, "assumed_high": stake * 0.4, "value_tier": "mid",
             "expert_score": 0.9 if seen[number] else 0.1, "figures_score": 0.5, "figures_value": stake * 0.2}
        )  # fmt: skip
        for day, more in (
            (FROZEN - timedelta(days=100), 1.0),
            (FROZEN + timedelta(days=90), 1.0 + 0.6 * gains[number]),
        ):
            paid = usual * 3 * dice.normal(1, 0.1) * (1.0 if held else more)
            orders.append({"customer_id": who, "ordered_on": day, "amount": Decimal(f"{paid:.4f}")})
    return {"recorded_lists": people, "orders": orders}


def test_members_who_gained_against_the_held_out_as_the_expert_said_raise_the_weight() -> None:
    rows = weights(listed(600, known=True))
    assert rows["hold_outs"]["cases"] == 600 and rows["follow_ups"]["cases"] == 0
    assert rows["together"]["used"] and rows["together"]["weight_low"] > 0.4
    assert rows["together"]["pool_weight"] == rows["hold_outs"]["learnt_weight"]


@pytest.mark.parametrize("seed", range(3))
def test_members_who_gained_whatever_the_expert_said_do_not(seed: int) -> None:
    told = weights(listed(600, known=False, seed=seed))["together"]
    assert told["used"] and told["pool_weight"] < 0.4


def test_lists_without_an_expert_s_word_or_without_a_hold_out_tell_nothing_of_the_weight() -> None:
    silent = listed(100, known=True)
    for row in silent["recorded_lists"]:
        row["expert_score"] = None
    alone = listed(100, known=True)
    alone["recorded_lists"] = [row for row in alone["recorded_lists"] if not row["held_out"]]
    for rows in (silent, alone):
        assert weights(rows)["together"]["cases"] == 0
