"""The thin loop from end to end: a list is frozen, people act on it, orders come in, and the next list knows better.

A shop whose truth is known: what the action adds to the sales of the treated is decided here, and must be found.
"""

import csv
import json
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from shutil import copytree
from tempfile import mkdtemp
from typing import Any

import openpyxl
import pytest

from motherlode.opportunity.candidates import SURE
from motherlode.project import Project
from small_project import SETTINGS, people, plugin, plugins_forgotten, said, write_csv

FROZEN = date(2024, 6, 30)
# Fewer than models learn from: the list is what is looked at here.
CUSTOMERS = 160
# The play that everybody gets; the truth is what it adds to the sales of the treated.
CARD = '''
"""A card for everybody."""

import ibis.expr.types as ir

from motherlode.opportunity.offers import Effort, Prior, Why, offer
from motherlode.tables import play


@play
def card(stakes: ir.Table, *, lift: float = 0.2, lift_sd: float = 0.1) -> ir.Table:
    """A card to everybody who bought."""
    rows = stakes.filter(stakes.yearly_spend > 0)
    why = Why("orders_beside_peer", rows.yearly_orders, rows.usual_orders)
    return offer(rows, rows.yearly_spend, Prior(lift, lift_sd), Effort("email", 0.1), 0.5, why)
'''


def orders(first: date, last: date, gain: dict[str, float], seed: int) -> list[dict[str, Any]]:
    """Each customer's order every 15 days or so, in an amount of the customer's own, more for those with a gain."""
    dice = Random(seed)
    rows = []
    for who in range(CUSTOMERS):
        name, size = f"c{who:03}", 20 + 80 * Random(who).random()
        day = first + timedelta(days=dice.randrange(15))
        while day <= last:
            price = size * dice.uniform(0.8, 1.2) * (1 + gain.get(name, 0.0))
            rows.append(
                {"no": f"{who}-{day}", "who": name, "day": day.isoformat(), "sku": "t1", "name": "tea", "kind": "茶",
                 "pieces": 1, "price": f"{price:.2f}"}
            )  # fmt: skip
            day += timedelta(days=dice.randrange(12, 19))
    return rows


@cache
def frozen() -> Path:
    """The shop with a list of everybody, frozen; what orders come next, the tests decide."""
    folder = Path(mkdtemp(prefix="card-shop-"))
    write_csv(folder / "inbox" / "sales.csv", orders(date(2023, 3, 1), FROZEN, {}, seed=1))
    write_csv(folder / "inbox" / "people.csv", people(CUSTOMERS))
    (folder / "motherlode.toml").write_text(SETTINGS, encoding="utf-8")
    plugin(folder, "opportunity/card.py", CARD)
    with Project(folder) as shop:
        shop.load()
        shop.run()
    told = said("opportunities", "--as-list", "spring", "--play", "card", "--unrecorded", at=folder)
    assert told.exit_code == 0, told.stderr
    return folder


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "lists" / "spring.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def ninety_days_later(folder: Path, truth: float) -> Path:
    """The same shop, in which whoever was on the exported list bought more since."""
    shop = copytree(frozen(), folder / "shop")
    gain = {row["customer_id"]: truth for row in listed(shop)}
    later = orders(FROZEN + timedelta(days=1), FROZEN + timedelta(days=90), gain, seed=2)
    write_csv(shop / "inbox" / "sales-later.csv", later)
    with Project(shop) as project:
        project.load()
        project.run()
    return shop


def read(shop: Path) -> dict[str, Any]:
    told = said("readout", "spring", "--format", "json", at=shop)
    assert told.exit_code == 0, told.stderr
    return json.loads(told.stdout)


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    with plugins_forgotten():
        yield


def test_an_exported_list_holds_who_is_to_be_contacted_and_nothing_personal() -> None:
    rows = listed(frozen())
    with Project(frozen()) as shop:
        members = {row["customer_id"]: row["held_out"] for row in shop.ledger.read("list_members")}
        (promise,) = shop.ledger.read("lists")
    treated = {who for who, arm in members.items() if not arm}
    assert {row["customer_id"] for row in rows} == treated and 0.7 < len(treated) / len(members) < 0.82
    assert set(rows[0]) == {
        "list", "customer_id", "play", "action", "channel", "reason", "value", "cost", "contact", "expires_on"
    }  # fmt: skip
    assert (promise["customers"], promise["held_out"]) == (len(treated), len(members) - len(treated))
    assert promise["value"] == pytest.approx(sum(float(row["value"]) for row in rows), rel=1e-6)


def test_without_consent_on_record_nobody_is_contacted() -> None:
    told = said("opportunities", "--as-list", "autumn", at=frozen())
    assert told.exit_code == 1 and "No consent on record (160)" in told.stderr and "--unrecorded" in told.stderr


def test_a_frozen_list_is_never_changed() -> None:
    told = said("opportunities", "--as-list", "spring", at=frozen())
    assert told.exit_code == 1 and "never changed" in told.stderr and "another name" in told.stderr


@pytest.mark.parametrize("name", ["../spring", "", "a b", ".x"])
def test_a_name_that_is_no_name_is_told(name: str) -> None:
    told = said("opportunities", "--as-list", name or "-", at=frozen())
    assert told.exit_code == 1 and "no name for a list" in told.stderr
    assert "there is no list" in said("readout", "sprng", at=frozen()).stderr


def test_before_orders_come_in_there_is_nothing_to_read_out(tmp_path: Path) -> None:
    told = said("readout", "spring", at=frozen())
    assert told.exit_code == 1 and "frozen after the tables were made" in told.stderr
    shop = copytree(frozen(), tmp_path / "shop")
    with Project(shop) as project:
        project.run()
    told = said("readout", "spring", at=shop)
    assert told.exit_code == 1 and "nothing has come in" in told.stderr


def test_a_list_that_works_is_told_apart_and_moves_the_next_ranking(tmp_path: Path) -> None:
    shop = ninety_days_later(tmp_path, truth=0.1)
    with Project(shop) as project:
        before = {row["customer_id"]: row for row in project.opportunities(play="card", everything=True)}
        sold = project.ledger.read("list_members")
    found = read(shop)
    extra = sum(row["at_stake"] for row in sold if not row["held_out"]) * 90 / 365 * 1.1**0.5 * 0.1
    assert found["verdict"] == "confirmed" and found["days"] > 80
    assert found["delivered_low"] < extra < found["delivered_high"]
    # It promised a lift of 20 % where the truth is 10 %.
    assert 1.6 < found["claim_ratio"] < 2.5
    (play,) = found["plays"]
    assert play["lift_before"] == pytest.approx(0.2) and play["lift_after"] < 0.13
    with Project(shop) as project:
        project.run()
        after = {row["customer_id"]: row for row in project.opportunities(play="card", everything=True)}
        (plan,) = project.query(project.expression("opportunity.plan").filter(lambda t: t.play == "card")).to_dicts()
        measured_cells = project.table("opportunity.measured_lifts").to_dicts()
        chosen = [
            row for row in project.table("opportunity.ranked").to_dicts() if row["chosen"] and row["play"] == "card"
        ]
        cells = [row for row in project.table("opportunity.expected_lifts").to_dicts() if row["play"] == "card"]
    same = sorted(set(before) & set(after))
    assert {before[who]["evidence_level"] for who in same} == {"E0"}
    # A cell is E4 where its own lift is above nil beyond chance; the others of a measured stage are E3.
    sure = {(row["stage"], row["value_tier"]): row["lift"] > SURE * row["lift_error"] for row in measured_cells}
    for who in same:
        told = after[who]
        assert told["evidence_level"] == ("E4" if sure[told["stage"], told["value_tier"]] else "E3")
    assert "E4" in {after[who]["evidence_level"] for who in same}
    assert all(after[who]["value"] < before[who]["value"] * 0.7 for who in same)
    # The readout is about those who were treated, the plan about all, each by the same lifts of stage and tier.
    treated = sum(row["treated"] for row in cells)
    measured = sum(row["treated"] * row["lift"] for row in cells) / treated
    assert play["lift_after"] == pytest.approx(measured, rel=0.01)
    lifts = {(row["stage"], row["value_tier"]): row["lift"] for row in cells}
    staked = sum(row["at_stake"] * lifts[row["stage"], row["value_tier"]] for row in chosen)
    staked /= sum(row["at_stake"] for row in chosen)
    assert plan["assumed_lift"] == pytest.approx(0.2) and plan["lift"] == pytest.approx(staked, rel=0.01)


def test_a_list_that_does_nothing_is_called_not_significant(tmp_path: Path) -> None:
    shop = ninety_days_later(tmp_path, truth=0.0)
    found = read(shop)
    assert found["verdict"] == "not_significant"
    assert found["delivered_low"] < 0 < found["delivered_high"]
    assert found["plays"][0]["lift_after"] < 0.05
    said_so = said("readout", "spring", at=shop)
    assert "Not significant" in said_so.stdout and "20.00%" in said_so.stdout
    assert "不显著" in said("readout", "spring", at=shop, lang="zh").stdout
    with Project(shop) as project:
        # Read three times, recorded once: the whole, the play, and its stages.
        readings = [row for row in project.ledger.read("readouts") if not row["play"]]
    assert len(readings) == 1
    (row,) = json.loads(said("lists", "--format", "json", at=shop).stdout)
    assert (row["list"], row["verdict"]) == ("spring", "not_significant")


def test_who_is_forgotten_is_on_no_list_any_more(tmp_path: Path) -> None:
    shop = copytree(frozen(), tmp_path / "shop")
    who = listed(shop)[0]["customer_id"]
    told = said("rights", "erase", who, "--yes", at=shop)
    assert told.exit_code == 0, told.stderr
    with Project(shop) as project:
        assert who not in {row["customer_id"] for row in project.ledger.read("list_members")}


def test_a_list_can_be_an_excel_file(tmp_path: Path) -> None:
    shop = copytree(frozen(), tmp_path / "shop")
    told = said(
        "opportunities",
        "--as-list",
        "夏季",
        "--limit",
        "50",
        "--unrecorded",
        "-o",
        str(tmp_path / "x.xlsx"),
        at=shop,
        lang="zh",
    )
    assert told.exit_code == 0, told.stderr
    assert re.search(r"触达 \d+ 人，对照组 \d+ 人", told.stderr)
    header, *rows = openpyxl.load_workbook(tmp_path / "x.xlsx").active.values
    assert header[:3] == ("list", "customer_id", "play") and 30 < len(rows) < 50


def test_who_would_pay_but_for_the_limits_is_counted(tmp_path: Path) -> None:
    with Project(frozen(), read_only=True) as shop:
        assert shop.held_back() == {}
        limited = shop.held_back(budget=1.0)
    assert set(limited) == {"over_budget"} and limited["over_budget"] > 100
    told = said("opportunities", "--budget", "1", at=frozen())
    assert "would pay, but is left out: Over budget" in told.stderr and "E0" in told.stdout


def test_who_knows_a_customer_can_veto_and_score(tmp_path: Path) -> None:
    shop = copytree(frozen(), tmp_path / "shop")
    assert said("judge", "c001", "--veto", "--reason", "complaint is open", at=shop).exit_code == 0
    assert "已记录 80%" in said("judge", "c002", "--play", "card", "--score", "0.8", at=shop, lang="zh").stderr
    with Project(shop) as project:
        noted = [(row["customer_id"], row["veto"], row["score"]) for row in project.ledger.read("judgements")]
        project.run()
        found = project.table("opportunity.candidates").to_dicts()
    rows = {row["customer_id"]: row for row in found if row["play"] == "card"}
    assert noted == [("c001", True, None), ("c002", False, 0.8)]
    assert (rows["c001"]["verdict"], rows["c002"]["expert_score"]) == ("vetoed", 0.8)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("c001",), 2, "either"),
        (("nobody", "--veto"), 1, "no customer"),
        (("c001", "--veto", "--play", "crd"), 1, "card"),
    ],
)
def test_a_judgement_that_says_nothing_or_of_nobody_is_told(words: tuple[str, ...], code: int, says: str) -> None:
    told = said("judge", *words, at=frozen())
    assert told.exit_code == code and says in told.stderr
