"""Once there is a user everybody signs in, and sees what the role may see."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser, sent
from motherlode.web import users
from motherlode.web.pages.page import pages
from motherlode.web.users import ROLES
from small_project import copied

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("house"))


@pytest.fixture
def client(house: Path) -> Iterator[TestClient]:
    with browser(house) as one:
        ledger = state(one).project.ledger
        for role in ROLES:
            users.add(ledger, f"the {role}", role, PASSWORD, actor="test", now=datetime(2024, 6, 30))
        yield one


def state(client: TestClient) -> Any:
    return client.app.state  # type: ignore[attr-defined]


def as_(client: TestClient, role: str) -> TestClient:
    client.cookies.clear()
    answer = sent(client, "/sign-in", "/sign-in", name=f"the {role}", password=PASSWORD)
    assert answer.status_code == 200
    return client


def test_nobody_sees_anything_before_signing_in(client: TestClient) -> None:
    for path in [page.path for page in pages() if page.key != "sign_in"] + [
        "/customers/c001",
        "/tables/profile/rfm.csv",
    ]:
        answer = client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in"), path
    assert client.get("/sign-in").status_code == 200 and client.get("/health").status_code == 200


def test_a_role_lands_where_it_works_and_sees_its_pages(client: TestClient) -> None:
    landings = {
        "analyst": "/",
        "marketer": "/opportunities",
        "sales": "/opportunities",
        "compliance": "/privacy",
        "admin": "/",
    }
    for role, landing in landings.items():
        client.cookies.clear()
        answer = sent(client, "/sign-in", "/sign-in", name=f"the {role}", password=PASSWORD)
        assert answer.url.path == landing
        shown = {link for link in Seen(answer.text).links if link.startswith("/")}
        for page in pages():
            if page.path in shown:
                assert client.get(page.path).status_code == 200


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("sales", "/quality"),
        ("sales", "/decisions"),
        ("marketer", "/privacy"),
        ("analyst", "/tables/collect/raw_orders.csv"),
        ("sales", "/tables/refine/orders.csv"),
        ("marketer", "/tables/govern/statements.json"),
    ],
)
def test_another_roles_addresses_are_refused(client: TestClient, role: str, path: str) -> None:
    assert as_(client, role).get(path).status_code == 403


def test_another_roles_forms_are_refused(client: TestClient) -> None:
    sales = as_(client, "sales")
    page = "/customers/c001"
    for to in ("/segments/keep", "/privacy/act", "/settings/invite", "/settings/remove"):
        assert sent(sales, page, to, name="x", rule="{}", role="admin").status_code == 403, to


def test_going_on_where_one_was_stopped_but_never_elsewhere(client: TestClient) -> None:
    answer = sent(client, "/sign-in?next=/quality", "/sign-in", name="the admin", password=PASSWORD, next="/quality")
    assert answer.url.path == "/quality"
    client.cookies.clear()
    away = sent(client, "/sign-in", "/sign-in", name="the admin", password=PASSWORD, next="//evil.example/")
    assert away.url.host == "127.0.0.1"


def test_guessing_is_told_nothing_and_soon_has_to_wait(client: TestClient) -> None:
    told = [sent(client, "/sign-in", "/sign-in", name=name, password="guess").text for name in ("the admin", "nobody")]
    assert all("do not fit" in text for text in told)
    for _ in range(5):
        last = sent(client, "/sign-in", "/sign-in", name="the admin", password="guess")
    assert last.status_code == 429
    assert sent(client, "/sign-in", "/sign-in", name="the admin", password=PASSWORD).status_code == 429


def test_signing_out_ends_the_session(client: TestClient) -> None:
    one = as_(client, "analyst")
    session = one.cookies["session"]
    sent(one, "/segments?rule=%7B%22type%22:%22group%22%7D", "/sign-out")
    one.cookies.set("session", session)
    assert one.get("/", follow_redirects=False).status_code == 303


def test_a_stolen_looking_cookie_is_no_session(client: TestClient) -> None:
    client.cookies.set("session", "A" * 43)
    assert client.get("/", follow_redirects=False).status_code == 303


def test_who_is_invited_chooses_a_password_once(client: TestClient) -> None:
    page = sent(as_(client, "admin"), "/settings", "/settings/invite", name="new", role="sales")
    link = Seen(page.text).text.split("/welcome?key=")[1].split()[0]
    client.cookies.clear()
    answer = sent(client, f"/welcome?key={link}", "/welcome", key=link, name="new", password=PASSWORD)
    assert answer.url.path == "/opportunities"
    assert client.get(f"/welcome?key={link}").status_code == 403


def test_who_is_removed_is_out_at_once(client: TestClient, house: Path) -> None:
    sales = as_(client, "sales")
    session = sales.cookies["session"]
    sent(as_(client, "admin"), "/settings", "/settings/remove", name="the sales")
    client.cookies.clear()
    client.cookies.set("session", session)
    assert client.get("/", follow_redirects=False).status_code == 303


def test_personal_fields_are_shown_by_role_and_purpose_and_the_reading_is_logged(client: TestClient) -> None:
    page = as_(client, "marketer").get("/customers/c002").text
    assert "Canary Person 2" not in page and "13800138002" not in page
    masked = sent(client, "/customers/c002", "/customers/c002/reveal", purpose="marketing", reason="call back").text
    assert "Canary Person 2" not in masked and "138****8002" in masked
    refused = sent(client, "/customers/c002", "/customers/c002/reveal", purpose="rights", reason="curious")
    assert refused.status_code == 403 and "138****" not in refused.text
    clear = sent(
        as_(client, "compliance"), "/customers/c002", "/customers/c002/reveal", purpose="rights", reason="asked"
    )
    assert "Canary Person 2" in clear.text
    last = state(client).project.audit.entries(10)
    readings = [entry for entry in last if entry["what"] == "read"]
    assert {entry["actor"] for entry in readings} >= {"the marketer", "the compliance"}


@pytest.mark.parametrize(
    ("role", "may"), [("marketer", True), ("sales", True), ("analyst", False), ("compliance", False)]
)
def test_lists_are_worked_on_by_those_who_act(client: TestClient, role: str, may: bool) -> None:
    as_(client, role)
    page = client.get("/opportunities")
    ticks = [said["value"] for tag, said in Seen(page.text).tags if said.get("name") == "who"]
    assert bool(ticks) == may
    answer = sent(client, "/opportunities", "/opportunities/act", who=str((ticks or ["c001"])[-1]), do="accepted")
    assert answer.status_code == (200 if may else 403)


@pytest.mark.parametrize(
    ("role", "finds"), [("marketer", True), ("compliance", True), ("analyst", False), ("sales", False)]
)
def test_whoever_may_not_see_phones_does_not_find_people_by_them(client: TestClient, role: str, finds: bool) -> None:
    # A sales person sees those of her own customers only.
    answer = as_(client, role).get("/customers", params={"q": "8012"}, follow_redirects=False)
    assert (answer.status_code == 303) == finds
