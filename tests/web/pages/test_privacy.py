"""Requests by right are previewed, carried out and written down."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser, sent
from motherlode.access import Reading
from motherlode.labels import label
from motherlode.privacy import cases, requests
from motherlode.project import Project
from motherlode.web import users
from small_project import copied


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TestClient]:
    with browser(copied(tmp_path)) as one:
        yield one


ASKING = "/privacy?person=c003"


def test_the_preview_counts_rows_of_every_table(own: TestClient) -> None:
    text = Seen(own.get(ASKING).text).text
    assert "rows of c003" in text and "refine.orders" in text and "profile.features" in text
    assert "Nobody is known" in own.get("/privacy?person=nobody").text


def test_who_is_erased_is_gone_everywhere_and_the_certificate_says_so(own: TestClient) -> None:
    own.get("/")
    answer = sent(own, ASKING, "/privacy/act", kind="erase", person="c003", identity="called back", sure="yes")
    assert answer.status_code == 200 and answer.json()["left"] == {}
    assert answer.json()["rows"]["refine.customers"] == 1
    assert own.get("/customers/c003").status_code == 404
    assert "79 customers" in Seen(own.get("/customers").text).text
    assert "Erase" in Seen(own.get("/privacy").text).text


def test_nothing_is_erased_without_a_second_thought_or_an_identity(own: TestClient) -> None:
    unsure = sent(own, ASKING, "/privacy/act", kind="erase", person="c003", identity="called back")
    unknown = sent(own, ASKING, "/privacy/act", kind="erase", person="c003", identity="", sure="yes")
    assert (unsure.status_code, unknown.status_code) == (403, 403)
    assert own.get("/customers/c003").status_code == 200


def test_access_gives_everything_that_is_held(own: TestClient) -> None:
    answer = sent(own, ASKING, "/privacy/act", kind="access", person="c003", identity="called back")
    assert answer.json()["customer_ids"] == ["c003"] and "Canary Person 3" in answer.text


def test_a_withdrawal_counts_at_once(own: TestClient) -> None:
    page = sent(own, "/customers/c004", "/privacy/withdraw", person="c004", purpose="marketing")
    assert page.url.path == "/customers/c004" and "Withdrawn" in Seen(page.text).text
    assert "c004" not in [row["customer_id"] for row in own.get("/tables/opportunity/ranked.json?show=all").json()]


def test_the_log_is_whole_and_says_who_did_what(own: TestClient) -> None:
    sent(own, ASKING, "/privacy/act", kind="restrict", person="c003", identity="called back")
    text = Seen(own.get("/decisions?verify=yes&what=right").text).text
    assert "The log is whole" in text and "Request by right" in text and "local" in text


def test_gdpr_12_what_waits_stands_on_the_page_with_its_clock(own: TestClient) -> None:
    project = own.app.state.project
    request = requests.Request("seen", "li", datetime.now(UTC).replace(tzinfo=None))
    cases.ask(project, "c005", "erase", request)
    cases.breach(project, "a laptop was lost", request, [], request.now)
    text = Seen(own.get("/privacy").text).text
    assert "request-1" in text and "days left" in text and "a laptop was lost" in text and " hours left" in text
    cases.refuse(project, "request-1", "not hers", request)
    own.app.state.kept.forget()
    assert "request-1" not in Seen(own.get("/privacy").text).text


def test_a_copy_is_given_and_an_objection_taken_on_the_page(own: TestClient) -> None:
    copy = sent(own, ASKING, "/privacy/act", kind="export", person="c003", identity="called back")
    assert copy.json()["fields"]["c003"]["name"] == "Canary Person 3"
    sent(own, ASKING, "/privacy/act", kind="object", person="c003", identity="called back")
    assert own.app.state.project.ledger.about("consents", ["c003"])[-1]["decision"] == "objected"


@pytest.mark.parametrize(
    ("role", "opens"), [("analyst", True), ("compliance", True), ("sales", False), ("marketer", False)]
)
def test_gdpr_25_only_those_who_answer_requests_learn_whose_a_phone_is(tmp_path: Path, role: str, opens: bool) -> None:
    shop = copied(tmp_path)
    with Project(shop) as project:
        for name, one in (("boss", "admin"), ("li", role)):
            users.add(project.ledger, name, one, "four words of hers", actor="test", now=datetime(2026, 1, 1))
    with browser(shop) as own:
        sent(own, "/sign-in", "/sign-in", name="li", password="four words of hers")
        page = own.get("/privacy?person=13800138003")
        assert (page.status_code == 200) is opens
        assert ("rows of c003" in Seen(page.text).text) is (role == "compliance")
        for kind in ("access", "export", "erase", "object"):
            answer = own.post("/privacy/act", data={"kind": kind, "person": "c003", "identity": "x", "sure": "yes"})
            assert answer.status_code == 403, kind


def test_gdpr_16_pipl_46_a_field_is_put_right_on_the_page(own: TestClient) -> None:
    form = {"person": "c003", "kind": "rectify", "field": "phone", "value": "13800138999", "identity": "called back"}
    assert sent(own, ASKING, "/privacy/act", **form).status_code == 200
    project = own.app.state.project
    assert project.vault.find("phone", "+8613800138999") == ["c003"]
    wrong = sent(own, ASKING, "/privacy/act", **{**form, "value": "1"})
    assert wrong.status_code == 400 and project.vault.find("phone", "+8613800138999") == ["c003"]


def test_gdpr_12_a_request_is_written_down_put_off_answered_and_refused_on_the_page(own: TestClient) -> None:
    for kind in ("access", "erase"):
        sent(own, ASKING, "/privacy/ask", kind=kind, person="c003", identity="called back")
    unsaid = sent(own, "/privacy", "/privacy/step", case="request-2", step="refused", note="")
    assert unsaid.status_code == 403
    sent(own, "/privacy", "/privacy/step", case="request-2", step="refused", note="not hers")
    early = sent(own, "/privacy", "/privacy/step", case="request-1", step="answered")
    assert early.status_code == 403
    sent(own, ASKING, "/privacy/act", kind="access", person="c003", identity="called back")
    page = sent(own, "/privacy", "/privacy/step", case="request-1", step="answered")
    ledger = own.app.state.project.ledger
    assert [cases.case(ledger, f"request-{n}").state for n in (1, 2)] == ["answered", "refused"]
    assert page.status_code == 200 and "request-1" not in Seen(page.text).text
    assert sent(own, "/privacy", "/privacy/step", case="request-1", step="lost").status_code == 400


def test_gdpr_33_pipl_57_a_breach_is_written_down_on_the_page_with_whom_it_touched(own: TestClient) -> None:
    project = own.app.state.project
    project.vault.reveal(["c005"], ["phone"], Reading("service", "service", "mallory"), now=datetime.now(UTC))
    form = {"what": "shared account", "since": "2020-01-01T00:00", "actor": "mallory"}
    text = Seen(sent(own, "/privacy", "/privacy/breach", **form).text).text
    assert "shared account" in text and "1 people touched" in text
    assert [row["customer_id"] for row in cases.affected(project, "breach-1")] == ["c005"]
    assert sent(own, "/privacy", "/privacy/breach", what="x", since="yesterday").status_code == 400
    assert sent(own, "/privacy", "/privacy/breach", what="", since="").status_code == 400
    sent(own, "/privacy", "/privacy/step", case="breach-1", step="told", note="by letter")
    assert cases.case(project.ledger, "breach-1").state == "told"


def test_links_are_called_back_on_the_page(own: TestClient) -> None:
    project = own.app.state.project
    key = project.vault.link(["c003"], datetime(2100, 1, 1), now=datetime(2026, 1, 1))
    sent(own, ASKING, "/privacy/revoke", person="c003")
    assert own.get("/preferences", params={"key": key}).status_code == 410


@pytest.mark.parametrize("path", ["ask", "step", "breach", "revoke"])
def test_no_form_of_the_page_is_taken_without_its_token(own: TestClient, path: str) -> None:
    form = {"person": "c003", "kind": "access", "what": "x", "since": "2020-01-01T00:00", "case": "request-1"}
    assert own.post(f"/privacy/{path}", data=form).status_code == 403
    assert cases.cases(own.app.state.project.ledger) == []


def test_pipl_51_the_page_says_who_sees_which_fields_how_long_they_are_kept_and_where_the_log_is(
    own: TestClient,
) -> None:
    seen = Seen(own.get("/privacy").text)
    assert "Kept for days" in seen.text and "1,095" in seen.text and label("column", "id_card", "en") in seen.text
    assert {"/decisions?what=right", "/decisions?what=read"} <= set(seen.links)
