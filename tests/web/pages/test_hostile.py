"""Hostile inputs do no harm: nothing runs, nothing leaks, nothing breaks, whatever is put into an address or a form."""

import html
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser, sent
from small_project import copied, made, write_csv

SCRIPTS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{7*7}}", "${7*7}",
    "<svg/onload=alert(1)>", "' autofocus onfocus=alert(1) x='", "</textarea><script>", "&lt;script&gt;",
    "\u202egnp.exe",
)  # fmt: skip
SQL = (
    "' OR 1=1 --",
    "'; DROP TABLE refine.customers; --", '" UNION SELECT * FROM collect.raw_orders --', "$who", "\\", "%",
    "\x00", "1; ATTACH '/etc/passwd'", "read_csv('/etc/passwd')", "NULL",
)  # fmt: skip
NUMBERS = ("-1", "0", "1e309", "NaN", "inf", "99999999999999999999", "1.5", "٣", "1_000", "", "0x10", "+1")
PATHS = (
    "../motherlode.key", "..%2f..%2fmotherlode.key", "%2e%2e/%2e%2e/etc/passwd", "....//motherlode.key", "/etc/passwd",
    "data/warehouse.duckdb", "motherlode.toml", ".git/config", "static/../../motherlode.key", "\\..\\motherlode.key",
)  # fmt: skip
ASKED = (
    "/customers?q={}", "/customers?stage={}", "/customers?order={}", "/customers?rule={}",
    "/opportunities?play={}", "/segments?rule={}", "/segments?name={}", "/privacy?person={}", "/quality?problem={}",
    "/decisions?what={}", "/customers/{}", "/opportunities?owner={}", "/opportunities?follow_up={}",
    "/quality?problem=no_amount&table={}",
)  # fmt: skip
COUNTED = (
    "/customers?page={}", "/opportunities?page={}", "/opportunities?budget={}", "/accounts?page={}",
    "/customers?orders_365d.least={}",
)  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with browser(made()) as one:
        yield one


def harmless(client: TestClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code in (200, 303, 400, 403, 404), (url, answer.status_code)
    assert "unsafe" not in answer.headers["content-security-policy"]
    for tag, said in Seen(answer.text).tags:
        assert tag not in ("script", "img", "iframe", "object") or str(said.get("src", "")).startswith("/static/"), url
        assert not [name for name in said if name.startswith("on")], url
        assert not str(said.get("href") or "").startswith(("javascript:", "data:")), url
    assert "Traceback" not in answer.text and "/src/motherlode" not in answer.text


def quoted(text: str) -> str:
    return quote(text, safe="")


@pytest.mark.parametrize("address", ASKED)
def test_texts_are_texts(client: TestClient, address: str) -> None:
    for text in (*SCRIPTS, *SQL, "x" * 5000, "富矿" * 500):
        harmless(client, address.format(quoted(text)))


@pytest.mark.parametrize("address", COUNTED)
def test_numbers_that_are_none(client: TestClient, address: str) -> None:
    for number in (*NUMBERS, *SQL[:3]):
        harmless(client, address.format(quoted(number)))


@pytest.mark.parametrize("path", PATHS)
def test_nothing_beside_the_pages_is_served(client: TestClient, path: str) -> None:
    secret = (made() / "motherlode.key").read_bytes()
    for start in ("/", "/static/", "/static/x/", "/tables/", "/tables/profile/", "/data/import/"):
        answer = client.get(start + path)
        assert answer.status_code in (303, 400, 404) and secret not in answer.content, start + path


def test_tables_that_are_none_of_the_house(client: TestClient) -> None:
    for name in (
        "information_schema/tables",
        "loaded/sales",
        "main/sqlite_master",
        "profile/rfm;x",
        "profile/rfm%22",
        "x/y",
    ):
        for kind in ("", ".json", ".csv", ".exe"):
            assert client.get(f"/tables/{name}{kind}").status_code in (400, 404)


def test_names_in_the_data_are_text_on_the_page_and_no_formula_in_a_file(tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://evil.example")', "<script>alert(1)</script>", "@SUM(A1)"
    shop = copied(tmp_path)
    rows = [
        {"no": f"e{n}", "who": evil[n % 3], "day": f"2024-06-{n % 27 + 1:02}", "sku": evil[1], "name": evil[0],
         "kind": evil[1], "pieces": 1, "price": "30"}
        for n in range(30)
    ]  # fmt: skip
    write_csv(shop / "inbox" / "sales-evil.csv", rows)
    with browser(shop) as one:
        sent(one, "/data", "/data/run")
        while one.app.state.jobs.is_busy:  # type: ignore[attr-defined]
            pass
        for path in (
            "/",
            "/customers?order=customer_id",
            "/opportunities?show=all",
            "/data",
            "/tables/refine/order_lines",
        ):
            page = one.get(path)
            assert page.status_code == 200 and evil[1] not in page.text
        assert html.escape(evil[1]) in one.get("/customers?q=script").text
        lines = one.get("/tables/refine/customers.csv").content.decode("utf-8-sig").splitlines()
        starts = {cell[:1] for line in lines for cell in line.split(",")}
        assert not starts & set("=@")


def test_forms_without_or_with_anothers_token_change_nothing(client: TestClient) -> None:
    forms = ("/segments/keep", "/segments/drop", "/privacy/act", "/privacy/withdraw", "/data/run", "/data/upload",
             "/settings/invite", "/settings/remove", "/customers/c001/reveal",
             "/opportunities/act", "/opportunities/back", "/accounts/act", "/accounts/back", "/quality/mend",
             "/quality/readmit")  # fmt: skip
    for form in forms:
        for token in ("", "0" * 64, "x", "' OR 1=1"):
            assert client.post(form, data={"token": token, "person": "c001"}).status_code == 403
        assert client.get(form).status_code in (303, 404, 405), form
        assert client.put(form).status_code == 405
