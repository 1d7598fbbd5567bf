"""The page behind a person's own link: a yes or a no in one step, by whoever has the link and by nobody else."""

import base64
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser
from motherlode.access import Reading
from motherlode.config import ServeConfig, read_config
from motherlode.people.consents import Statement, house_text
from motherlode.project import Project
from motherlode.web import preferences
from small_project import copied, made, said

WHO, PHONE, NAME = "c003", "13800138003", "Canary Person 3"
SOON = datetime(2100, 1, 1)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TestClient]:
    with browser(copied(tmp_path)) as one:
        one.project = one.app.state.project
        yield one


def key_of(client: TestClient, who: str = WHO, until: datetime = SOON) -> str:
    return client.project.vault.link([who], until, now=datetime.now(UTC))


def page(client: TestClient, key: str, **headers: str) -> Seen:
    answer = client.get("/preferences", params={"key": key}, headers=headers)
    assert answer.status_code == 200, answer.text
    return Seen(answer.text)


def chosen(client: TestClient, key: str, **form: str):
    return client.post("/preferences", data={"key": key, **form}, follow_redirects=False)


def allowed(client: TestClient, column: str, table: str = "contactable", who: str = WHO) -> bool:
    sql = f"SELECT {column} FROM govern.{table} WHERE customer_id = $who"  # noqa: S608
    beside = client.project.warehouse.beside()
    try:
        return beside.value(sql, {"who": who})
    finally:
        beside.close()


def facts(client: TestClient) -> list[dict]:
    return client.project.ledger.about("consents", [WHO])


def test_gdpr_7_3_pipl_15_a_no_in_one_step_without_a_password_is_obeyed_at_once(own):
    key = key_of(own)
    assert chosen(own, key, about="marketing", say="yes").status_code == 303
    assert allowed(own, "allowed") is True
    answer = chosen(own, key, about="marketing", say="no")
    assert answer.status_code == 303 and own.get(answer.headers["location"]).status_code == 200
    assert (allowed(own, "allowed"), allowed(own, "verdict")) == (False, "refused")
    assert "Does not take place" in page(own, key).text


def evidence(own, fact):
    """What is on record as the proof, which is sealed under the person's own key."""
    reading = Reading("rights", "rights", reason="show what was said")
    return own.project.vault.unsealed(WHO, [fact["evidence"]], reading, now=datetime(2026, 3, 1))[0]


def test_gdpr_7_1_pipl_14_a_yes_on_the_page_is_proven_by_the_text_that_stood_there(own):
    key = key_of(own)
    shown = page(own, key).text
    own.post("/preferences", data={"key": key, "about": "marketing:sms", "say": "yes", "language": "zh"})
    (fact,) = facts(own)
    assert (fact["purpose"], fact["channel"], fact["decision"], fact["actor"]) == (
        "marketing", "sms", "granted", "subject",
    )  # fmt: skip
    assert fact["text_language"] == "zh" and fact["text_hash"] and "I agree to receive your marketing messages" in shown
    assert allowed(own, "by_sms") is True and allowed(own, "by_email") is False
    entry = own.project.audit.entries(1)[0]
    assert (entry["what"], entry["actor"], entry["decision"]) == ("consent", "subject", "granted")
    assert entry["person"] == own.project.vault.token("customer_id", WHO) and WHO not in str(entry)
    seen = evidence(own, fact)
    assert seen.startswith("preference page, link ") and key not in seen


def test_the_page_says_what_takes_place_and_not_what_should(own):
    # The house profiles people of China before a yes is on record, and contacts none of them.
    person = preferences.preferences.Person((WHO,), "link")
    now = {(one.purpose, one.channel): one for one in preferences.preferences.choices(own.project, person, "en")}
    assert now["profiling", ""].allowed is allowed(own, "profiling", "usable") is True
    assert now["marketing", ""].allowed is now["marketing", "sms"].allowed is allowed(own, "allowed") is False
    assert "we have no yes of yours on record" in page(own, key_of(own)).text
    chosen(own, key_of(own), about="profiling", say="no")
    assert allowed(own, "profiling", "usable") is False
    assert "we have no yes of yours on record" not in page(own, key_of(own)).text


def test_gdpr_21_everything_is_refused_with_one_button(own):
    assert chosen(own, key_of(own), everything="no").status_code == 303
    assert {row["purpose"] for row in facts(own)} == set(preferences.preferences.PURPOSES)
    assert allowed(own, "verdict") == "refused"
    assert [allowed(own, use, "usable") for use in ("analytics", "profiling", "sharing", "sensitive")] == [False] * 4


def test_the_page_shows_nobody_and_leaves_no_trace_of_the_link(own):
    key = key_of(own)
    answer = own.get("/preferences", params={"key": key})
    assert not any(one in answer.text for one in (WHO, NAME, PHONE)) and "<script" not in answer.text
    assert answer.headers["referrer-policy"] == "same-origin" and answer.headers["cache-control"] == "no-store"
    assert (
        answer.headers["x-robots-tag"] == "noindex" and "script-src 'self'" in answer.headers["content-security-policy"]
    )
    assert not any(WHO.encode() in part for part in (key.encode(), re.sub("[-_]", "", key).encode()))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_of_the_page_is_in_the_language_that_was_asked_for(own, language):
    seen = Seen(own.get("/preferences", params={"key": key_of(own), "language": language}).text)
    # The other language is named in its own words.
    text = seen.text.replace("EN", "").replace("中文", "").replace("tea-shop", "").replace("UTC", "")
    assert ("您的选择" in text) == (language == "zh") and ("Your choices" in text) == (language == "en")
    assert not re.search(r"[A-Za-z]{3}" if language == "zh" else r"[\u4e00-\u9fff]", text)


def test_a_link_that_is_none_is_over_or_was_changed_opens_nothing(own):
    key = key_of(own)
    other = key_of(own, "c004")
    over = key_of(own, until=datetime(2020, 1, 1))
    swapped = key[:20] + other[20:]
    said_ = {name: own.get("/preferences", params={"key": one}).status_code for name, one in
             (("none", ""), ("junk", "x" * 90), ("over", over), ("swapped", swapped), ("cut", key[:-3]))}  # fmt: skip
    assert said_ == {"none": 404, "junk": 404, "over": 410, "swapped": 404, "cut": 404}
    assert chosen(own, over, about="marketing", say="yes").status_code == 410 and facts(own) == []


def test_a_link_dies_with_the_person_who_is_erased(own):
    key = key_of(own)
    own.project.vault.shred(WHO, now=datetime(2026, 1, 1))
    assert own.get("/preferences", params={"key": key}).status_code == 404


def test_who_tries_links_has_to_wait_and_nobody_behind_a_good_one(own):
    answers = [own.get("/preferences", params={"key": f"guess{n}"}) for n in range(preferences.MOST_WRONG + 1)]
    assert {one.status_code for one in answers[:-1]} == {404}
    assert answers[-1].status_code == 429 and int(answers[-1].headers["retry-after"]) > 0
    assert page(own, key_of(own))


def test_changes_behind_one_link_are_limited_too(own, monkeypatch):
    monkeypatch.setattr(preferences.Preferences, "_obey", lambda self: None)
    key = key_of(own)
    for _ in range(preferences.MOST_CHANGES):
        assert chosen(own, key, about="marketing", say="no").status_code == 303
    assert chosen(own, key, about="marketing", say="no").status_code == 429
    assert chosen(own, key_of(own, "c004"), about="marketing", say="no").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
)
def test_a_form_of_another_site_is_not_taken_even_with_the_link(own, headers):
    data = {"key": key_of(own), "about": "marketing", "say": "yes"}
    assert own.post("/preferences", data=data, headers=headers).status_code == 403 and facts(own) == []


@pytest.mark.parametrize("about", ["", "everything", "marketing:pigeon", "service"])
def test_what_is_no_choice_is_not_recorded(own, about):
    assert chosen(own, key_of(own), about=about, say="yes").status_code == 400 and facts(own) == []


def test_gdpr_7_3_the_button_of_a_mail_program_ends_mails_and_nothing_else(own):
    key = key_of(own)
    chosen(own, key, about="marketing", say="yes")
    answer = own.post("/preferences", params={"key": key}, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert (allowed(own, "by_email"), allowed(own, "by_sms")) == (False, True)


def test_ccpa_1798_135_ccr_7025_the_signal_of_a_browser_is_an_opt_out_of_sharing_once(own):
    key = key_of(own)
    chosen(own, key, about="sharing", say="yes")
    assert allowed(own, "sharing", "usable") is True
    for _ in range(2):
        assert "Global Privacy Control" in page(own, key, **{"Sec-GPC": "1"}).text
    assert [row["decision"] for row in facts(own)] == ["granted", "opted_out"]
    assert evidence(own, facts(own)[-1]).startswith("Sec-GPC: 1") and allowed(own, "sharing", "usable") is False
    assert "Global Privacy Control" not in page(own, key).text


def test_a_no_is_on_record_while_a_run_writes_and_counts_as_soon_as_it_is_done(own):
    key = key_of(own)
    chosen(own, key, about="marketing", say="yes")
    with own.app.state.gate.writing() as free:
        assert free and chosen(own, key, about="marketing", say="no").status_code == 303
        assert facts(own)[-1]["decision"] == "withdrawn" and allowed(own, "allowed") is True
    # Who is asked later is done by a thread, which must not outlive its project.
    for thread in threading.enumerate():
        if thread.name == "obey":
            thread.join(60)
    assert allowed(own, "allowed") is False


def test_the_text_that_the_house_showed_last_is_the_one_that_is_agreed_to(own):
    text = preferences.preferences.Text("marketing", "en", "spring", "Our own words of spring.")
    statement = preferences.preferences.Statement("marketing", "granted", actor="clerk")
    own.project.say("c010", statement, text)
    key = key_of(own)
    assert "Our own words of spring." in page(own, key).text
    chosen(own, key, about="marketing", say="yes", language="en")
    assert facts(own)[-1]["text_version"] == "spring"


def test_pipl_31_a_child_can_refuse_here_and_cannot_agree(own):
    own.project.warehouse.execute("UPDATE govern.residence SET child = true WHERE customer_id = $who", {"who": WHO})
    text = page(own, key_of(own)).text
    assert "a guardian has to agree" in text and "I agree:" not in text and "No to everything" in text
    assert chosen(own, key_of(own), about="marketing", say="yes").status_code == 400 and facts(own) == []


def test_pipl_31_what_a_child_agreed_to_itself_is_not_shown_as_taking_place(own):
    own.project.say(WHO, Statement("marketing", "granted"), house_text("marketing", "en"))
    own.project.warehouse.execute("UPDATE govern.residence SET child = true WHERE customer_id = $who", {"who": WHO})
    own.project.obey()
    person = preferences.preferences.Person((WHO,), "link")
    now = {(one.purpose, one.channel): one for one in preferences.preferences.choices(own.project, person, "en")}
    assert now["marketing", ""].allowed is allowed(own, "allowed") is False


def test_the_command_gives_the_link_of_whoever_is_named_and_the_log_says_who_made_it(tmp_path):
    shop = copied(tmp_path)
    with (shop / "motherlode.toml").open("a") as settings:
        settings.write('\n[serve]\naddress = "https://data.tea.example/"\n')
    done = said("consent", "link", PHONE, "--days", "7", at=shop)
    assert done.exit_code == 0, done.output
    (address,) = re.findall(r"https://\S+", done.stdout)
    assert address.startswith("https://data.tea.example/preferences?key=") and WHO not in address
    with Project(shop) as project:
        key, now = parse_qs(urlsplit(address).query)["key"][0], datetime.now()
        assert project.vault.behind(key, now=now).customer_ids == (WHO,)
        assert project.vault.behind(key, now=now + timedelta(days=8)) is None
        entry = project.audit.entries(1)[0]
        assert entry["what"] == "link" and WHO not in str(entry) and key not in str(entry)


def test_links_begin_with_this_machine_where_no_address_is_given():
    assert read_config(made()).serve == ServeConfig() and ServeConfig().address == ""


def test_a_link_that_was_called_back_opens_nothing_and_one_made_later_does(own):
    key, other = key_of(own), key_of(own, "c004")
    own.project.revoke_links(PHONE, "cleo")
    assert own.get("/preferences", params={"key": key}).status_code == 410
    assert chosen(own, key, about="marketing", say="yes").status_code == 410 and facts(own) == []
    assert page(own, other) and page(own, key_of(own))
    entry = own.project.audit.entries(1)[0]
    assert (entry["what"], entry["revoked"], entry["actor"]) == ("link", True, "cleo") and WHO not in str(entry)


def test_a_link_from_before_links_said_when_they_were_made_is_good_until_one_is_called_back(own):
    text = msgspec.json.encode(([WHO], 4_000_000_000))
    key = base64.urlsafe_b64encode(own.project.vault._keys.seal(text)).decode().rstrip("=")
    assert page(own, key)
    own.project.revoke_links(WHO, "cleo")
    assert own.get("/preferences", params={"key": key}).status_code == 410


def test_the_command_calls_links_back(tmp_path):
    shop = copied(tmp_path)
    made_ = said("consent", "link", WHO, at=shop)
    key = parse_qs(urlsplit(re.findall(r"http://\S+", made_.stdout)[0]).query)["key"][0]
    done = said("consent", "link", WHO, "--revoke", at=shop)
    assert done.exit_code == 0 and "http" not in done.stdout and WHO in done.stderr
    with Project(shop) as project:
        now = datetime.now(UTC)
        assert project.vault.behind(key, now=now) and not preferences.preferences.behind(project, key, now=now)
