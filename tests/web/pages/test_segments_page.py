"""Rules are built in a form, counted, kept, and lead to their people."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser, sent
from motherlode.web.pages.building import built, shown
from motherlode.worklist.rules import Behaviour, Condition, Group, Trait, write
from small_project import copied, made

KNOWN = {
    "stage": Trait("stage", "profile.lifecycle", "stage", "text"),
    "spend_365d": Trait("spend_365d", "profile.features", "spend_365d", "number"),
}
LOST = Group("all", (Condition("stage", "is", "lost"),))
BUILT = f"/segments?{urlencode({'rule': write(LOST)})}"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with browser(made()) as one:
        yield one


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TestClient]:
    with browser(copied(tmp_path)) as one:
        yield one


def form_of(rule: Group) -> dict[str, str]:
    """What a browser would send of the form that shows a rule."""
    found: dict[str, str] = {}

    def fill(node: dict) -> None:  # type: ignore[type-arg]
        place, it = node["place"], node["it"]
        if node["kind"] == "group":
            found[f"match:{place}"] = it.match
        elif node["kind"] == "did":
            told = {
                "event": it.event or ":order",
                "operator": it.operator,
                "times": str(it.times),
                "days": str(it.days),
            }
            found.update({f"{name}:{place}": value for name, value in told.items()})
        else:
            told = {"trait": it.trait, "was": it.trait, "operator": it.operator, "value": it.value}
            found.update({f"{name}:{place}": value for name, value in told.items()})
        for part in node["parts"]:
            fill(part)

    fill(shown(rule))
    return found


def test_a_form_says_the_rule_that_it_shows() -> None:
    rule = Group(
        "all",
        (
            LOST.parts[0],
            Group(
                "any",
                (Behaviour("", "least", 3, 0), Behaviour("cart", "most", 2, 30), Condition("spend_365d", "least", "5")),
            ),
        ),
    )
    assert built(form_of(rule), KNOWN, []) == rule  # type: ignore[arg-type]


def test_buttons_add_and_drop_where_they_stand() -> None:
    rule = Group("all", (LOST.parts[0], Group("any")))
    grown = built({**form_of(rule), "add": "0.2:did"}, KNOWN, ["cart"])  # type: ignore[arg-type]
    assert grown.parts[1] == Group("any", (Behaviour("cart", "least", 1, 90),))
    assert built({**form_of(rule), "drop": "0.1"}, KNOWN, []) == Group("all", (Group("any"),))  # type: ignore[arg-type]


def test_another_trait_is_asked_in_its_own_way_and_has_no_value_yet() -> None:
    form = {**form_of(LOST), "trait:0.1": "spend_365d"}
    assert built(form, KNOWN, []) == Group("all", (Condition("spend_365d", "least", ""),))  # type: ignore[arg-type]


def test_nesting_ends_somewhere() -> None:
    form = {f"match:{'.'.join(['0', *['1'] * depth])}": "all" for depth in range(50)}
    assert write(built(form, KNOWN, [])).count("group") <= 7  # type: ignore[arg-type]


def test_the_count_is_that_of_the_list_behind_it(client: TestClient) -> None:
    seen = Seen(client.get("/segments", params={"rule": write(LOST)}).text)
    count = int(re.findall(r"(\d+) of 80 customers", seen.text)[0])
    behind = next(link for link in seen.links if link.startswith("/customers?rule="))
    assert f"{count} customers" in Seen(client.get(behind).text).text
    assert "Lifecycle stage is Lost" in seen.text


def test_an_impossible_value_is_told_and_counts_nobody(client: TestClient) -> None:
    rule = Group("all", (Condition("orders_365d", "least", "many"),))
    answer = client.get("/segments", params={"rule": write(rule)})
    assert answer.status_code == 200 and "is no number" in answer.text


def test_a_segment_is_kept_listed_and_taken_away(own: TestClient) -> None:
    kept = sent(own, BUILT, "/segments/keep", name="lost tea drinkers", rule=write(LOST))
    assert kept.status_code == 200 and "lost tea drinkers" in kept.text
    assert "lost tea drinkers" not in sent(own, BUILT, "/segments/drop", name="lost tea drinkers").text
    ledger = own.app.state.project.ledger.read("segments")  # type: ignore[attr-defined]
    assert [(row["name"], row["rule"] != "") for row in ledger] == [
        ("lost tea drinkers", True),
        ("lost tea drinkers", False),
    ]


def test_a_form_of_another_site_keeps_nothing(own: TestClient) -> None:
    answer = own.post("/segments/keep", data={"name": "x", "rule": write(LOST), "token": "f" * 64})
    assert answer.status_code == 403
    forged = sent(own, BUILT, "/segments/keep", {"origin": "http://evil.example"}, name="x", rule=write(LOST))
    assert forged.status_code == 403
    assert own.app.state.project.ledger.read("segments") == []  # type: ignore[attr-defined]


def test_the_people_of_a_segment_come_as_a_file(client: TestClient) -> None:
    rows = client.get("/segments/people.json", params={"rule": write(LOST)}).json()
    assert rows and {row["stage"] for row in rows} == {"lost"}
    assert "verdict" in rows[0]
