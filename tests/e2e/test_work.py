"""The tasks of those who work leads and rows: in few clicks, in both languages."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

import joined_shop
import mills
from chromium import chromium, opened, served
from motherlode.labels import LANGUAGES, Language
from person import Person

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
def somebody(browser: Browser, url: str, language: Language) -> Iterator[Person]:
    with opened(browser, language) as window:
        yield Person(window.new_page(), language, url).comes_to("/")


def test_11_the_best_lead_is_claimed_its_points_are_seen_and_the_outcome_is_logged(somebody: Person) -> None:
    person, page = somebody, somebody.page
    person.clicks_link(person.word("accounts", "page"), "nav")
    first = page.locator("table.people tbody tr").first
    assert "/" in first.locator("td.number small").first.inner_text()
    company = first.locator("th a").inner_text()
    person.clicks_on(first.get_by_role("button", name=person.word("claim_lead")))
    person.waits_for(".done")
    lead = page.locator("table.people tbody tr", has_text=company)
    person.clicks_on(lead.get_by_role("button", name=person.word("log_won"), exact=True))
    lead.get_by_text(person.word("won", "follow_up")).wait_for()
    assert person.clicks <= 4


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


def test_4_a_group_of_rows_is_repaired_and_the_count_falls(somebody: Person) -> None:
    person, page = somebody, somebody.page
    person.clicks_link(person.word("quality", "page"), "nav")
    problem = person.word("unreadable_amount", "problem")
    person.clicks_on(page.locator("#quarantine tbody").first.get_by_role("link", name=problem, exact=True))
    page.locator("#mend input[name='now:1']").fill("0")
    assert page.locator("#mend input[name='now:0']").input_value() == "12.50"
    person.clicks_button(person.word("mend_try"))
    assert "2" in person.reads("#mend [role=status]")
    person.clicks_on(page.locator("#mend").get_by_role("button", name=person.word("readmit")))
    page.locator("#job .yes").wait_for(timeout=600_000)
    assert person.clicks <= 4
    assert problem not in person.comes_to("/quality").reads("#quarantine")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, language: Language) -> Iterator[str]:
    with served(joined_shop.project(tmp_path_factory.mktemp(f"joined-{language}"))) as address:
        yield address


def test_8_which_identifiers_are_this_person_is_seen_and_one_is_undone(
    browser: Browser, shop: str, language: Language
) -> None:
    with opened(browser, language) as window:
        person = Person(window.new_page(), language, shop).comes_to("/customers/u1")
        assert person.word("joined_by_phone") in person.reads("#identity") and "Buyer" in person.reads("#contacts")
        row = person.page.locator("#identity tr", has_text="u2").first
        person.clicks_on(row.get_by_role("button", name=person.word("cut_link")))
        assert person.word("cut_next", n="1") in person.reads("#identity") and person.clicks <= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_where_identifiers_and_contacts_stand(
    browser: Browser, shop: str, language: Language, theme: str
) -> None:
    with opened(browser, language, theme) as window:
        page = window.new_page()
        page.goto(f"{shop}/customers/u1")
        assert page.locator("#identity svg").count() == 2 and page.locator("#contacts tbody tr").count() == 2
        assert not Axe().run(page).violations_count


def test_a_customer_of_many_identifiers_fits_a_phone(browser: Browser, shop: str, language: Language) -> None:
    with opened(browser, language, wide=False) as window:
        page = window.new_page()
        page.goto(f"{shop}/customers/u1")
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
