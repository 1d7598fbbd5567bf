"""A file goes from a browser to the lists, while the pages go on answering."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from browsing import Seen, browser, sent
from small_project import copied

ROWS = "no,who,day,sku,name,kind,pieces,price\n" + "".join(
    f"n{number},c{900 + number % 3},2024-06-{number % 28 + 1:02},t1,tea,茶,2,{'x' if number == 4 else 30}\n"
    for number in range(60)
)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TestClient]:
    with browser(copied(tmp_path)) as one:
        yield one


def state(client: TestClient) -> Any:
    return client.app.state  # type: ignore[attr-defined]


def token(html: str) -> str:
    return re.findall(r'name="token" value="(\w+)"', html)[0]


def uploaded(client: TestClient, name: str = "more.csv", content: str = ROWS) -> Any:
    page = client.get("/data").text
    return client.post("/data/upload", data={"token": token(page)}, files={"file": (name, content.encode())})


def chosen(html: str) -> dict[str, str]:
    """What the form says as it stands."""
    selects = re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL)
    return {name: "".join(re.findall(r'value="([^"]*)" selected', options)[:1]) for name, options in selects}


def test_a_file_is_tried_taken_and_counted(own: TestClient) -> None:
    before = Seen(own.get("/customers").text).text
    page = uploaded(own)
    assert page.status_code == 200 and "A row is" in page.text
    # Nothing says who bought: that column is named by hand.
    form = {**chosen(page.text), "column:0:1": "customer_id", "token": token(page.text)}
    tried = Seen(own.post(page.url.path, data={**form, "do": "check"}).text).text
    assert "59 of 60 rows would be kept" in tried
    assert own.post(page.url.path, data={**form, "do": "take"}).url.path == "/data"
    while state(own).jobs.is_busy:
        # Readers see the tables of before until all are made.
        assert own.get("/customers").status_code == 200
    assert state(own).jobs.job.problem == ""
    after = Seen(own.get("/customers").text).text
    assert re.findall(r"(\d+) customers", before)[:1] + re.findall(r"(\d+) customers", after)[:1] == ["80", "83"]
    assert "Done in" in own.get("/data").text


def test_two_runs_do_not_go_on_at_once(own: TestClient) -> None:
    with state(own).gate.writing():
        assert sent(own, "/data", "/data/run").status_code == 403


def test_a_failed_run_says_why_and_leaves_the_tables(own: TestClient) -> None:
    (state(own).project.root / "inbox" / "sales.csv").write_text("no,who\n1,2\n")
    sent(own, "/data", "/data/run")
    while state(own).jobs.is_busy:
        pass
    assert "80 customers" in Seen(own.get("/customers").text).text
    assert state(own).jobs.job.problem in own.get("/data").text


@pytest.mark.parametrize(
    ("name", "content"), [("x.exe", "MZ"), ("x.csv", ""), ("x.csv", "\x00\x01\x02"), ("x.xlsx", "no zip")]
)
def test_what_is_no_table_is_told_so(own: TestClient, name: str, content: str) -> None:
    answer = uploaded(own, name, content)
    assert answer.status_code in (200, 400)
    assert "Traceback" not in answer.text


def test_an_upload_from_elsewhere_is_not_kept(own: TestClient) -> None:
    answer = own.post("/data/upload", data={"token": "0" * 64}, files={"file": ("more.csv", ROWS.encode())})
    assert answer.status_code == 403
    assert not (state(own).project.root / "data" / "uploads").exists()


def test_a_form_that_is_too_long_is_not_read(own: TestClient) -> None:
    answer = own.post(
        "/segments/keep", content=b"x" * 3_000_000, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413
