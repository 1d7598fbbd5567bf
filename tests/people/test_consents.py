"""What people agree to and take back: recorded with its text, and obeyed at once."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest

from motherlode.access import Reading
from motherlode.people.consents import Statement, house_text
from motherlode.project import Project
from small_project import copied, said

NOW = datetime(2026, 3, 1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("consents"))


def verdict(shop: Path, customer: str) -> dict:
    with Project(shop) as project:
        (row,) = [row for row in project.table("govern.contactable") if row["customer_id"] == customer]
    return row


def test_a_yes_and_a_no_count_from_the_moment_they_are_recorded(shop):
    assert verdict(shop, "c003")["verdict"] == "no_record"
    assert said("consent", "grant", "c003", "--purpose", "marketing", at=shop).exit_code == 0
    assert verdict(shop, "c003")["verdict"] == ""
    assert said("consent", "withdraw", "c003", "--purpose", "marketing", at=shop).exit_code == 0
    assert verdict(shop, "c003")["verdict"] == "refused"


def test_gdpr_7_3_pipl_15_who_withdraws_leaves_the_list_without_a_run(shop):
    with Project(shop) as project:
        listed = project.opportunities()["customer_id"]
        project.say(listed[0], Statement("marketing", "withdrawn"))
        assert project.opportunities()["customer_id"] == listed[1:]
        project.run()
        (row,) = [row for row in project.table("opportunity.candidates") if row["customer_id"] == listed[0]][:1]
    assert row["verdict"] == "refused"


def test_a_person_is_known_by_phone_and_e_mail_too_and_the_answer_repeats_neither(shop):
    done = said("consent", "withdraw", "138 0013 8005", "--purpose", "profiling", "--channel", "sms", at=shop)
    assert done.exit_code == 0 and "c005" in done.output and "0013" not in done.output


def test_nobody_is_told_without_repeating_what_was_asked(shop):
    done = said("consent", "withdraw", "nobody@example.com", "--purpose", "marketing", at=shop)
    assert done.exit_code == 1 and "nobody is known" in done.output and "example.com" not in done.output


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pipl_14_a_proof_shows_the_text_word_by_word_with_its_hash(shop, lang):
    customer = {"en": "c010", "zh": "c011"}[lang]
    assert said("consent", "grant", customer, "--purpose", "sharing", at=shop, lang=lang).exit_code == 0
    (proof,) = json.loads(said("consent", "show", customer, at=shop).stdout)
    assert proof["text"] == house_text("sharing", lang).text
    assert proof["text_hash"] == hashlib.sha256(proof["text"].encode()).hexdigest()
    assert (proof["text_language"], proof["decision"], bool(proof["actor"])) == (lang, "granted", True)


def test_a_text_of_the_house_s_own_is_kept_and_its_version_never_says_something_else(shop, tmp_path):
    text = tmp_path / "form-7.txt"
    text.write_text("我同意接收短信。", encoding="utf-8")
    words = ("consent", "grant", "c012", "--purpose", "marketing", "--text", str(text))
    assert said(*words, at=shop).exit_code == 0
    text.write_text("我同意一切。", encoding="utf-8")
    done = said(*words, at=shop)
    assert done.exit_code == 1 and "once said something else" in done.output
    (proof,) = json.loads(said("consent", "show", "c012", at=shop).stdout)
    assert (proof["text"], proof["text_version"]) == ("我同意接收短信。", "form-7.txt")


def test_gdpr_7_1_evidence_that_names_somebody_is_proof_while_she_is_known_and_in_clear_nowhere(tmp_path):
    shop = copied(tmp_path)
    seen = "call with Zqsmith at +1 202 555 0173"
    said("consent", "grant", "c013", "--purpose", "marketing", "--evidence", seen, at=shop)
    said("run", at=shop)
    files = [path for path in (shop / "data").rglob("*") if path.is_file()]
    assert not [path.name for path in files if b"Zqsmith" in path.read_bytes()]
    with Project(shop) as project:
        assert "evidence" not in project.warehouse.columns("collect.recorded_consents")
        before = len(project.vault.accesses())
    (proof,) = json.loads(said("consent", "show", "c013", at=shop).stdout)
    assert proof["evidence"] == seen
    with Project(shop) as project:
        (noted,) = project.vault.accesses()[before:]
        assert noted["fields"] == ["evidence"]
        (fact,) = [fact for fact in project.ledger.read("consents") if fact["customer_id"] == "c013"]
        project.vault.shred("c013", now=NOW)
        reading = Reading("rights", "rights")
        assert project.vault.unsealed("c013", [fact["evidence"]], reading, now=NOW) == [""]
        # Nobody makes a key anew for who was shredded.
        assert project.vault.sealed("c013", seen) == "" and not project.vault.has("c013")


def test_ccpa_1798_135_gpc_is_an_opt_out_of_sharing_with_the_signal_as_evidence(shop):
    assert said("consent", "withdraw", "c013", "--purpose", "sharing", "--gpc", at=shop).exit_code == 0
    (proof,) = json.loads(said("consent", "show", "c013", at=shop).stdout)
    assert (proof["decision"], proof["evidence"]) == ("opted_out", "Sec-GPC: 1")


@pytest.mark.parametrize("words", [("--purpose", "marketting"), ("--purpose", "marketing", "--channel", "smss")])
def test_an_unknown_purpose_or_channel_is_refused_with_the_nearest(shop, words):
    done = said("consent", "grant", "c014", *words, at=shop)
    assert done.exit_code == 1 and "did you mean" in done.output


def test_pipl_16_who_withdraws_marketing_is_still_served(shop):
    with Project(shop) as project:
        project.say("c015", Statement("marketing", "withdrawn"))
        (row,) = [row for row in project.table("govern.usable") if row["customer_id"] == "c015"]
    assert row["analytics"] and row["profiling"]


def test_a_no_is_obeyed_also_where_the_tables_were_made_by_a_version_that_knew_fewer(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        project.warehouse.execute("DROP TABLE refine.merged_numbers")
        project.say("c003", Statement("marketing", "withdrawn"))
    assert verdict(shop, "c003")["verdict"] == "refused"
