"""A page that a browser has already is not sent again, unless anything on it has changed."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from browsing import Seen, browser, sent
from motherlode.web import users
from motherlode.web.pages.page import pages
from small_project import copied, made

STORED = sorted({one.path for page in pages() for one in (page, *page.also) if one.stored and "{" not in one.path})
# The tea shop has no companies: the page says so, and says it anew each time.
HERE = [path for path in STORED if path != "/accounts"]
PASSWORD = "correct horse battery"
# What a browser sends where it trusts the connection.
TRUSTED = {"Sec-Fetch-Site": "none"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with browser(made()) as one:
        yield one


@pytest.fixture
def working(tmp_path: Path) -> Iterator[TestClient]:
    with browser(copied(tmp_path)) as one:
        yield one


def again(client: TestClient, path: str, before: Response, **headers: str) -> Response:
    """Ask for a page as a browser does that has it from before."""
    return client.get(path, headers={**TRUSTED, "If-None-Match": before.headers["etag"], **headers})


@pytest.mark.parametrize("path", [*HERE, "/customers/c001", "/opportunities?stage=decline&page=1"])
def test_an_unchanged_page_is_not_sent_again(client: TestClient, path: str) -> None:
    client.get(path)
    first = client.get(path, headers=TRUSTED)
    assert first.status_code == 200 and first.headers["cache-control"] == "private, no-cache"
    second = again(client, path, first)
    assert (second.status_code, second.content) == (304, b"")
    assert {name: second.headers[name] for name in ("etag", "cache-control")} == {
        name: first.headers[name] for name in ("etag", "cache-control")
    }
    assert "Cookie" in second.headers["vary"] and "default-src 'none'" in second.headers["content-security-policy"]


def test_the_pages_with_lists_and_pictures_are_stored() -> None:
    assert {"/", "/customers", "/opportunities", "/segments", "/analyse/funnel", "/analyse/retention"} <= set(STORED)


def test_one_of_several_known_pages_is_found(client: TestClient) -> None:
    tag = client.get("/", headers=TRUSTED).headers["etag"]
    known = {"If-None-Match": f'W/"another", {tag}'}
    assert client.get("/", headers=known).status_code == 304
    assert client.get("/", headers={"If-None-Match": 'W/"another"'}).status_code == 200


def test_another_language_theme_or_browser_has_another_page(client: TestClient) -> None:
    first = client.get("/opportunities", headers=TRUSTED)
    assert again(client, "/opportunities", first, **{"Accept-Language": "zh"}).status_code == 200
    client.cookies.set("theme", "dark")
    assert again(client, "/opportunities", first).status_code == 200
    client.cookies.delete("theme")
    assert again(client, "/opportunities", first).status_code == 304
    with browser(made()) as other:
        # Its forms need a token of its own.
        assert again(other, "/opportunities", first).status_code == 200


@pytest.mark.parametrize("do", [{"do": "accepted"}, {"do": "snoozed"}, {"do": "claim"}])
def test_every_act_changes_the_list_and_taking_it_back_too(working: TestClient, do: dict[str, str]) -> None:
    first = working.get("/opportunities", headers=TRUSTED)
    who = next(str(said["value"]) for _, said in Seen(first.text).tags if said.get("name") == "who")
    until = {"until": "2024-07-20"} if do["do"] == "snoozed" else {}
    sent(working, "/opportunities", "/opportunities/act", who=who, **do, **until)
    done = again(working, "/opportunities", first)
    assert done.status_code == 200
    act = next(str(said["value"]) for _, said in Seen(done.text).tags if said.get("name") == "act")
    sent(working, "/opportunities", "/opportunities/back", act=act)
    assert again(working, "/opportunities", done).status_code == 200


def test_the_overview_and_the_customer_change_with_an_act_elsewhere(working: TestClient) -> None:
    overview = working.get("/", headers=TRUSTED)
    who = next(link for link in Seen(overview.text).links if link.startswith("/customers/"))
    customer = working.get(who, headers=TRUSTED)
    sent(working, "/opportunities", "/opportunities/act", who=who.rpartition("/")[2], do="won")
    after = again(working, "/", overview)
    assert after.status_code == 200 and who not in Seen(after.text).links
    assert again(working, who, customer).status_code == 200


def test_a_withdrawn_consent_changes_the_list_and_the_customer(working: TestClient) -> None:
    listed = working.get("/opportunities", headers=TRUSTED)
    page = next(link for link in Seen(listed.text).links if link.startswith("/customers/"))
    customer = working.get(page, headers=TRUSTED)
    sent(working, page, "/privacy/withdraw", person=page.rpartition("/")[2], purpose="marketing")
    assert again(working, page, customer).status_code == 200
    assert again(working, "/opportunities", listed).status_code == 200


def test_each_role_has_its_own_page_and_signing_out_clears_what_was_stored(tmp_path: Path) -> None:
    with browser(copied(tmp_path)) as client:
        ledger = client.app.state.project.ledger  # type: ignore[attr-defined]
        for role in ("analyst", "sales"):
            users.add(ledger, f"the {role}", role, PASSWORD, actor="test", now=datetime(2024, 6, 30))
        seen = {}
        for role in ("analyst", "sales"):
            sent(client, "/sign-in", "/sign-in", name=f"the {role}", password=PASSWORD)
            before = seen.get("analyst")
            seen[role] = again(client, "/opportunities", before) if before else client.get("/opportunities")
            left = sent(client, "/opportunities", "/sign-out")
            assert left.history[0].headers["clear-site-data"] == '"cache"'
            # Whoever has it, but is signed out, is not told that it is still good.
            assert again(client, "/opportunities", seen[role]).history[0].status_code == 303
        assert seen["sales"].status_code == 200 and seen["sales"].headers["etag"] != seen["analyst"].headers["etag"]


def test_pages_with_what_names_a_person_are_stored_nowhere(client: TestClient) -> None:
    shown = sent(client, "/customers/c001", "/customers/c001/reveal", purpose="service", reason="a call")
    for answer in (
        shown,
        *(client.get(path, headers=TRUSTED) for path in ("/customers?q=nobody at all", "/privacy?person=c003")),
    ):
        assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers


def test_a_browser_that_would_not_clear_it_stores_no_page(client: TestClient) -> None:
    answer = client.get("/opportunities")
    assert answer.headers["cache-control"] == "no-store" and answer.headers["etag"]


def test_files_of_the_program_come_packed_and_for_ever(client: TestClient) -> None:
    style = next(str(said["href"]) for tag, said in Seen(client.get("/").text).tags if said.get("rel") == "stylesheet")
    packed = client.get(style, headers={"Accept-Encoding": "gzip"})
    plain = client.get(style, headers={"Accept-Encoding": "identity"})
    assert "immutable" in packed.headers["cache-control"] and packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text and "content-encoding" not in plain.headers
    smallest = client.get(style, headers={"Accept-Encoding": "gzip, br"})
    assert smallest.headers["content-encoding"] == "br"
    assert pa.input_stream(pa.BufferReader(smallest.content), compression="brotli").read() == plain.content
