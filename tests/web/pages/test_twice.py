"""Pairs that may be one person: side by side, masked, joined or kept apart by somebody, logged, and undone."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser, sent
from motherlode.people import likeness
from motherlode.project import Project
from small_project import copied

PAIRS = "/quality/pairs"
NOW = datetime(2024, 7, 1)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = copied(tmp_path)
    with Project(folder) as project:
        twin = {"customer_id": "x001", "name": "Canary Person 1", "phone": "+8613800138002", "email": "one@example.com"}
        project.vault.keep(pa.Table.from_pylist([twin]), now=NOW)
        pairs = [("c001", "x001", 2.0), ("c002", "c003", -1.0)]
        facts = [
            {"customer_id": one, "other": two, "bits": bits, "decision": "open", "actor": "look", "made_at": NOW}
            for one, two, bits in pairs
        ]
        project.ledger.record("likely_pairs", facts)
    return folder


@pytest.fixture
def client(shop: Path) -> Iterator[TestClient]:
    with browser(shop) as client:
        yield client


def decided(client: TestClient, decision: str, one: str = "c001", two: str = "x001") -> str:
    return sent(client, PAIRS, PAIRS, one=one, two=two, decision=decision).text


def test_pairs_stand_side_by_side_the_likeliest_first(client: TestClient) -> None:
    words = Seen(client.get(PAIRS).text).words
    assert words.index("x001") < words.index("c003")
    assert "odds of one person 4 : 1" in words and "✓ same" in words and "≈ near" in words


def test_values_are_masked_for_everybody(client: TestClient) -> None:
    text = client.get(PAIRS).text
    assert "138****8002" in text and "13800138002" not in text and "Canary Person 1<" not in text


@pytest.mark.parametrize(("decision", "state"), [("same", "decided"), ("different", "decided"), ("later", "later")])
def test_what_is_decided_leaves_the_queue_is_logged_and_can_be_undone(
    client: TestClient, decision: str, state: str
) -> None:
    assert 'value="open"' in decided(client, decision)
    assert "x001" not in Seen(client.get(PAIRS).text).words
    assert "x001" in Seen(client.get(f"{PAIRS}?state={state}").text).words
    assert decision in client.get("/decisions?what=identity").text
    decided(client, "open")
    assert "x001" in Seen(client.get(PAIRS).text).words


def test_the_page_quality_says_how_many_wait(client: TestClient) -> None:
    assert "2 pairs wait →" in Seen(client.get("/quality").text).words


def test_a_pair_that_nobody_found_is_not_decided(client: TestClient) -> None:
    answer = sent(client, PAIRS, PAIRS, one="c001", two="c002", decision="same")
    assert answer.status_code == 400
    assert sent(client, PAIRS, PAIRS, one="c001", two="x001", decision="erase").status_code == 400


def test_a_joined_pair_is_what_the_next_run_reads(shop: Path) -> None:
    with browser(shop) as client:
        decided(client, "same")
    with Project(shop) as project:
        (pair,) = [pair for pair in likeness.pairs(project.stores) if pair.other == "x001"]
    assert pair.decision == "same" and pair.bits == 2.0
