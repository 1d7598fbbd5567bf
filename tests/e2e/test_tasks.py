"""What people come for, in few clicks, in both languages, and without a script what can be done without."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chromium import chromium, opened, served
from motherlode.labels import LANGUAGES, Language
from motherlode.web.pages.page import pages
from motherlode.web.pages.site import link
from motherlode.worklist.rules import Condition, Group, write
from person import Person
from small_project import copied

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("language", LANGUAGES)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(copied(tmp_path_factory.mktemp("shop"))) as address:
        yield address


@pytest.fixture
def somebody(browser: Browser, url: str, language: Language) -> Iterator[Person]:
    with opened(browser, language) as window:
        yield Person(window.new_page(), language, url)


@pytest.fixture
def without_scripts(browser: Browser, url: str, language: Language) -> Iterator[Person]:
    with opened(browser, language, scripts=False) as window:
        yield Person(window.new_page(), language, url)


def test_1_the_best_opportunities_and_why_the_first_is_there(somebody: Person) -> None:
    somebody.comes_to("/").clicks_link(somebody.word("opportunities", "page"), "nav")
    rows = somebody.page.locator("#list tbody tr")
    assert rows.count() >= 10 and somebody.clicks <= 2
    assert rows.first.locator(".why span").count() >= 1
    assert re.search(r"\d", rows.first.locator(".why").inner_text())


def test_2_the_budget_is_moved_and_what_it_brings_is_read(somebody: Person) -> None:
    somebody.comes_to("/opportunities")
    before, said = somebody.reads("#list .sum"), somebody.reads("#stop")
    box = somebody.page.locator("svg.draggable").first.bounding_box()
    assert box is not None
    somebody.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.5)
    somebody.page.mouse.down()
    somebody.page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5, steps=4)
    expect(somebody.page.locator("#stop")).not_to_have_text(said)
    somebody.page.mouse.up()
    somebody.page.wait_for_url("**budget=**")
    assert somebody.reads("#list .sum") != before
    somebody.page.keyboard.press("Tab")


def test_2_the_budget_is_moved_with_the_keyboard_alone(somebody: Person) -> None:
    somebody.comes_to("/opportunities").page.locator("#cut").focus()
    for _ in range(5):
        somebody.page.keyboard.press("ArrowLeft")
    somebody.page.wait_for_url("**budget=**")
    assert somebody.page.locator("#budget").input_value() != ""


def test_nothing_jumps_when_the_slider_of_the_budget_comes(somebody: Person) -> None:
    shifts = """() => new Promise((done) => {
      new PerformanceObserver((list) => done(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
        .observe({ type: "layout-shift", buffered: true });
      setTimeout(() => done(0), 500);
    })"""
    assert somebody.comes_to("/opportunities").page.evaluate(shifts) < 0.005


def test_5_a_nested_segment_is_built_counted_and_kept(somebody: Person) -> None:
    person, page = somebody.comes_to("/segments"), somebody.page
    person.clicks_button(f"+ {person.word('add_trait')}")
    person.waits_for('[id^="value:0.1:stage"]')
    page.locator('[id^="value:0.1:"]').select_option("mature")
    person.clicks_button(f"+ {person.word('add_group')}")
    person.waits_for('[id="match:0.2"]')
    person.clicks_on(page.get_by_role("button", name=f"+ {person.word('add_did')}").first)
    person.waits_for('[id="times:0.2.1"]')
    page.locator('[id="times:0.2.1"]').fill("3")
    page.wait_for_url("**rule=**")
    page.locator("#counted .note", has_text=re.compile(r"\b3\b|3 次")).wait_for()
    sentence = person.reads("#counted .note")
    assert "90" in sentence and person.word("mature", "stage") in sentence
    # What the form shows is what is counted: it is read anew from the address.
    page.reload()
    assert page.locator('[id="times:0.2.1"]').input_value() == "3"
    assert person.reads("#counted .note") == sentence
    page.locator("#counted input[name=name]").fill(f"mature {person.language}")
    person.clicks_button(person.word("keep_segment"))
    assert f"mature {person.language}" in person.reads("#kept") and person.clicks <= 10


def test_6_from_a_mark_of_a_chart_to_a_kept_segment(somebody: Person) -> None:
    person = somebody.comes_to("/analyse")
    person.clicks_on(person.page.locator("#" + person.language + "-rfm .roomy a").first)
    person.clicks_link(person.word("make_segment"))
    person.page.locator("#counted input[name=name]").fill(f"cell {person.language}")
    person.clicks_button(person.word("keep_segment"))
    assert f"cell {person.language}" in person.reads("#kept") and person.clicks <= 3


def test_6_from_where_a_funnel_drops_to_a_kept_segment(somebody: Person) -> None:
    person = somebody.comes_to("/analyse/funnel?window=40")
    lost = person.page.locator("#funnel tbody tr").last.locator("td").nth(3)
    count = lost.inner_text()
    person.clicks_on(person.page.locator("#funnel .roomy a:has(.gone)").last)
    assert count in person.reads("#list .sum")
    person.clicks_link(person.word("make_segment"))
    assert person.word(":third_order", "doing") in person.reads("#built")
    person.page.locator("#counted input[name=name]").fill(f"lost {person.language}")
    person.clicks_button(person.word("keep_segment"))
    row = person.page.locator("#kept tbody tr", has_text=f"lost {person.language}")
    assert row.locator("td").first.inner_text() == count and person.clicks <= 3


def test_7_the_30_day_retention_of_two_cohorts_is_read(somebody: Person) -> None:
    person = somebody.comes_to("/")
    person.clicks_link(person.word("analyse", "page"), "nav")
    person.clicks_link(person.word("tab_retention"), ".tabs")
    heads = person.page.locator("#triangle thead th").all_inner_texts()
    assert person.word("day_n", n="30") == heads[2]
    rows = person.page.locator("#triangle tbody tr").all()
    cohorts = {row.locator("th").inner_text(): row.locator("td").nth(1).inner_text() for row in rows}
    assert all(re.fullmatch(r"\d+\.\d%", cohorts[month]) for month in ("2023-01", "2023-02")) and person.clicks <= 3


def test_7_what_customers_of_two_cohorts_brought_in_60_days_is_read_and_leads_to_them(somebody: Person) -> None:
    person = somebody.comes_to("/analyse")
    person.clicks_link(person.word("tab_cohorts"), ".tabs")
    heads = person.page.locator("#worth thead th").all_inner_texts()
    assert heads[4] == person.word("day_n", n="60")
    rows = {row.locator("th").inner_text(): row for row in person.page.locator("#worth tbody tr").all()}
    brought = [rows[month].locator("td").nth(3).inner_text() for month in ("2023-01", "2023-02")]
    assert all(re.fullmatch(r"¥[\d,.]+(万|K)?", money) for money in brought)
    size = rows["2023-02"].locator("td").first.inner_text()
    person.clicks_on(rows["2023-02"].locator("td").nth(3).get_by_role("link"))
    assert person.page.locator("#list .sum b").inner_text() == size and person.clicks <= 2


def test_7_repurchase_after_30_days_is_read_by_cohort(somebody: Person) -> None:
    person = somebody.comes_to("/")
    person.clicks_link(person.word("analyse", "page"), "nav")
    text = person.reads(f"#{person.language}-second_order")
    assert person.word("after_days", n="30") in text and "%" in text and person.clicks <= 3


def test_8_why_somebody_may_leave_and_whether_marketing_may_call(somebody: Person) -> None:
    person = somebody.comes_to("/customers")
    person.clicks_on(person.page.locator("tbody th a").first)
    assert person.word("consents") in person.reads("#consents")
    assert person.page.locator("#timeline .moment").count() > 3 and person.clicks <= 3


def test_12_a_withdrawal_takes_somebody_off_the_list(somebody: Person) -> None:
    person = somebody.comes_to("/opportunities?show=all")
    place = -1 if person.language == "zh" else -2
    who = person.page.locator("#list td.who a").all()[place].inner_text()
    person.clicks_on(person.page.locator("#list td.who").get_by_role("link", name=who, exact=True))
    person.clicks_button(person.word("withdraw"))
    person.comes_to("/opportunities?show=all")
    assert who not in person.page.locator("#list td.who").all_inner_texts() and person.clicks <= 3


def test_13_somebody_is_erased_with_a_preview_and_a_certificate(somebody: Person) -> None:
    person, who = somebody.comes_to("/privacy"), {"zh": "c070", "en": "c071"}[somebody.language]
    person.page.locator("#person input[name=person]").fill(who)
    person.clicks_button(person.word("preview"))
    assert "refine.orders" in person.reads("#person")
    asked = person.page.locator("form[action='/privacy/act']").filter(has=person.page.locator("select[name=kind]"))
    asked.locator("select[name=kind]").select_option("erase")
    asked.locator("input[name=identity]").fill("called back")
    person.clicks_on(asked.locator("input[name=sure]"))
    with person.page.expect_download() as download:
        person.clicks_button(person.word("do_request"))
    assert '"left": {}' in Path(download.value.path()).read_text() and person.clicks <= 5
    assert person.page.goto(f"{person.url}/customers/{who}").status == 404  # type: ignore[union-attr]


def test_14_a_segment_is_exported_and_found_in_the_log(somebody: Person) -> None:
    rule = write(Group("all", (Condition("stage", "is", "lost"),)))
    person = somebody.comes_to(link("/segments", rule=rule))
    with person.page.expect_download() as download:
        person.clicks_link("Excel", "#counted")
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    person.clicks_link(person.word("privacy", "page"), "nav")
    assert "segment.xlsx" in person.reads("#exports") and person.clicks <= 3


def test_15_language_theme_and_search(somebody: Person) -> None:
    person = somebody.comes_to("/customers?stage=lost")
    other = {"zh": "EN", "en": "中文"}[person.language]
    person.clicks_link(other)
    assert person.page.locator("html").get_attribute("lang") == {"zh": "en", "en": "zh-CN"}[person.language]
    assert "stage=lost" in person.page.url
    person.clicks_on(person.page.locator(".tools a").nth(1))
    assert person.page.locator("html").get_attribute("data-theme") == "dark"
    person.page.keyboard.press("/")
    person.page.keyboard.type("8012")
    person.page.keyboard.press("Enter")
    person.page.wait_for_url("**/customers/c012")
    assert person.clicks <= 3


def test_every_page_can_be_read_filtered_paged_and_exported_without_scripts(without_scripts: Person) -> None:
    person = without_scripts
    for page in pages():
        assert person.page.goto(person.url + page.path).ok, page.path  # type: ignore[union-attr]
    person.comes_to("/customers").page.locator("select[name=stage]").select_option("mature")
    person.clicks_button(person.word("apply"))
    assert "stage=mature" in person.page.url
    person.comes_to("/customers").clicks_link(re.compile(person.word("next")))
    assert "page=2" in person.page.url
    person.comes_to("/opportunities").page.locator("#budget").fill("30")
    person.clicks_button(person.word("apply"))
    assert "budget=30" in person.page.url
    with person.page.expect_download():
        person.clicks_link("CSV", "#list")
    person.comes_to("/segments").clicks_button(f"+ {person.word('add_trait')}")
    assert person.page.locator('[id^="value:0.1"]').count() == 1


def test_filters_are_kept_as_a_view_and_come_back_without_scripts(without_scripts: Person) -> None:
    person, name = without_scripts.comes_to("/customers?stage=mature"), f"mature {without_scripts.language}"
    person.clicks_on(person.page.locator(".views summary"))
    person.page.get_by_label(person.word("view_name")).fill(name)
    person.clicks_button(person.word("keep_view"))
    person.comes_to("/customers").clicks_link(name, ".views")
    assert "stage=mature" in person.page.url and person.clicks <= 3
