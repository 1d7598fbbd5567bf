"""Automated decisions are written down, each with what it rests on."""

import json
from datetime import date

import pytest

from motherlode.project import Project
from small_project import copied, said


@pytest.fixture
def shop(tmp_path):
    return copied(tmp_path)


def decisions(shop, *words: str) -> list[dict]:
    done = said("audit", "decisions", *words, "--format", "json", at=shop)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_gdpr_22_pipl_55_every_decision_of_a_run_is_written_down_with_what_it_rests_on(shop):
    with Project(shop) as project:
        ranked = {row["customer_id"]: row for row in project.table("opportunity.ranked")}
        noted = {row["customer_id"]: row for row in project.ledger.read("decisions")}
    assert noted.keys() == ranked.keys() and noted
    who = next(iter(noted))
    (row,) = decisions(shop, who)
    assert (row["play"], row["reason"], row["facts"]["value"]) == (
        ranked[who]["play"], ranked[who]["reason"], ranked[who]["value"],
    )  # fmt: skip
    assert row["rules"]["version"] and "settings" in row["rules"]
    assert all(other["play"] != row["play"] for other in row["alternatives"] or ())


def test_gdpr_17_gdpr_15_a_decision_about_one_person_names_no_other_and_an_older_one_no_longer(shop):
    with Project(shop) as project:
        first, other = project.ledger.read("decisions")[:2]
        peers = {row["peer_id"] for row in project.table("opportunity.ranked")} - {None}
        assert peers and not any("peer_id" in (row["facts"] or "") for row in project.ledger.read("decisions"))
        named = {name: value for name, value in first.items() if name != "decision_id"}
        project.ledger.record("decisions", [{**named, "facts": f'{{"peer_id":"{other["customer_id"]}","value":1}}'}])
        project.ledger.forget([other["customer_id"]])
        left = project.ledger.about("decisions", [first["customer_id"]])
    assert left[-1]["facts"] == '{"peer_id":null,"value":1}' and left[0]["facts"] == first["facts"]


def test_a_decision_that_stays_the_same_is_written_once_and_another_one_is_added(shop):
    with Project(shop) as project:
        before = len(project.ledger.read("decisions"))
        project.run()
        assert len(project.ledger.read("decisions")) == before
        project.run(date(2024, 3, 1))
        assert len(project.ledger.read("decisions")) > before
        assert project.audit.entries(1)[0]["noted"] > 0


def test_gdpr_15_decisions_are_part_of_an_access_request_and_go_with_an_erasure(shop):
    with Project(shop) as project:
        who = project.ledger.read("decisions")[0]["customer_id"]
    answer = json.loads(said("rights", "access", who, at=shop).stdout)
    assert [row["customer_id"] for row in answer["decisions"]] == [who]
    said("rights", "erase", who, "--yes", at=shop)
    with Project(shop) as project:
        assert who not in {row["customer_id"] for row in project.ledger.read("decisions")}


def test_decisions_are_shown_in_words(shop):
    assert "其他方案" in said("audit", "decisions", "--limit", "2", at=shop, lang="zh").output
