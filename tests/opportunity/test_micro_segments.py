"""The long tail: who is too small to be treated alone is treated with others, by a channel that needs nobody."""

from typing import Any

from opportunity_base import Base, candidate, make

FEW = {"ranked": {"least_members": 3}}


def tail(*interests: str, **more: Any) -> Base:
    """Customers whose e-mail earns a little, by what they buy; and one to be called, and one worth a lot."""
    small = [candidate(f"c{n}", "wake_dormant", 5.0, 1.0, channel="email", **more) for n in range(len(interests))]
    others = [
        candidate("called", "protect_core", 10.0, 1.0, channel="phone"),
        candidate("large", "wake_dormant", 99.0, 1.0, channel="email"),
    ]
    habits = [{"customer_id": f"c{n}", "main_category": name} for n, name in enumerate(interests)]
    return make({"candidates": [*small, *others], "habits": habits}, settings=FEW)


def groups(base: Base) -> dict[str, str | None]:
    return {row["customer_id"]: row["micro_segment"] for row in base.rows("ranked")}


def test_small_customers_of_one_interest_are_a_group_and_the_rest_is_put_together_more_widely() -> None:
    found = groups(tail("tea", "tea", "tea", "pots", "cups", "cups"))
    assert {found[f"c{n}"] for n in range(3)} == {"wake_dormant/mature/mid/tea"}
    assert {found[f"c{n}"] for n in range(3, 6)} == {"wake_dormant/mature/mid"}


def test_too_few_for_any_group_are_at_least_one_action() -> None:
    found = groups(tail("tea", "pots"))
    assert found["c0"] == found["c1"] == "wake_dormant"


def test_who_is_called_or_worth_a_look_is_treated_alone() -> None:
    found = groups(tail("tea", "tea", "tea"))
    assert found["called"] is None and found["large"] is None


def test_a_group_adds_up_what_its_members_bring() -> None:
    base = tail("tea", "tea", "tea", "tea")
    row = base.row("micro_segments")
    assert (row["customers"], row["value"], row["cost"], row["net"], row["net_each"]) == (4, 20.0, 4.0, 16.0, 4.0)
    assert (row["value_low"], row["value_high"], row["play"], row["channel"]) == (10.0, 30.0, "wake_dormant", "email")


def test_where_no_interest_is_known_none_is_named() -> None:
    found = groups(tail("", "", "", ""))
    assert {found[f"c{n}"] for n in range(4)} == {"wake_dormant/mature/mid"}


def test_who_is_not_on_the_list_is_in_no_group() -> None:
    base = tail("tea", "tea", "tea", verdict="refused")
    assert base.rows("micro_segments") == []
