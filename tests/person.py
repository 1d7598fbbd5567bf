"""Somebody at a page, who reads a language and whose clicks are counted."""

import re

from playwright.sync_api import Locator, Page

from motherlode.labels import Language, label


class Person:
    """Somebody at a page, whose clicks are counted."""

    def __init__(self, page: Page, language: Language, url: str) -> None:
        self.page, self.language, self.url = page, language, url
        self.clicks = 0

    def comes_to(self, path: str) -> "Person":
        self.page.goto(self.url + path)
        return self

    def word(self, key: str, section: str = "web", **values: str) -> str:
        return label(section, key, self.language).format(**values)

    def clicks_on(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def clicks_link(self, name: "str | re.Pattern[str]", within: str = "body") -> None:
        self.clicks_on(self.page.locator(within).get_by_role("link", name=name).first)

    def clicks_button(self, name: str) -> None:
        self.clicks_on(self.page.get_by_role("button", name=name, exact=True).first)

    def reads(self, where: str = "main") -> str:
        return self.page.locator(where).inner_text()

    def waits_for(self, where: str) -> None:
        self.page.locator(where).first.wait_for()
