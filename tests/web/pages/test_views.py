"""Views: filters of a page under a name, one's own or shared, kept and dropped without a script."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser, sent
from motherlode.project import Project
from small_project import copied

LOST = "/customers?stage=lost"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def client(shop: Path) -> Iterator[TestClient]:
    with browser(shop) as client:
        yield client


def kept(client: TestClient, name: str, path: str = "/customers", query: str = "stage=lost&page=2", **more: str) -> str:
    answer = sent(client, LOST, "/views/keep", path=path, query=query, name=name, **more)
    return str(answer.url)


def links(client: TestClient, path: str) -> list[str]:
    return Seen(client.get(path).text).links


def test_where_no_view_is_kept_yet_the_pages_that_can_have_one_are_a_link_away(client: TestClient) -> None:
    page = client.get("/views").text.partition("<main")[2]
    assert {"/opportunities", "/customers", "/decisions"} <= set(Seen(page).links)


def test_filters_are_kept_under_a_name_and_are_one_link_away(client: TestClient) -> None:
    assert kept(client, "gone").endswith(LOST)
    assert LOST in links(client, "/customers") and LOST in links(client, "/views")
    assert LOST not in links(client, "/opportunities")


def test_the_view_that_is_looked_at_is_marked(client: TestClient) -> None:
    kept(client, "gone")
    current = [said for tag, said in Seen(client.get(f"{LOST}&page=1").text).tags if said.get("aria-current") == "true"]
    assert [said["href"] for said in current] == [LOST]


def test_a_name_that_is_kept_again_is_the_new_one(client: TestClient) -> None:
    kept(client, "mine", query="stage=lost")
    kept(client, "mine", query="stage=mature")
    text = Seen(client.get("/views").text)
    assert "/customers?stage=mature" in text.links and text.words.count("mine") == 1


def test_a_view_is_dropped_and_every_step_is_in_the_log(client: TestClient) -> None:
    kept(client, "brief", query="stage=trial")
    sent(client, "/views", "/views/drop", path="/customers", name="brief", actor="local", back="/views")
    assert "brief" not in Seen(client.get("/views").text).words
    log = client.get("/decisions?what=view").text
    assert "brief" in log and "kept" in log


def test_what_is_no_page_with_filters_is_refused(client: TestClient) -> None:
    for path in ("/settings", "https://elsewhere.example/", "//elsewhere.example", ""):
        assert sent(client, LOST, "/views/keep", path=path, query="a=b", name="x").status_code == 400
    assert sent(client, LOST, "/views/keep", path="/customers", query="stage=lost", name=" ").status_code == 400


def test_a_name_is_text_and_no_markup(client: TestClient) -> None:
    kept(client, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in client.get("/customers").text


def test_others_see_what_is_shared_and_drop_only_their_own(shop: Path, client: TestClient) -> None:
    with Project(shop) as project:
        for name, shared in (("for all", True), ("for me", False)):
            view = {"page": "/customers", "name": name, "query": "stage=mature", "actor": "mei", "shared": shared}
            project.ledger.record("views", [{**view, "kept": True, "made_at": datetime(2024, 7, 1)}])
    words = Seen(client.get("/views").text).words
    assert "for all" in words and "for me" not in words
