"""Funnel, retention, paths and events: each number has its people, and each picture its file."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser
from motherlode.measure.funnel import Funnel
from motherlode.measure.marks import AtStep
from motherlode.project import Project
from motherlode.worklist.rules import Group, Walked, write
from small_project import copied, made

PAGES = ("funnel", "retention", "cohorts", "paths", "events")
MILESTONES = (":first_order", ":second_order", ":third_order")


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with browser(made()) as one:
        yield one


def people(client: TestClient, address: str) -> int:
    """How many customers a list says that it has."""
    words = Seen(client.get(address).text).text
    return int(re.search(r"([\d,]+) customers", words)[1].replace(",", ""))  # type: ignore[index]


def numbers(client: TestClient, address: str) -> list[dict[str, str]]:
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", [page for page in PAGES if page != "cohorts"])
def test_each_answers_in_each_language_with_a_hint_what_would_fill_it(client, page, language):
    answer = client.get(f"/analyse/{page}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert {"zh": "网站和应用的采集", "en": "collect them with an SDK"}[language] in html.unescape(answer.text)


def test_a_shop_without_events_has_the_way_to_its_third_order(client):
    rows = numbers(client, "/analyse/funnel.csv")
    assert [row["doing"] for row in rows] == list(MILESTONES)
    assert int(rows[0]["reached"]) == 80 and int(rows[0]["reached"]) >= int(rows[2]["reached"]) > 0


def test_who_reached_a_step_and_who_was_lost_are_as_many_as_it_says(client):
    query = "?step=:first_order&step=:second_order&step=:third_order&window=35&unit=days"
    rows = numbers(client, f"/analyse/funnel.csv{query}")
    asked = Funnel(MILESTONES, 35 * 24.0)
    for row in rows[1:]:
        for mark, count in (
            (AtStep(asked, int(row["step"])), "reached"),
            (AtStep(asked, int(row["step"]), True), "lost"),
        ):
            rule = write(Group("all", (Walked(mark),)))
            assert people(client, f"/customers?{'rule='}{rule}") == int(row[count])
    assert any(int(row["lost"]) for row in rows)


@pytest.mark.parametrize("address", ["/analyse/funnel?by=stage", "/analyse/retention", "/analyse/retention?by=stage",
                                     "/analyse/paths", "/analyse/events"])  # fmt: skip
def test_every_link_to_people_leads_to_as_many_as_it_says(client, address):
    page = client.get(address).text
    found = re.findall(r'<td class="number[^"]*"[^>]*><a href="(/customers\?rule=[^"]+)">([\d,]+)</a>', page)
    assert len(found) > 1
    for leads, said in found[:8]:
        assert people(client, html.unescape(leads)) == int(said.replace(",", ""))


def test_a_cell_of_the_triangle_leads_to_those_who_came_back(client):
    page = client.get("/analyse/retention").text
    titled = re.findall(r'title="(\d+) of (\d+) whose[^>]*><a href="([^"]+)">', page)
    assert len(titled) > 10
    for came, _, leads in titled[:6]:
        if int(came):
            assert people(client, html.unescape(leads)) == int(came)


@pytest.mark.parametrize("query", ["", "?by=stage&days=90"])
def test_a_cell_of_value_leads_to_all_whom_it_is_of_and_is_what_they_brought(client, query):
    page = client.get(f"/analyse/cohorts{query}").text.partition('id="worth"')[2].partition("</section>")[0]
    titled = re.findall(r'title="(¥[^ ]+) of (\d+) customers"><a href="([^"]+)">', page)
    rows = numbers(client, f"/analyse/cohorts.csv{query}")
    assert len(titled) > 10 and len(rows) >= len(titled)
    for _, of, leads in titled[:3] + titled[-3:]:
        assert people(client, html.unescape(leads)) == int(of)
    everybody = [row for row in rows if not row["cohort"]]
    assert int(everybody[0]["of"]) == 80 and int(everybody[-1]["of"]) <= 80
    for row in rows:
        assert float(row["each"]) == pytest.approx(float(row["money"]) / int(row["of"]), rel=1e-6)


def test_the_table_of_value_is_what_its_page_says(client):
    page = numbers(client, "/analyse/cohorts.csv")
    table = numbers(client, "/tables/measure/cohort_value.csv")
    assert [row["each"] for row in page] == [row["each"] for row in table]


def test_the_funnel_broken_down_adds_up_to_the_whole(client):
    whole = [int(row["reached"]) for row in numbers(client, "/analyse/funnel.csv?window=40")]
    broken = client.get("/analyse/funnel?window=40&by=stage").text.partition('id="parts"')[2]
    rows = [re.findall(r">(\d+)</a>", row) for row in broken.split("<tr>")[2:]]
    assert len(rows) > 2 and [sum(map(int, step)) for step in zip(*rows, strict=True)] == whole


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_each_downloads_in_each_format_and_it_is_written_down(client, page, kind):
    answer = client.get(f"/analyse/{page}.{kind}")
    assert answer.status_code == 200 and len(answer.content) > 50
    if kind == "json":
        assert len(json.loads(answer.content)) > 0
    exports = client.app.state.project.ledger.read("exports")
    assert f"{page}.{kind}" in {row["path"] for row in exports}


def test_what_is_asked_stands_in_the_address_of_the_file_too(client):
    page = Seen(client.get("/analyse/funnel?step=:registered&step=:order&window=9").text)
    (file,) = [one for one in page.links if one.startswith("/analyse/funnel.csv")]
    assert parse_qs(urlsplit(file).query) == {"step": [":registered", ":order"], "window": ["9"]}
    assert [row["doing"] for row in numbers(client, file)] == [":registered", ":order"]


@pytest.mark.parametrize(
    "query",
    ["step=nothing&window=x&unit=years&last=-1&by=phone", "start=x&back=&days=9&by=y", "anchor=%00&steps=99&gap=z"],
)
@pytest.mark.parametrize("page", PAGES)
def test_what_there_is_not_is_not_asked_for(client, page, query):
    assert client.get(f"/analyse/{page}?{query}").status_code == 200


def test_a_segment_that_walked_can_be_built_on(client):
    rule = write(Group("all", (Walked(AtStep(Funnel(MILESTONES, 240.0), 2, lost=True)),)))
    page = Seen(client.get("/segments", params={"rule": rule}).text)
    assert "did First order but not “Second order” within 10 days" in page.text
    (whole,) = [said["value"] for _, said in page.tags if said.get("name") == "walked:0.1"]
    again = client.get("/segments", params={"match:0": "all", "walked:0.1": whole, "add": "0:trait"})
    assert "within 10 days" in Seen(again.text).text and "trait:0.2" in again.text


def test_the_page_of_a_customer_shows_what_she_did(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        seen = "'web' AS source, 'f' AS file, 1 AS row, 'c001' AS customer_id, 'added_to_cart' AS event"
        project.warehouse.execute(
            f"INSERT INTO refine.events BY NAME SELECT {seen}, TIMESTAMP '2024-06-01 10:00' AS occurred_at,"
            " DATE '2024-06-01' AS occurred_on"
        )
    with browser(shop) as client:
        timeline = client.get("/customers/c001").text.partition('class="timeline"')[2]
    assert "added_to_cart" in timeline and "2024-06-01" in timeline
