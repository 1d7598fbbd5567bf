"""What is read once a run answers as the tables do."""

from urllib.parse import urlencode

import pyarrow as pa
import pytest

from browsing import Seen, browser, sent
from motherlode.warehouse import open_warehouse
from motherlode.web.pages import roll
from motherlode.worklist.rules import Condition, Group, write
from small_project import copied, made

LISTS = (
    {},
    {"page": "2"},
    {"order": "idle_days"},
    {"order": "-leaves_90d"},
    {"order": "rank", "page": "2"},
    {"order": "-spend_prior_365d"},
    {"stage": "mature"},
    {"stage": "lost", "order": "-idle_days"},
    {"rule": write(Group("any", (Condition("spend_365d", "least", "900"), Condition("city", "is", "上海"))))},
)


@pytest.mark.parametrize("page", ["/customers", "/segments"])
def test_lists_and_counts_are_those_of_the_tables(page, monkeypatch):
    with browser(made()) as client:
        kept = [Seen(client.get(f"{page}?{urlencode(asked)}").text).words for asked in LISTS]
    monkeypatch.setattr(roll, "MOST_ON_ROLL", 0)
    with browser(made()) as client:
        read = [Seen(client.get(f"{page}?{urlencode(asked)}").text).words for asked in LISTS]
    assert kept == read


def test_whoever_is_erased_is_gone_from_the_roll(tmp_path):
    with browser(copied(tmp_path)) as client:
        assert (
            ">c003<"
            in client.get("/customers?order=-idle_days").text + client.get("/customers?order=-idle_days&page=2").text
        )
        form = {"person": "c003", "kind": "erase", "identity": "called back", "sure": "yes"}
        assert sent(client, "/privacy?person=c003", "/privacy/act", **form).status_code == 200
        pages = [client.get(f"/customers?order=-idle_days&page={page}").text for page in (1, 2)]
    assert ">c003<" not in "".join(pages) and ">c004<" in "".join(pages)


def test_a_table_is_lent_once_however_often_it_is_asked_for(tmp_path):
    warehouse, rows = open_warehouse("duckdb://:memory:", tmp_path), pa.table({"n": [1, 2]})
    names = {warehouse.lend(rows) for _ in range(40)}
    assert len(names) == 1 and warehouse.value(f"SELECT sum(n) FROM {names.pop()}") == 3  # noqa: S608
