"""Tests of what the next yuan buys."""

from opportunity_base import candidate, make


def bought(*offers: tuple[str, float, float]) -> list[tuple[str, float, float]]:
    rows = make({"candidates": [candidate("ann", *offer) for offer in offers]}).rows("steps")
    return [(row["play"], row["step_cost"], row["step_value"]) for row in rows]


def test_a_step_is_what_a_dearer_play_adds() -> None:
    assert bought(("mail", 10, 1), ("call", 50, 21)) == [("mail", 1.0, 10.0), ("call", 20.0, 40.0)]


def test_a_play_that_costs_more_and_brings_less_is_no_step() -> None:
    assert bought(("mail", 10, 1), ("gift", 9, 5)) == [("mail", 1.0, 10.0)]


def test_a_play_that_a_mixture_beats_is_no_step() -> None:
    assert [play for play, *_ in bought(("mail", 10, 1), ("gift", 12, 11), ("call", 50, 21))] == ["mail", "call"]


def test_a_dearer_play_whose_extra_cost_does_not_come_back_is_no_step() -> None:
    assert bought(("mail", 10, 1), ("call", 20, 15)) == [("mail", 1.0, 10.0)]


def test_of_two_equal_plays_the_first_by_name_is_taken() -> None:
    assert bought(("sms", 10, 1), ("mail", 10, 1)) == [("mail", 1.0, 10.0)]
