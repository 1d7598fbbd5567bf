"""Tests of what the list promises: its curve, its lines, its plan and its claim."""

import math

import pytest
from opportunity_base import PROMISES, Base, candidate, make

LATE = [candidate(f"c{number:03}", "mail" if number % 2 else "call", 100.0 - number, 10.0) for number in range(90)]
LIST = make({"candidates": LATE}, settings={"ranked": {"budget": 500.0}})


def empty() -> Base:
    return make({})


def test_the_curve_ends_with_the_whole_list() -> None:
    last = LIST.rows("curve")[-1]
    assert (last["customers"], last["cost"]) == (90, 900.0)


def test_the_curve_has_at_most_two_hundred_points() -> None:
    rows = [candidate(f"c{number:04}", "mail", 100.0, 1.0) for number in range(1001)]
    points = make({"candidates": rows}).rows("curve")
    assert len(points) <= 200
    assert points[-1]["customers"] == 1001


def test_value_never_falls_along_the_curve() -> None:
    values = [point["value"] for point in LIST.rows("curve")]
    assert values == sorted(values)


def test_the_margin_of_the_curve_is_that_of_the_last_few() -> None:
    last = LIST.rows("curve")[-1]
    few = sorted(row["value"] for row in LATE)[:50]
    assert last["marginal_roi"] == pytest.approx((sum(few) - 500) / 500)


def test_customers_of_one_play_err_together_plays_do_not_and_all_that_is_at_stake_does() -> None:
    claim, plan = LIST.row("claim"), LIST.rows("plan")
    apart = [row["value_high"] - row["value"] for row in plan]
    assert claim["value_high"] - claim["value"] == pytest.approx(math.hypot(0.2563 * claim["value"], *apart), rel=1e-4)
    assert sum(apart) == pytest.approx(claim["value"] * 0.5)


def test_the_claim_is_the_sum_of_the_chosen() -> None:
    chosen = LIST.rows("ranked", chosen=True)
    claim = LIST.row("claim")
    assert (claim["customers"], claim["cost"]) == (50, 500.0)
    assert claim["value"] == pytest.approx(sum(row["value"] for row in chosen))


def test_the_plan_names_the_setting_of_each_lift() -> None:
    settings = {row["setting"]: round(row["assumed_lift"], 6) for row in LIST.rows("plan")}
    assert settings == {"call.lift": 0.05, "mail.lift": 0.05}


def test_lines_lie_within_each_other() -> None:
    lines = sorted(LIST.rows("cut_lines"), key=lambda row: row["place"])
    assert [row["line"] for row in lines] == ["roi_peak", "budget", "hurdle", "profit_peak"]
    assert [row["customers"] for row in lines] == [30, 50, 90, 90]


def test_the_line_of_the_budget_tells_the_price_of_the_next_yuan() -> None:
    (line,) = LIST.rows("cut_lines", line="budget")
    # The 51st customer would bring 50 for 10.
    assert line["shadow_price"] == pytest.approx(4.0)


def test_the_profit_peak_takes_the_plays_that_are_best_without_a_budget() -> None:
    rows = [candidate("ann", "mail", 30.0, 1.0), candidate("ann", "call", 100.0, 40.0)]
    (peak,) = make({"candidates": rows}, settings={"ranked": {"budget": 1.0}}).rows("cut_lines", line="profit_peak")
    assert (peak["cost"], peak["value"]) == (40.0, 100.0)


# What is in force is said of an empty house too.
ALWAYS = {"cut_lines", "claim", "shadow_prices", "expert_weights", "ranking"}


@pytest.mark.parametrize("name", sorted(set(PROMISES) - ALWAYS))
def test_no_customers_make_no_rows(name: str) -> None:
    assert empty().rows(name) == []


def test_no_customers_claim_nothing() -> None:
    claim = empty().row("claim")
    assert (claim["customers"], claim["value"], claim["novelty"]) == (0, 0.0, None)
