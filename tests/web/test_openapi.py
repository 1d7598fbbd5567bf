"""What the server says of its addresses is what it does."""

import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema_rs import validate
from test_asking import NOW, key, until
from test_sdks import server

from collecting import KEY, collecting, project_at, track
from motherlode.collect import sent_event
from motherlode.live import readers
from motherlode.project import Project
from motherlode.web.openapi import EVENTS, document

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture
def shop(tmp_path):
    return project_at(tmp_path)


def described(path: str, method: str, status: int) -> dict:
    """The schema of an answer, with the others that it names."""
    whole = document()
    answer = whole["paths"][path][method]["responses"][str(status)]
    return {**answer["content"]["application/json"]["schema"], "components": whole["components"]}


def test_every_described_address_answers_as_described(shop):
    headers = {"X-Write-Key": KEY, **key(shop, "events:read", "profiles:read")}

    async def work(client, collector):
        for path, operations in document()["paths"].items():
            if path == "/v1/events":
                continue
            there = path.replace("{key}", KEY).replace("{who}", "ann").replace("{name}", "crm")
            for method, operation in operations.items():
                status, _, said = await client.send(there, track(1), method.upper(), headers, "writeKey=" + KEY)
                assert str(status) in operation["responses"], (path, method, status)
                media = operation["responses"][str(status)]["content"]
                assert said["content-type"].split(";")[0] in media, (path, method)

    collecting(shop, work)


@pytest.mark.parametrize(
    ("path", "wrong"), [("/v1/track", "PUT"), ("/v1/received", "POST"), ("/v1/webhook/crm", "GET")]
)
def test_a_method_that_means_nothing_is_told_with_the_right_ones(shop, path, wrong):
    async def work(client, collector):
        return await client.send(path, b"", wrong)

    status, said, headers = collecting(shop, work)
    assert (status, said["code"]) == (405, "method_not_allowed")
    assert headers["allow"] in ("POST, OPTIONS", "GET, HEAD", "POST")


def test_an_address_that_is_not_there_is_told_to_programs_as_json(shop):
    async def work(client, collector):
        return await client.send("/v1/trakc", track(1))

    status, said, _ = collecting(shop, work)
    assert (status, said["code"], said["detail"]) == (404, "not_found", "see /openapi.json")


def test_what_is_read_of_an_event_is_described():
    for shape, read in (
        ("segment", sent_event.Segment),
        ("posthog", sent_event.PostHog),
        ("snowplow", sent_event.Snowplow),
    ):
        assert set(read.__struct_fields__) <= set(EVENTS[shape])


def test_answers_have_the_shape_that_is_described(shop):
    headers = key(shop, "profiles:read", "events:read")

    async def work(client, collector):
        taken = await client.send("/v1/batch", {"writeKey": KEY, "batch": [track(1), 7]})
        posthog = {"event": "x", "uuid": "1", "distinct_id": "ann"}
        by_uuid = await client.send("/i/v1/analytics/events", {"api_key": KEY, "batch": [posthog]})
        await until(lambda: collector.moved_to == collector.door.end)
        asked = [
            await client.send(path, b"", "GET", headers) for path in ("/v1/received", "/v1/profiles/ann", "/health")
        ]
        return [taken, by_uuid, *asked]

    said = [body for _, body, _ in collecting(shop, work)]
    asked = (("/v1/batch", "post"), ("/i/v1/analytics/events", "post"), ("/v1/received", "get"))
    for body, (path, method) in zip(said, (*asked, ("/v1/profiles/{who}", "get"), ("/health", "get")), strict=True):
        validate(described(path, method, 200), body)


def test_the_document_is_served(shop):
    async def work(client, collector):
        return await client.send("/openapi.json", b"", "GET")

    assert collecting(shop, work)[1] == document()


@pytest.mark.slow
def test_whatever_is_drawn_from_the_description_breaks_nothing(shop):
    with Project(shop) as project:
        allowed = ("events:read", "profiles:read")
        reader = readers.add(project.ledger, "crm", allowed, "service", actor="test", now=NOW)
    with server(shop) as port:
        done = drawn(shop, port, reader, ["--max-time", "20"])
    assert done.returncode == 0, done.stdout[-4000:]


def drawn(folder: Path, port: int, reader: str, more: list[str]) -> "subprocess.CompletedProcess[str]":
    """Requests that schemathesis draws from the description; events without an end are left out."""
    schemathesis = str(Path(sys.executable).with_name("schemathesis"))
    command = [
        schemathesis, "run", f"http://127.0.0.1:{port}/openapi.json", "--exclude-path", "/v1/events",
        "--checks", CHECKS, "-H", f"X-Write-Key: {KEY}", "-H", f"Authorization: Bearer {reader}", "--no-color", *more,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, cwd=folder)
