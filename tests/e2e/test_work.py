"""The tasks of those who work leads and rows: in few clicks, in both languages."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import mills
from chromium import chromium, opened, served
from motherlode.labels import LANGUAGES, Language, label

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, language: Language) -> Iterator[str]:
    with served(mills.project(tmp_path_factory.mktemp(f"mills-{language}"))) as address:
        yield address


@pytest.fixture
def page(browser: Browser, url: str, language: Language) -> Iterator[Page]:
    with opened(browser, language) as window:
        page = window.new_page()
        page.goto(url)
        yield page


def word(language: Language, section: str, key: str) -> str:
    return label(section, key, language)


def test_11_the_best_lead_is_claimed_its_points_are_seen_and_the_outcome_is_logged(
    page: Page, language: Language
) -> None:
    page.get_by_role("link", name=word(language, "page", "accounts"), exact=True).click()
    first = page.locator("table.people tbody tr").first
    assert "/" in first.locator("td.number small").first.inner_text()
    company = first.locator("th a").inner_text()
    first.get_by_role("button", name=word(language, "web", "claim_lead")).click()
    page.locator(".done").wait_for()
    page.locator("table.people tbody tr", has_text=company).get_by_role(
        "button", name=word(language, "web", "log_won"), exact=True
    ).click()
    page.locator("table.people tbody tr", has_text=company).get_by_text(word(language, "follow_up", "won")).wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_these_pages(browser: Browser, url: str, language: Language, theme: str) -> None:
    found = {}
    paths = ("/accounts", "/accounts?owner=mine", "/quality?problem=unreadable_amount&table=deals", "/decisions")
    with opened(browser, language, theme) as window:
        page = window.new_page()
        for path in paths:
            page.goto(url + path)
            results = Axe().run(page)
            if results.violations_count:
                found[path] = results.generate_report()
    assert found == {}


def test_these_pages_are_not_wider_than_a_phone(browser: Browser, url: str, language: Language) -> None:
    with opened(browser, language, wide=False) as window:
        page = window.new_page()
        for path in ("/accounts", "/quality?problem=unreadable_amount&table=deals"):
            page.goto(url + path)
            assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), path


def test_4_a_group_of_rows_is_repaired_and_the_count_falls(page: Page, language: Language, url: str) -> None:
    page.get_by_role("link", name=word(language, "page", "quality"), exact=True).click()
    group = page.locator("#quarantine tbody").first.get_by_role(
        "link", name=word(language, "problem", "unreadable_amount"), exact=True
    )
    group.click()
    page.locator("#mend input[name='now:1']").fill("0")
    assert page.locator("#mend input[name='now:0']").input_value() == "12.50"
    page.get_by_role("button", name=word(language, "web", "mend_try")).click()
    assert "2" in page.locator("#mend [role=status]").inner_text()
    page.locator("#mend").get_by_role("button", name=word(language, "web", "readmit")).click()
    page.locator("#job .yes").wait_for(timeout=600_000)
    page.goto(f"{url}/quality")
    assert word(language, "problem", "unreadable_amount") not in page.locator("#quarantine").inner_text()
