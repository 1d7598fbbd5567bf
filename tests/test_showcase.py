"""The demo's folder and the page it serves."""

import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from motherlode import showcase
from motherlode.errors import MotherlodeError


@contextmanager
def served(page, port=0):
    with showcase.server(page, port) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", server
        finally:
            server.shutdown()
            thread.join()


def fetched(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b""


@pytest.fixture
def page(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "warehouse.duckdb").write_text("secret")
    (tmp_path / "motherlode.key").write_text("secret")
    (tmp_path / "report.html").write_text("<h1>富矿</h1>", encoding="utf-8")
    return tmp_path / "report.html"


def test_the_page_is_served_at_its_name_and_at_the_root_on_this_machine_only(page):
    with served(page) as (url, server):
        assert server.server_address[0] == "127.0.0.1"
        expected = (200, page.read_bytes())
        assert [fetched(f"{url}{path}") for path in ("/", "/report.html", "/report.html?x=1")] == [expected] * 3


@pytest.mark.parametrize(
    "path",
    ["/data/warehouse.duckdb", "/motherlode.key", "/data/", "/../motherlode.key", "/report.html/../motherlode.key",
     "//motherlode.key", "/%2e%2e/motherlode.key"],
)  # fmt: skip
def test_nothing_that_lies_beside_the_page_is_served(page, path):
    with served(page) as (url, _):
        assert fetched(url + path) == (404, b"")


def test_a_port_that_is_taken_gives_way_to_another(page):
    with served(page) as (url, first), served(page, first.server_address[1]) as (other, _):
        assert url != other and fetched(other)[0] == 200


def test_the_folder_is_made_once_and_what_people_changed_in_it_stays(tmp_path):
    assert showcase.prepare(tmp_path / "demo") == showcase.prepare(tmp_path / "demo") == 541_909
    settings = tmp_path / "demo" / "motherlode.toml"
    settings.write_text(settings.read_text() + "\n[tables.ranked]\nbudget = 100.0\n")
    showcase.prepare(tmp_path / "demo")
    assert "budget = 100.0" in settings.read_text()


def test_another_project_s_folder_is_left_alone(tmp_path):
    (tmp_path / "motherlode.toml").write_text('name = "mine"')
    with pytest.raises(MotherlodeError, match="holds another project") as told:
        showcase.prepare(tmp_path)
    assert told.value.hint == "motherlode demo --folder demo-shop"
    assert [path.name for path in tmp_path.iterdir()] == ["motherlode.toml"]
