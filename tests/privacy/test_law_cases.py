"""Requests in time, and breaches with everybody whom they touched."""

from datetime import date, datetime, timedelta

import pytest

from motherlode.access import Reading
from motherlode.errors import ContractError, Refused
from motherlode.privacy import cases, requests
from motherlode.privacy.requests import Request
from motherlode.project import Project
from small_project import copied, said

NOW = datetime(2026, 3, 2, 9)
REQUEST = Request("passport seen", "li", NOW)


@pytest.fixture
def shop(tmp_path):
    with Project(copied(tmp_path)) as project:
        yield project


def later(**time) -> Request:
    return Request("", "li", NOW + timedelta(**time))


@pytest.mark.parametrize(
    ("kind", "law", "due"),
    [
        ("access", "gdpr", date(2026, 4, 2)),
        ("access", "pipl", date(2026, 4, 1)),
        ("erase", "ccpa", date(2026, 4, 16)),
        ("opt_out", "ccpa", date(2026, 3, 24)),
    ],
)
def test_gdpr_12_ccpa_1798_130_a_request_is_due_by_its_law_and_opt_outs_in_days_of_work(kind, law, due):
    holiday = date(2026, 3, 17)
    assert cases.due_on(kind, law, NOW.date(), [holiday]) == due


def test_ccpa_1798_135_days_of_work_leave_out_weekends_and_holidays():
    friday = date(2026, 3, 6)
    assert cases.after_business_days(friday, 1) == date(2026, 3, 9)
    assert cases.after_business_days(friday, 1, [date(2026, 3, 9)]) == date(2026, 3, 10)


def test_gdpr_12_pipl_50_a_request_waits_with_its_clock_until_it_is_answered(shop):
    asked = cases.ask(shop, "c001", "access", REQUEST)
    assert (asked.state, asked.details["identity"]) == ("open", "passport seen")
    assert not asked.is_late(NOW) and asked.is_late(NOW + timedelta(days=40))
    with pytest.raises(Refused, match="was not answered yet"):
        cases.answered(shop, asked.case, REQUEST)
    requests.access(shop, "c001", later(days=2))
    done = cases.answered(shop, asked.case, later(days=2))
    assert done.state == "answered" and done.details["receipt"]["rows"] and not done.is_late(later(days=99).now)


def test_gdpr_12_an_answer_is_put_off_once_and_only_where_the_law_lets(shop):
    with pytest.raises(Refused, match="knows no extension"):
        cases.extend(shop, cases.ask(shop, "c001", "access", REQUEST).case, "many requests", REQUEST)
    shop.warehouse.execute("UPDATE govern.residence SET law = 'gdpr' WHERE customer_id = 'c002'")
    number = cases.ask(shop, "c002", "access", REQUEST).case
    extended = cases.extend(shop, number, "many requests", REQUEST)
    assert extended.due_at.date() == date(2026, 6, 2)
    with pytest.raises(Refused, match="it is extended"):
        cases.extend(shop, number, "still many", REQUEST)


def test_pipl_50_a_refusal_has_a_reason(shop):
    number = cases.ask(shop, "c001", "erase", REQUEST).case
    with pytest.raises(Refused, match="with a reason"):
        cases.refuse(shop, number, " ", REQUEST)
    assert cases.refuse(shop, number, "tax law asks to keep it", REQUEST).state == "refused"


def test_gdpr_12_what_is_answered_or_refused_waits_no_more_and_a_breach_is_no_request(shop):
    number = cases.ask(shop, "c001", "erase", REQUEST).case
    breach = cases.breach(shop, "a lost key", REQUEST, [], NOW).case
    cases.refuse(shop, number, "tax law asks to keep it", REQUEST)
    for again in (cases.refuse, cases.extend):
        with pytest.raises(Refused, match="it is refused"):
            again(shop, number, "once more", REQUEST)
        with pytest.raises(ContractError, match="is no request"):
            again(shop, breach, "because", REQUEST)
    with pytest.raises(Refused, match="it is refused"):
        cases.answered(shop, number, REQUEST)
    with pytest.raises(ContractError, match="is no breach"):
        cases.move(shop, number, "told", "", REQUEST)
    cases.move(shop, breach, "closed", "", REQUEST)
    with pytest.raises(Refused, match="is closed"):
        cases.move(shop, breach, "told", "", REQUEST)


def test_gdpr_17_what_is_written_into_a_case_hides_numbers_and_addresses_of_people(shop):
    said = "13800138001, ann@tea.cn"
    number = cases.ask(shop, "c001", "access", Request(said, "li", NOW)).case
    cases.refuse(shop, number, said, Request(said, "li", NOW))
    cases.breach(shop, said, REQUEST, [], NOW)
    requests.access(shop, "c001", Request(said, "li", NOW))
    reading = Reading("service", "service", actor="li", reason=said)
    shop.reveal(["c001"], ["name"], reading)
    told = [shop.ledger.read("steps"), shop.ledger.read("requests"), shop.vault.accesses(), shop.audit.entries(100)]
    assert "13800138001" not in str(told) and "ann@tea.cn" not in str(told) and "****, ****" in str(told[0])


def test_a_case_that_does_not_exist_is_told_with_the_nearest_name(shop):
    cases.ask(shop, "c001", "erase", REQUEST)
    with pytest.raises(ContractError) as raised:
        cases.case(shop.ledger, "request-11")
    assert "request-1" in raised.value.hint


def test_gdpr_33_gdpr_34_pipl_57_the_list_of_a_breach_is_everybody_whom_the_log_says_was_read(shop):
    since = datetime(2026, 1, 1)
    thief = Reading("service", "service", actor="mallory")
    read = ["c001", "c002", "c003"]
    # Within the second up to which a breach is told to last.
    shop.vault.reveal(read, ["phone"], thief, now=NOW + timedelta(microseconds=999_999))
    shop.vault.reveal(["c009"], ["phone"], Reading("service", "service", actor="li"), now=NOW)
    shop.vault.reveal(["c008"], ["phone"], thief, now=NOW + timedelta(seconds=1))
    readings = cases.readings_between(shop, since, NOW, actor="mallory")
    found = cases.breach(shop, "an account was shared", REQUEST, readings, NOW)
    assert found.due_at == NOW + timedelta(hours=72) and found.is_late(NOW + timedelta(hours=73))
    assert sorted(row["customer_id"] for row in cases.affected(shop, found.case)) == read
    told = cases.move(shop, found.case, "told", "form 7", later(hours=5))
    assert told.state == "told" and not told.is_late(NOW + timedelta(hours=99))
    assert shop.audit.verify().outcome == "whole"


@pytest.mark.parametrize(("until", "many"), [("2026-03-02", 1), ("2026-03-01", 0), ("2026-03-02T09:00:00", 1)])
def test_gdpr_33_a_day_up_to_which_a_breach_lasted_counts_to_its_end(tmp_path, until, many):
    root = copied(tmp_path)
    with Project(root) as project:
        project.vault.reveal(["c001"], ["phone"], Reading("service", "service", actor="mallory"), now=NOW)
    done = said("govern", "breach", "add", "shared", "--since", "2026-02-01", "--until", until, at=root)
    assert done.exit_code == 0, done.output
    with Project(root) as project:
        assert cases.case(project.ledger, "breach-1").details["touched"] == many
