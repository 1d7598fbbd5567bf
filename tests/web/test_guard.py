"""What stands before every address."""

import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from motherlode.project import Project
from motherlode.web.application import application
from motherlode.web.guard import same_site
from small_project import made


@pytest.mark.parametrize(
    ("host", "status"), [("127.0.0.1:8642", 200), ("localhost", 200), ("evil.example", 400), ("", 400)]
)
def test_only_names_of_this_machine_lead_here(host: str, status: int) -> None:
    with (
        Project(made()) as project,
        TestClient(application(project, ("127.0.0.1", "localhost")), "http://127.0.0.1:8642") as client,
    ):
        assert client.get("/health", headers={"host": host}).status_code == status


def test_a_browser_is_given_a_name_that_scripts_and_other_sites_cannot_use() -> None:
    with Project(made()) as project, TestClient(application(project), "http://127.0.0.1") as client:
        cookie = client.get("/health").headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
        assert "set-cookie" not in client.get("/health").headers


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"host": "a:1"}, True),
        ({"host": "a:1", "origin": "http://a:1", "sec-fetch-site": "same-origin"}, True),
        ({"host": "a:1", "origin": "http://b:1"}, False),
        ({"host": "a:1", "origin": "null"}, False),
        ({"host": "a:1", "sec-fetch-site": "cross-site"}, False),
        ({"host": "a:1", "sec-fetch-site": "same-site"}, False),
    ],
)
def test_forms_of_other_sites_are_told_apart(headers: dict[str, str], ours: bool) -> None:
    assert same_site(Headers(headers)) is ours
