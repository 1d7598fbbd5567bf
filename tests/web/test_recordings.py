"""Requests that real SDKs sent, byte for byte, at a real port."""

import base64
import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from test_serving import answer, free_port

from collecting import rows
from motherlode.live import senders
from motherlode.project import Project

pytestmark = pytest.mark.slow
RECORDINGS = Path(__file__).parents[3] / "shared" / "fixtures" / "http-clients"
KEYS = (
    "WK_rudder_node", "WK_rudder_py", "WK_browser", "WK_segment_node", "WK_segment_py", "phc_wk_py", "phc_wk_node",
    "phc_wk_browser", "k1:s1", "app",
)  # fmt: skip
HOP_BY_HOP = {"host", "content-length", "connection", "accept-encoding"}


def recorded() -> Iterator[dict[str, Any]]:
    seen = set()
    for file in sorted(RECORDINGS.glob("*/*.json")):
        for request in json.loads(file.read_text())["requests"]:
            key = (file.name, request["method"], request["path"], request.get("body_raw_b64"))
            if key not in seen:
                seen.add(key)
                yield request


def status(port: int, request: dict[str, Any]) -> int:
    body = base64.b64decode(request.get("body_raw_b64") or "")
    headers = {name: value for name, value in request["headers"] if name.lower() not in HOP_BY_HOP}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(request["method"], request["path"], body or None, headers)
    said = connection.getresponse()
    said.read()
    connection.close()
    return said.status


def test_every_recorded_request_is_answered_and_each_event_kept_once(tmp_path):
    if not RECORDINGS.is_dir():
        pytest.skip(f"the recordings are not at {RECORDINGS}: they are not shipped with the package")
    (tmp_path / "motherlode.toml").write_text('name = "shop"\n')
    with Project(tmp_path) as project:
        for number, key in enumerate(KEYS):
            name, now = f"s{number}", datetime(2026, 11, 1)
            senders.add(project.ledger, name, key, senders.Settings(), actor="test", now=now)
    port = free_port()
    command = [sys.executable, "-m", "motherlode", "serve", "--project", str(tmp_path), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as served:
        answer(port, "/health")
        said = [(status(port, request), request["method"]) for request in recorded()]
        time.sleep(0.1)
        served.send_signal(signal.SIGTERM)
    assert {code for code, method in said if method != "OPTIONS"} == {200}
    assert {code for code, method in said if method == "OPTIONS"} <= {200, 204}
    (counts,) = rows(tmp_path, "SELECT CAST(sum(stored) AS BIGINT) AS stored FROM collect.received")
    ids = rows(tmp_path, "SELECT source, event_id FROM collect.raw_events")
    assert len(ids) == counts["stored"] > 200
    named = [(row["source"], row["event_id"]) for row in ids if row["event_id"]]
    assert len(named) == len(set(named))
