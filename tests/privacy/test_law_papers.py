"""Records, assessments, notices and reports are written from what the house is made of."""

from datetime import date, datetime

import pytest

from motherlode.access import FIELD_CLASSES
from motherlode.labels import label
from motherlode.privacy import datamap
from motherlode.project import Project
from motherlode.tables import PURPOSES
from small_project import copied, plugin, plugins_forgotten, said

NOW = datetime(2026, 3, 1, 12)
PLUGIN = '''
"""A table of a plugin."""

import ibis.expr.types as ir

from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="sharing")
def given_away(customers: ir.Table) -> ir.Table:
    """Whom we told a partner of."""
    return customers.select("customer_id")
'''


@pytest.fixture
def shop(tmp_path):
    with Project(copied(tmp_path)) as project:
        yield project


def test_gdpr_30_pipl_56_records_name_every_table_with_its_purpose_a_plugin_s_too(tmp_path):
    root = copied(tmp_path)
    plugin(root, "govern/given_away.py", PLUGIN)
    with plugins_forgotten(), Project(root) as project:
        text = datamap.record(project, "en")
        reading = [p for p in project.graph.promises.values() if p.purpose and p.purpose in PURPOSES]
    assert [promise.address for promise in reading if f"`{promise.address}`" not in text] == []
    assert "`govern.given_away`" in text and label("purpose", "sharing", "en") in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_gdpr_13_gdpr_14_pipl_17_a_notice_lists_every_active_purpose_basis_period_and_recipient(shop, language):
    shop.note_export(shop.root / "list.csv", ["customer_id"], 3)
    numbers = dict.fromkeys(("propensity", "value", "value_low", "value_high", "cost"), 0.0)
    names = {"play": "retain", "stage": "decline", "channel": "sms", "held_out": ""}
    member = {"list": "spring", "customer_id": "c001", "frozen_on": date(2026, 1, 1)}
    shop.ledger.record("list_members", [{**member, **names, **numbers}])
    text = datamap.notice(shop, language)
    purposes = {promise.purpose for promise in shop.graph.promises.values() if promise.purpose}
    assert [one for one in purposes if label("purpose", one, language) not in text] == []
    assert [name for name in FIELD_CLASSES if label("data", name, language) not in text] == []
    assert "list.csv" not in text and "1,095" in text, "people are not told of the house's own files"
    assert label("channel", "sms", language) in text
    assert "- list.csv" in datamap.record(shop, language)


def test_pipl_17_a_notice_is_kept_as_it_was_published_each_version_once(shop):
    text = datamap.notice(shop, "zh")
    first = datamap.publish(shop, "notice", text, "zh", "li", NOW)
    assert datamap.publish(shop, "notice", text, "zh", "li", NOW) == first
    (kept,) = shop.ledger.read("documents")
    assert (kept["text"], kept["kind"], kept["language"]) == (text, "notice", "zh")


def test_gdpr_35_pipl_55_an_assessment_says_what_is_decided_by_machine_and_asks_the_rest(shop):
    text = datamap.assessment(shop, "en")
    assert "`opportunity.ranked`" in text and "`predict.scores`" in text and text.count("- [ ]") == 6


def test_pipl_54_the_report_counts_what_the_log_says(shop):
    root = shop.root
    shop.close()
    said("consent", "grant", "c001", "--purpose", "marketing", at=root)
    said("consent", "withdraw", "c001", "--purpose", "marketing", at=root)
    said("reveal", "c001", "--field", "phone", "--role", "service", "--purpose", "service", at=root)
    said("reveal", "c001", "--field", "phone", "--role", "analyst", "--purpose", "profiling", at=root)
    said("rights", "erase", "c002", "--yes", at=root)
    with Project(root) as project:
        counted = datamap.figures(project, date(2026, 1, 1), date(2100, 1, 1))
        entries = project.audit.entries(10_000)
        text = datamap.report(project, "pipl", date(2026, 1, 1), date(2100, 1, 1), "zh")
    read = [entry["outcome"] for entry in entries if entry["what"] == "read"]
    said_at = [entry["decision"] for entry in entries if entry["what"] == "consent"]
    assert (
        counted["readings"] == read.count("revealed") and counted["readings_refused"] == read.count("not_granted") == 1
    )
    assert (counted["consents_given"], counted["consents_refused"]) == (said_at.count("granted"), 1) == (1, 1)
    assert counted["erasures"] == 1 and "审计日志完整" in text and "PIPL 19" in text and "GDPR 15" not in text


@pytest.mark.parametrize("words", [("record",), ("assess",), ("notice",), ("report", "--law", "gdpr")])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_paper_is_written_in_both_languages(shop, words, lang):
    shop.close()
    done = said("govern", *words, at=shop.root, lang=lang)
    assert done.exit_code == 0 and done.output.startswith("# ")


def test_requests_and_breaches_are_kept_from_the_command_line(shop):
    shop.close()
    assert "request-1: open" in said("govern", "queue", "add", "c001", "--kind", "access", at=shop.root).output
    assert said("govern", "queue", "refuse", "request-1", "--reason", "twice", at=shop.root).exit_code == 0
    said("reveal", "c005", "--field", "phone", "--role", "service", "--purpose", "service", at=shop.root)
    opened = said(
        "govern", "breach", "add", "shared account", "--since", "2026-01-01", "--role", "service", at=shop.root
    )
    assert "breach-1: open" in opened.output
    assert said("govern", "breach", "affected", "breach-1", at=shop.root).output == "c005\n"
    assert said("govern", "breach", "step", "breach-1", "told", at=shop.root).exit_code == 0
    assert "已报告主管机关" in said("govern", "queue", "list", at=shop.root, lang="zh").output
