"""Tests of value against risk."""

from typing import Any

from opportunity_base import Base, base, buyer, make


def shop(forecasts: dict[str, float] | None = None, **more: Any) -> Base:
    people = [
        buyer("ann", value_tier="high", overdue_ratio=0.3),
        buyer("bob", value_tier="high", overdue_ratio=2.5, dormant=True, spend_365d=50_000.0, idle_days=90),
        buyer("cat", value_tier="low", overdue_ratio=0.2),
        buyer("dan", "decline", value_tier="low"),
        buyer("eve", "lost", value_tier="none"),
    ]
    scores = [{"target": "leaves_90d", "customer_id": who, "score": score} for who, score in (forecasts or {}).items()]
    return make(base(*people) | {"scores": scores}, **more)


def corner(made: Base) -> dict[str, str]:
    return {row["customer_id"]: row["corner"] for row in made.rows("value_risk")}


def test_without_a_forecast_the_own_rhythm_tells_who_is_at_risk() -> None:
    assert corner(shop()) == {"ann": "keep_and_grow", "bob": "save", "cat": "develop", "dan": "let_be"}


def test_a_forecast_counts_before_the_rhythm_and_the_value_at_risk_is_their_product() -> None:
    made = shop({"ann": 0.9, "bob": 0.1, "cat": 0.2, "dan": 0.3})
    assert corner(made) == {"ann": "save", "bob": "keep_and_grow", "cat": "develop", "dan": "develop"}
    assert made.row("value_risk", customer_id="ann")["value_at_risk"] == 900.0


def test_from_which_probability_on_somebody_is_at_risk_can_be_said() -> None:
    made = shop({"ann": 0.4, "bob": 0.6}, settings={"value_risk": {"least_risk": 0.5}})
    assert (corner(made)["ann"], corner(made)["bob"]) == ("keep_and_grow", "save")


def test_corners_add_up_to_all_buyers_and_get_different_plays() -> None:
    rows = shop().rows("corners")
    assert sum(row["customers"] for row in rows) == 4
    plays = {row["corner"]: row["play"] for row in rows}
    assert plays["save"] == "protect_core" and plays["let_be"] != "protect_core"
