"""Lists are worked on by forms, by whoever may, and what was done is seen at once."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from browsing import Seen, browser, sent
from small_project import copied

LIST = "/opportunities"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with browser(copied(tmp_path)) as one:
        yield one


def ticked(client: TestClient, query: str = "") -> list[str]:
    """Customers that can be ticked on the list."""
    page = Seen(client.get(f"{LIST}{query}").text)
    return [str(said["value"]) for tag, said in page.tags if tag == "input" and said.get("name") == "who"]


def act(client: TestClient, query: str = "", **fields: str) -> Response:
    return sent(client, LIST, f"{LIST}/act{query}", **fields)


def test_who_is_accepted_stays_on_the_list_and_who_is_not_relevant_leaves_it(client: TestClient) -> None:
    first, second, *_ = ticked(client)
    answer = act(client, who=first, do="accepted")
    assert answer.status_code == 200 and "Accepted" in Seen(answer.text).text
    act(client, who=second, do="not_relevant", because_not_relevant="no_need")
    left = ticked(client)
    assert first in left and second not in left
    assert ticked(client, "?follow_up=accepted") == [first]
    assert ticked(client, "?follow_up=not_relevant") == [second]
    assert "No need" in Seen(client.get(f"{LIST}?follow_up=not_relevant").text).text
    # The overview shows what is left to do.
    assert f'href="/customers/{second}"' not in client.get("/").text.partition('class="list"')[2]


def test_the_whole_filtered_list_is_assigned_at_once_and_taken_back(client: TestClient) -> None:
    play = re.findall(r'<select name="play">.*?<option value="(\w+)">', client.get(LIST).text, re.DOTALL)[0]
    whole = ticked(client, f"?play={play}")
    answer = act(client, f"?play={play}", whole="yes", do="assign", put_in_charge="Lin Yue")
    assert f"· {len(whole)} customers" in Seen(answer.text).text and "play=" in str(answer.url)
    assert set(ticked(client, "?owner=Lin+Yue")) == set(whole)
    assert not set(whole) & set(ticked(client, "?owner=-"))
    number = re.findall(r'name="act" value="(\w+)"', answer.text)[0]
    sent(client, LIST, f"{LIST}/back", act=number)
    assert ticked(client, "?owner=Lin+Yue") == []
    assert sent(client, LIST, f"{LIST}/back", act=number).status_code == 400


def test_whoever_is_put_off_is_told_until_when_and_can_be_opened_again(client: TestClient) -> None:
    first = ticked(client)[0]
    act(client, who=first, do="snoozed", until="2024-08-01")
    text = Seen(client.get(f"{LIST}?follow_up=snoozed").text).text
    assert first in text and "2024-08-01" in text and first not in ticked(client)
    act(client, "?follow_up=snoozed", who=first, do="open")
    assert first in ticked(client)


def test_the_sums_and_the_curve_go_with_what_is_left(client: TestClient) -> None:
    def net(text: str) -> tuple[str, str]:
        stops = client.get(re.findall(r'data-stops="(.*?)"', text)[0]).json()
        last, at = map(int, re.findall(r'id="cut" type="range" min="0" max="(\d+)" value="(\d+)"', text)[0])
        assert last == len(stops) - 1
        customers, _, words = stops[at]
        assert f'data-at="{customers}"' in text and f'aria-live="polite">{words}</output>' in text
        told = re.findall(r'role="status"><b>(\d+)</b>(.*?)</p>', text)[0]
        earned = [re.findall(r"net (¥[\d,.]+\d)", said)[0] for said in (told[1], words)]
        assert earned[0] == earned[1]
        return told[0], str(customers)

    before = net(client.get(LIST).text)
    act(client, who=ticked(client)[0], do="not_relevant", because_not_relevant="no_need")
    after = net(client.get(LIST).text)
    # The slider stands where the list is cut off, on the same number as the sum above the list.
    assert before[0] == before[1] and after[0] == after[1] and int(after[0]) == int(before[0]) - 1


def test_a_file_of_the_list_says_how_each_stands(client: TestClient) -> None:
    first = ticked(client)[0]
    act(client, who=first, do="accepted")
    rows = client.get("/tables/opportunity/ranked.json?show=all").json()
    assert {row["customer_id"]: row["follow_up"] for row in rows}[first] == "accepted"


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "accepted"},
        {"do": "accepted", "who": "nobody"},
        {"do": "not_relevant", "who": "c001"},
        {"do": "snoozed", "who": "c001", "until": "31/12/2024"},
        {"do": "drop table", "who": "c001"},
        {"one": "accepted"},
        {"do": "assign", "who": "c001", "put_in_charge": "x" * 200},
    ],
)
def test_a_form_that_asks_for_nothing_that_can_be_done_changes_nothing(
    client: TestClient, fields: dict[str, str]
) -> None:
    assert act(client, **fields).status_code == 400
    assert client.app.state.project.ledger.read("follow_ups") == []  # type: ignore[attr-defined]


def test_an_owner_is_text_on_the_page_and_no_formula_in_a_file(client: TestClient) -> None:
    for evil in ("<script>alert(1)</script>", '=HYPERLINK("http://evil.example")'):
        first = ticked(client)[0]
        act(client, who=first, do="assign", put_in_charge=evil)
        page = client.get(LIST)
        assert "<script>alert" not in page.text
        assert ticked(client, f"?owner={evil}") == [first]
        lines = client.get("/tables/opportunity/follow_ups.csv").content.decode("utf-8-sig").splitlines()
        assert not [line for line in lines if line.startswith("=") or ",=" in line or ',"=' in line]


def test_it_stands_in_the_decision_log(client: TestClient) -> None:
    act(client, who=ticked(client)[0], do="accepted")
    assert "Follow-up" in Seen(client.get("/decisions?what=follow_up").text).text


def test_lists_can_be_worked_on_while_tables_are_written(client: TestClient) -> None:
    with client.app.state.gate.writing():  # type: ignore[attr-defined]
        assert act(client, who=ticked(client)[0], do="accepted").status_code == 200


def test_the_day_until_which_somebody_is_put_off_is_one_of_the_data(client: TestClient) -> None:
    said = re.findall(r'name="until" value="(.*?)" min="(.*?)" max="(.*?)"', client.get(LIST).text)[0]
    day, earliest, latest = map(date.fromisoformat, said)
    assert date(2024, 6, 25) < earliest < day < latest < date(2025, 8, 1)
