"""A server that is killed at any moment has lost nothing that it acknowledged, and kept nothing twice."""

import http.client
import json
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from collecting import KEY, project_at, rows, track

pytestmark = pytest.mark.slow
ROUNDS = 5


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def served(project: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "motherlode", "serve", "--project", str(project), "--port", str(port)]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def post(port: int, body: bytes) -> bool:
    """Whether a request was acknowledged."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        try:
            connection.request("POST", "/v1/batch", body, {"X-Write-Key": KEY})
            with connection.getresponse() as said:
                return said.status == 200
        except (OSError, http.client.HTTPException):
            return False


class Sender(threading.Thread):
    """Sends batches as an SDK does: until a batch is acknowledged the same one is sent again."""

    def __init__(self, port: int, name: str, stop: threading.Event) -> None:
        super().__init__()
        self.port, self.prefix, self.stop = port, name, stop
        self.acknowledged: list[str] = []

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            ids = [f"{self.prefix}-{number}-{place}" for place in range(20)]
            batch = [
                track(0, who=f"c{place}", messageId=one, properties={"note": "x" * 400})
                for place, one in enumerate(ids)
            ]
            body = json.dumps({"batch": batch}).encode()
            while not post(self.port, body):
                if self.stop.is_set():
                    return
                time.sleep(0.02)
            self.acknowledged += ids
            number += 1


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(tmp_path):
    shop = project_at(tmp_path)
    with (shop / "motherlode.toml").open("a") as out:
        out.write("[serve]\nsegment_mb = 1\n")
    port, stop, chance = free_port(), threading.Event(), random.Random(7)
    senders = [Sender(port, f"s{number}", stop) for number in range(3)]
    server = served(shop, port)
    for sender in senders:
        sender.start()
    for _ in range(ROUNDS):
        before = sum(len(sender.acknowledged) for sender in senders)
        while sum(len(sender.acknowledged) for sender in senders) == before:
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 1.5))
        server.kill()
        server.wait()
        server = served(shop, port)
    before = sum(len(sender.acknowledged) for sender in senders)
    while sum(len(sender.acknowledged) for sender in senders) == before:
        time.sleep(0.02)
    stop.set()
    for sender in senders:
        sender.join()
    server.send_signal(signal.SIGTERM)
    server.wait()
    acknowledged = [one for sender in senders for one in sender.acknowledged]
    kept = [row["event_id"] for row in rows(shop, "SELECT event_id FROM collect.raw_events")]
    assert len(acknowledged) > 100
    assert set(acknowledged) - set(kept) == set()
    assert len(kept) == len(set(kept))
    (counts,) = rows(shop, "SELECT CAST(sum(stored) AS BIGINT) AS stored FROM collect.received")
    assert counts["stored"] == len(kept)
