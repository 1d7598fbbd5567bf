"""Leads are claimed, handed back and closed by those who sell, and stand in a grid of fit against engagement."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import mills
from browsing import Seen, browser, sent
from motherlode.project import Project


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mills.project(tmp_path_factory.mktemp("mills"))


@pytest.fixture
def client(shop: Path) -> Iterator[TestClient]:
    with browser(shop) as one:
        yield one


def buttons(client: TestClient, query: str = "") -> list[str]:
    page = Seen(client.get(f"/accounts{query}").text)
    return [str(said["value"]) for tag, said in page.tags if tag == "button" and said.get("name") == "one"]


def act(client: TestClient, **fields: str) -> int:
    return sent(client, "/accounts", "/accounts/act", **fields).status_code


def test_the_grid_leads_to_its_companies_and_counts_each_once(client: TestClient) -> None:
    page = client.get("/accounts")
    cells = re.findall(r'href="(/accounts\?fit_band=\w+&amp;engagement_band=\w+)"><b>(\d+)</b>', page.text)
    assert sum(int(number) for _, number in cells) == mills.MILLS and len(cells) >= 2
    for link, number in cells:
        assert f"{number} companies" in Seen(client.get(link.replace("&amp;", "&")).text).text


def test_every_field_shows_its_points_and_the_most_that_it_can_have(client: TestClient) -> None:
    best = client.get("/accounts").text.partition('class="people"')[2].partition("</form>")[0]
    assert re.search(r"<td class=\"number\">[\d.]+<small> / [\d.]+</small></td>", best)


def test_a_lead_is_claimed_won_and_opened_again(client: TestClient) -> None:
    first = buttons(client)[0]
    assert first.startswith("claim m")
    who = first.split()[1]
    assert act(client, one=first) == 200
    mine = buttons(client, "?owner=mine")
    assert mine == [f"won {who}", f"lost {who}", f"return {who}"]
    assert act(client, one=f"won {who}") == 200
    assert buttons(client, "?follow_up=won") == [f"open {who}"]
    assert act(client, one=f"open {who}") == 200 and act(client, one=f"return {who}") == 200
    assert f"claim {who}" in buttons(client, "?owner=-")


def test_a_lost_lead_says_why(client: TestClient) -> None:
    who = buttons(client)[2].split()[1]
    assert act(client, one=f"lost {who}", because_lost="price") == 200
    assert act(client, one=f"lost {who}") == 400
    fact = client.app.state.project.ledger.last("follow_ups", 1)[0]  # type: ignore[attr-defined]
    assert (fact["customer_id"], fact["follow_up"], fact["because"]) == (who, "lost", "price")


def test_open_deals_stand_on_the_page_and_all_of_them_in_a_file(tmp_path: Path) -> None:
    folder = mills.project(tmp_path)
    with Project(folder) as shop:
        # Deals that close later are open on that day.
        shop.run(date(2024, 2, 20))
    with browser(folder) as client:
        rows = client.get("/tables/opportunity/open_deals.json").json()
        card = client.get("/accounts").text.partition('id="deals"')[2].partition("</section>")[0]
    assert len(rows) > 10
    best = sorted(rows, key=lambda row: row["deal_rank"])[:10]
    assert re.findall(r'href="/customers/(\w+)"', card) == [row["customer_id"] for row in best]
    assert f"{len(rows)} open" in Seen(card).text and "/tables/opportunity/open_deals.csv" in card


def test_the_contacts_of_a_company_stand_with_their_positions_and_how_engaged_they_are(tmp_path: Path) -> None:
    folder = mills.project(tmp_path)
    people = [
        {"who": f"p{n}", "name": "Mill 03", "post": post} for n, post in enumerate(("Buyer", "Head of purchasing"))
    ]
    mills.write_csv(folder / "inbox" / "people.csv", people)
    seen = [{"who": "p1", "what": "viewed", "at": f"2024-03-0{day} 10:00"} for day in (1, 2, 3)]
    mills.write_csv(folder / "inbox" / "seen.csv", seen)
    with (folder / "motherlode.toml").open("a", encoding="utf-8") as settings:
        settings.write(CONTACTS)
    with Project(folder) as project:
        project.load()
        project.run()
    with browser(folder) as client:
        page = client.get("/customers/m03").text.partition('id="contacts"')[2].partition("</section>")[0]
        rows = [row.split("</tr>")[0] for row in page.split("<tr")[2:]]
        assert [re.findall(r"p\d|m\d\d", row)[0] for row in rows] == ["p1", "m03", "p0"]
        assert "Head of purchasing" in rows[0] and "Buyer" in rows[2]
        assert "/customers?company=Mill+03" in page and 'id="contacts"' not in client.get("/customers/m04").text
        assert "3 customers" in Seen(client.get("/customers?company=Mill+03").text).text
        assert re.search(r'href="/customers/m03#contacts">3</a>', client.get("/accounts").text)


CONTACTS = """
[sources.people]
path = "inbox/people.csv"
table = "customers"
columns = { customer_id = "who", company = "name", job_title = "post" }

[sources.seen]
path = "inbox/seen.csv"
table = "events"
columns = { customer_id = "who", event = "what", occurred_at = "at" }
"""
