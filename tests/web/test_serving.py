"""A real process at a real port."""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(project: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "motherlode", "serve", "--project", str(project), "--port", str(port)]


def answer(port: int, path: str) -> dict[str, object]:
    for _ in range(900):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:
                body: dict[str, object] = json.load(response)
                return body
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at port {port}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "motherlode.toml").write_text('name = "shop"\n')
    return tmp_path


def test_serves_until_it_is_told_to_stop(project: Path) -> None:
    port = free_port()
    with subprocess.Popen(command(project, port), stderr=subprocess.PIPE, text=True) as served:
        assert answer(port, "/health").items() >= {"status": "ok", "as_of": None}.items()
        served.terminate()
        assert served.stderr is not None
        assert f"http://127.0.0.1:{port}/" in served.stderr.read()
    assert served.returncode == 0


def test_a_taken_port_is_told_with_the_next_one(project: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = subprocess.run(command(project, port), capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert f"--port {port + 1}" in told.stderr


def test_a_new_process_takes_the_place_of_an_old_one_and_turns_nobody_away(project: Path) -> None:
    port, stop = free_port(), threading.Event()
    with subprocess.Popen(command(project, port), stderr=subprocess.DEVNULL) as old:
        answer(port, "/health")
        with ThreadPoolExecutor(1) as others:
            asked = others.submit(asking, port, stop)
            with subprocess.Popen([*command(project, port), "--replace"], stderr=subprocess.DEVNULL) as new:
                assert old.wait(60) == 0
                assert answer(port, "/health")["status"] == "ok"
                stop.set()
                assert asked.result() > 1
                assert new.poll() is None
                new.terminate()
        assert new.returncode == 0
    assert not (project / "data" / "serving.pid").exists()


def asking(port: int, stop: threading.Event) -> int:
    """Ask without a pause, each time over a new connection; gives how often there was an answer: always."""
    answers = 0
    while not stop.is_set():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as said:
            answers += said.status == 200
    return answers
