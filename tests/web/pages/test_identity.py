"""Which identifiers are one person: shown with rule and row, nothing personal, and undone where somebody says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import joined_shop
from browsing import Seen, browser, sent
from joined_shop import EMAIL, PHONE
from motherlode.project import Project


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return joined_shop.project(tmp_path_factory.mktemp("tea"))


@pytest.fixture
def client(shop: Path) -> Iterator[TestClient]:
    with browser(shop) as one:
        yield one


def section(client: TestClient, who: str = "u1") -> str:
    return client.get(f"/customers/{who}").text.partition('id="identity"')[2].partition("</section>")[0]


def test_each_identifier_stands_with_the_rule_that_joined_it_and_the_row_that_says_so(client: TestClient) -> None:
    words = Seen(section(client)).text
    assert "u2 Has the same phone as another number of this person 2024-02-02 inbox/people.csv · row 2" in words
    assert "u3 Has the same e-mail as another number of this person" in words
    assert "u9 The data says that it is u1 2024-05-03 inbox/visits.csv · row 3" in words
    assert "Device ····fang Was used while known as u1" in words and "····ming" not in words


def test_nothing_personal_stands_there(client: TestClient) -> None:
    page = section(client)
    assert PHONE not in page and EMAIL not in page and "王芳" not in page and "device-of-fang" not in Seen(page).text


def test_the_picture_ties_numbers_to_what_they_share(client: TestClient) -> None:
    drawn = section(client).partition("<svg")[2].partition("</svg>")[0]
    # u1 and u2 have one phone, u1 and u3 one e-mail, u1 a device, and u9 is u1.
    assert drawn.count("<line") == 5 and drawn.count('class="tie"') == 1


def test_who_was_joined_with_nobody_has_no_such_picture(client: TestClient) -> None:
    assert "<line" in section(client, "u4") and "Undo" in section(client, "u4")
    assert "Has the same" not in section(client, "u4")


def test_a_link_that_there_is_not_cannot_be_undone(client: TestClient) -> None:
    form = {"one": "u1", "other_kind": "customer", "other": "u4"}
    assert sent(client, "/customers/u1", "/customers/u1/cut", **form).status_code == 400
    assert client.app.state.project.ledger.read("cuts") == []  # type: ignore[attr-defined]


def test_a_link_of_somebody_else_cannot_be_undone_from_here(client: TestClient) -> None:
    form = {"one": "u4", "other_kind": "device", "other": "device-of-ming"}
    assert sent(client, "/customers/u1", "/customers/u1/cut", **form).status_code == 400


def test_what_is_undone_is_logged_and_apart_with_the_next_run(shop: Path) -> None:
    with browser(shop) as client:
        form = {"one": "u1", "other_kind": "customer", "other": "u9"}
        assert sent(client, "/customers/u1", "/customers/u1/cut", **form).status_code == 200
        assert "1 undone; apart with the next run" in Seen(section(client)).text
        logged = client.app.state.project.audit.entries(1)[0]  # type: ignore[attr-defined]
        assert (logged["what"], logged["decision"], logged["other"]) == ("identity", "cut", "u9")
        assert client.get("/customers/u9").status_code == 404
    with Project(shop) as project:
        project.run()
    with browser(shop) as client:
        assert client.get("/customers/u9").status_code == 200 and "u9" not in Seen(section(client)).text
