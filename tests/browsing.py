"""A browser without a screen for the pages of the small project."""

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

from httpx2 import Response
from starlette.testclient import TestClient

from motherlode.project import Project
from motherlode.web.application import application


@contextmanager
def browser(folder: Path, language: str = "en") -> Iterator[TestClient]:
    """A client of the project's application, which asks in a language."""
    with (
        Project(folder) as project,
        TestClient(application(project), "http://127.0.0.1:8642", headers={"Accept-Language": language}) as client,
    ):
        yield client


class Seen(HTMLParser):
    """The text that people read on a page, its links, and the ids on it."""

    UNSEEN = ("script", "style", "title")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._within: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append((tag, said))
        if tag == "a" and said.get("href"):
            self.links.append(str(said["href"]))
        self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            while self._within.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not set(self._within) & set(self.UNSEEN):
            self.words.append(data.strip())


def sent(client: TestClient, page: str, to: str, headers: dict[str, str] | None = None, **fields: str) -> Response:
    """Send a form as the page that holds it would, with the page's token."""
    token = next(said["value"] for _, said in Seen(client.get(page).text).tags if said.get("name") == "token")
    return client.post(to, data={**fields, "token": token}, headers=headers)
