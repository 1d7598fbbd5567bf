"""Who may read which personal fields, for what and of whom."""

import json
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from motherlode.access import CLASSES, FIELD_CLASSES, Reading, Rule, classes_of, decide, rules_of
from motherlode.config import parse_config
from motherlode.errors import ConfigError, Refused
from motherlode.project import Project
from motherlode.schemas import INPUTS
from motherlode.vault import open_vault
from small_project import copied, made, said

NOW = datetime(2026, 3, 1, 12)
SERVICE = Reading("service", "service", actor="li")
RULES = rules_of()


@pytest.fixture
def vault(tmp_path):
    vault = open_vault("sqlite:///data/vault.sqlite", tmp_path)
    people = [f"c{number:03}" for number in range(300)]
    phones = [f"+861380013{number:04}" for number in range(300)]
    vault.keep(pa.table({"customer_id": people, "phone": phones, "name": ["欧阳明"] * 300}), now=NOW)
    yield vault
    vault.close()


def test_every_personal_column_has_a_class():
    named = {column.name for table in INPUTS.values() for column in table.columns if column.personal}
    assert named - {field for fields in FIELD_CLASSES.values() for field in fields} == set()


@pytest.mark.parametrize(
    ("reading", "refused"),
    [
        (Reading("", "service"), "unnamed"),
        (Reading("service", " "), "unnamed"),
        (Reading("boss", "service"), "unknown_role"),
        (Reading("service", "curiosity"), "unknown_purpose"),
        (Reading("service", "marketing"), "not_granted"),
        (Reading("analyst", "profiling"), "not_granted"),
        (Reading("compliance", "security", break_glass=True), "no_reason"),
        (Reading("analyst", "profiling", reason="curious", break_glass=True), "no_glass"),
    ],
)
def test_gdpr_32_pipl_51_what_no_rule_grants_is_refused(reading, refused):
    assert decide(RULES, reading, classes_of(["phone"])).refused == refused


def test_a_reading_is_refused_whole_and_names_the_class_that_is_not_granted():
    verdict = decide(RULES, SERVICE, classes_of(["phone", "text"]))
    assert (verdict.refused, verdict.denied, verdict.shows) == ("not_granted", ("unsorted",), {})


def test_glass_shows_everything():
    verdict = decide(RULES, Reading("compliance", "security", reason="incident", break_glass=True), CLASSES)
    assert set(verdict.shows.values()) == {"clear"} and set(verdict.shows) == set(CLASSES)


def test_a_house_s_own_rules_take_the_place_of_those_of_the_role():
    rules = rules_of([Rule("service", ("service",), masked=("contact",))])
    assert decide(rules, SERVICE, ("contact",)).shows == {"contact": "masked"}
    assert decide(rules, SERVICE, ("identity",)).refused == "not_granted"
    assert decide(rules, Reading("sales", "service"), ("identity",)).refused == ""


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"role": "service", "purposes": ["servise"]}, "servise"),
        ({"role": "service", "purposes": ["service"], "clear": ["phone"]}, "phone"),
        ({"role": "rights", "purposes": ["service"]}, "roles of people"),
        ({"role": "x", "purposes": [], "rows": "some"}, "Invalid enum value"),
    ],
)
def test_a_rule_with_an_unknown_word_is_refused(rule, told, tmp_path):
    with pytest.raises(ConfigError, match=told):
        parse_config({"access": [rule]}, tmp_path)


def test_masked_fields_leave_the_vault_masked(vault):
    vault.rules = rules_of([Rule("agent", ("service",), ("identity",), ("contact",))])
    read = vault.reveal(["c001"], ["name", "phone"], Reading("agent", "service"), now=NOW)
    assert read.to_pylist() == [{"customer_id": "c001", "name": "欧阳明", "phone": "+86 138****0001"}]


def test_who_reads_only_their_own_is_shown_nobody_else(vault):
    sales = Reading("sales", "service", own=frozenset({"c001"}))
    assert vault.reveal(["c001", "c002"], ["name"], sales, now=NOW)["customer_id"].to_pylist() == ["c001"]


def test_who_reads_too_fast_is_stopped_until_the_hour_is_over(vault):
    people = [f"c{number:03}" for number in range(150)]
    vault.reveal(people, ["phone"], SERVICE, now=NOW)
    with pytest.raises(Refused, match="as many people as an hour allows"):
        vault.reveal(people, ["phone"], SERVICE, now=NOW + timedelta(minutes=59))
    other = Reading("service", "service", actor="wang")
    assert vault.reveal(people, ["phone"], other, now=NOW).num_rows == 150
    assert vault.reveal(people, ["phone"], SERVICE, now=NOW + timedelta(minutes=61)).num_rows == 150
    assert [access["outcome"] for access in vault.accesses()] == ["revealed", "too_many", "revealed", "revealed"]


def test_everybody_who_was_read_is_known_also_after_they_were_shredded(vault):
    vault.reveal(["c001", "c002", "c003"], ["phone"], SERVICE, now=NOW)
    vault.shred("c002", now=NOW)
    read = vault.read_people([1])
    assert sorted(who or "" for who in read.values()) == ["", "c001", "c003"]
    assert vault.token("customer_id", "c002") in read


def test_broken_glass_and_stopped_readers_raise_an_alarm_in_the_log(tmp_path):
    shop = copied(tmp_path)
    words = ("--field", "phone", "--role", "compliance", "--purpose", "security")
    assert said("reveal", "c001", *words, at=shop).exit_code == 0
    shown = said("reveal", "c001", *words, "--break-glass", "--reason", "incident 17", "--format", "json", at=shop)
    assert json.loads(shown.stdout) == [{"customer_id": "c001", "phone": "+8613800138001"}]
    with Project(shop) as project:
        entries = project.audit.entries(100)
        assert project.audit.verify().outcome == "whole"
    assert [(entry["outcome"], entry["reason"]) for entry in entries if entry["what"] == "alarm"] == [
        ("broke_glass", "incident 17")
    ]
    assert {len(entry["people"]) for entry in entries if entry["what"] == "read"} == {64}


def test_a_refusal_says_what_to_do_and_is_told_in_one_line(tmp_path):
    shop = copied(tmp_path)
    done = said("reveal", "c001", "--field", "phone", "--role", "analyst", "--purpose", "profiling", at=shop)
    assert done.exit_code == 1 and "`analyst` for `profiling` is not shown contact" in done.output
    assert "motherlode govern access" in done.output


@pytest.mark.parametrize(("lang", "word"), [("zh", "脱敏"), ("en", "masked")])
def test_the_rules_are_shown_in_words(lang, word):
    done = said("govern", "access", at=made(), lang=lang)
    assert done.exit_code == 0 and word in done.output


@pytest.mark.parametrize(("role", "purpose"), [("rights", "rights"), ("identity", "quality"), ("channel", "marketing")])
def test_gdpr_32_nobody_reads_in_the_role_of_a_process(tmp_path, role, purpose):
    shop = copied(tmp_path)
    done = said("reveal", "c001", "--field", "phone", "--role", role, "--purpose", purpose, at=shop)
    assert done.exit_code == 1 and "there is no such role" in done.output and "13800138001" not in done.output
    with Project(shop) as project:
        assert project.vault.accesses()[-1]["outcome"] == "unknown_role"


def test_whose_customers_they_are_is_read_from_the_owner(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        project.warehouse.execute("UPDATE refine.customers SET owner = 'li' WHERE customer_id = 'c003'")
        rows = project.reveal(["c001", "c003"], ["name"], Reading("sales", "service", actor="li"))
    assert rows["customer_id"] == ["c003"]


def test_the_wrapping_key_is_rotated_from_the_command_line(tmp_path):
    shop = copied(tmp_path)
    done = said("govern", "rotate", at=shop)
    assert done.exit_code == 0 and "80 keys are wrapped anew" in done.output
    with Project(shop) as project:
        assert project.vault.find("phone", "+8613800138001") == ["c001"]
        assert project.audit.entries(1)[0]["wrapped"] == 80 and project.audit.verify().outcome == "whole"
