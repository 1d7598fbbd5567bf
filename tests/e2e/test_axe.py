"""axe finds nothing on any page, in both languages and both themes."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from chromium import chromium, opened, served
from motherlode.web.pages.page import pages
from motherlode.web.pages.site import link
from motherlode.worklist.rules import Condition, Group, write
from small_project import made

pytestmark = pytest.mark.slow
RULE = write(Group("all", (Condition("stage", "is", "lost"), Group("any", (Condition("orders_365d", "least", "2"),)))))
MORE = (
    "/customers/c001",
    "/customers?stage=lost",
    "/customers?q=nobody at all",
    "/opportunities?budget=30",
    link("/segments", rule=RULE),
    "/privacy?person=c003",
    "/decisions?verify=yes",
    "/tables/profile/rfm",
    "/analyse/funnel?step=:first_order&step=:second_order&by=stage",
    "/analyse/retention",
    "/analyse/retention?by=stage&days=7",
    "/analyse/cohorts",
    "/analyse/cohorts?by=stage&days=90",
    "/analyse/paths?anchor=:second_order&to=yes",
    "/analyse/events?doing=:order",
    "/quality/pairs",
    "/views",
    "/nothing/here",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(made()) as address:
        yield address


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing(browser: Browser, url: str, language: str, theme: str) -> None:
    found: dict[str, str] = {}
    with opened(browser, language, theme) as window:
        page = window.new_page()
        for path in (*(one.path for one in pages()), *MORE):
            page.goto(url + path)
            for details in page.locator("details").all():
                details.evaluate("it => it.open = true")
            results = Axe().run(page)
            if results.violations_count:
                found[path] = results.generate_report()
    assert found == {}


def test_nothing_is_wider_than_a_phone(browser: Browser, url: str) -> None:
    with opened(browser, "zh", wide=False) as window:
        page = window.new_page()
        wide = []
        for path in (*(one.path for one in pages()), *MORE):
            page.goto(url + path)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wide.append(path)
    assert wide == []


def test_on_a_phone_the_menu_shows_where_one_is_and_files_of_tables_stand_in_sight(browser: Browser, url: str) -> None:
    with opened(browser, "en", wide=False) as window:
        page = window.new_page()
        page.goto(f"{url}/tables")
        seen = "(a) => { const at = a.getBoundingClientRect(); return at.left >= 0 && at.right <= window.innerWidth; }"
        assert page.locator("nav [aria-current=page]").evaluate(seen)
        files = page.locator("td.files a").all()
        assert len(files) > 30 and all(one.evaluate(seen) for one in files[::10])
        page.goto(f"{url}/analyse/events")
        assert page.locator(".tabs [aria-current=page]").evaluate(seen)


def test_the_list_of_opportunities_shows_all_its_columns_on_a_laptop(browser: Browser, url: str) -> None:
    with opened(browser, "en") as window:
        page = window.new_page()
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{url}/opportunities")
        assert page.locator(".scroll:has(.list)").evaluate("it => it.scrollWidth <= it.clientWidth")


def test_rows_of_sentences_are_read_line_by_line_on_a_phone(browser: Browser, url: str) -> None:
    with opened(browser, "zh", wide=False) as window:
        page = window.new_page()
        for path in ("/settings", "/privacy"):
            page.goto(url + path)
            broad = "all => all.filter((it) => it.scrollWidth > it.clientWidth).length"
            assert (
                page.locator(".scroll:has(.telling)").count()
                and page.locator(".scroll:has(.telling)").evaluate_all(broad) == 0
            )


def test_what_stays_in_place_covers_nothing_that_the_keyboard_reaches(browser: Browser, url: str) -> None:
    covered = """() => {
        const here = document.activeElement.getBoundingClientRect();
        const bar = document.querySelector(".acting");
        const over = bar.getBoundingClientRect();
        return !bar.contains(document.activeElement) && here.top < over.bottom - 1 && here.bottom > over.top
            && here.left < over.right && here.right > over.left && here.height < 60;
    }"""
    with opened(browser, "en") as window:
        page = window.new_page()
        page.goto(f"{url}/opportunities")
        page.locator("tbody input").last.focus()
        for _ in range(30):
            page.keyboard.press("Shift+Tab")
            assert not page.evaluate(covered), page.evaluate("document.activeElement.outerHTML")
