"""A plan of the business is answered with who fits, may be asked, and is worth it."""

import json
from pathlib import Path
from typing import Any

import pytest

from motherlode.project import Project
from small_project import made, said

PLAN = """
play = "win_back"
customers = 4

[where]
stage = "lost"
yearly_spend = ">= 0"
city = ["上海", "北京"]

[settings]
voucher = 1.0
channel = "sms"
"""


def planned(tmp_path: Path, text: str, *more: str, code: int = 0) -> Any:
    file = tmp_path / "plan.toml"
    file.write_text(text, encoding="utf-8")
    told = said("opportunities", "--plan", str(file), *more, at=made())
    assert told.exit_code == code, told.stderr
    return told


def test_who_fits_is_listed_best_first_with_reasons_and_as_many_as_wanted(tmp_path: Path) -> None:
    told = planned(tmp_path, PLAN, "--format", "json")
    rows = json.loads(told.stdout)
    assert [row["rank"] for row in rows] == [1, 2, 3, 4] and "fit the plan" in told.stderr
    assert {(row["play"], row["stage"], row["channel"]) for row in rows} == {("win_back", "lost", "sms")}
    assert [row["net"] for row in rows] == sorted((row["net"] for row in rows), reverse=True)
    assert all(row["reason"] and row["value"] > row["cost"] for row in rows)


def test_settings_of_the_plan_count_for_the_plan_alone(tmp_path: Path) -> None:
    with Project(made(), read_only=True) as shop:
        usual = {
            row["customer_id"]: row["cost"] for row in shop.table("opportunity.candidates") if row["play"] == "win_back"
        }
    rows = json.loads(planned(tmp_path, PLAN, "--format", "json").stdout)
    assert all(row["cost"] < usual[row["customer_id"]] for row in rows)


def test_money_ends_a_plan_too(tmp_path: Path) -> None:
    rows = json.loads(planned(tmp_path, PLAN, "--budget", "2.5", "--format", "json").stdout)
    assert 0 < len(rows) < 4 and sum(row["cost"] for row in rows) <= 2.5


def test_a_plan_is_shown_in_words(tmp_path: Path) -> None:
    assert "Win back" in planned(tmp_path, PLAN).stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('play = "win_bak"', "win_back"),
        ('play = "win_back"\n[where]\nstge = "lost"', "stage"),
        ('play = "win_back"\n[where]\nyearly_spend = "> much"', "no number"),
        ('play = "win_back"\n[settings]\nvouchr = 1', "voucher"),
        ('plays = "win_back"', "plays"),
        ("play =", "plan.toml"),
    ],
)
def test_what_a_plan_gets_wrong_is_told_with_the_cure(tmp_path: Path, text: str, says: str) -> None:
    assert says in planned(tmp_path, text, code=1).stderr


def test_a_plan_says_itself_what_it_is_about(tmp_path: Path) -> None:
    assert "--plan says itself" in planned(tmp_path, PLAN, "--stage", "lost", code=2).stderr


def test_a_focus_has_the_whole_budget_for_itself() -> None:
    with Project(made(), read_only=True) as shop:
        alone = shop.opportunities(stages=["decline"], budget=60.0)
        shared = [row for row in shop.opportunities(budget=60.0) if row["stage"] == "decline"]
    assert sum(row["cost"] for row in alone) <= 60.0
    assert sum(row["net"] for row in alone) >= sum(row["net"] for row in shared)


def test_efficiency_is_the_line_of_the_highest_return_over_all_stages() -> None:
    rows = json.loads(said("opportunities", "--focus", "efficiency", "--format", "json", at=made()).stdout)
    assert rows and {row["cut_line"] for row in rows} == {"roi_peak"}
    assert [row["roi"] for row in rows] == sorted((row["roi"] for row in rows), reverse=True)
