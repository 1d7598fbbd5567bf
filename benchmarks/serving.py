"""A server of a project in a process of its own, at a free port of this machine."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Server(NamedTuple):
    """Where it answers, and which process it is."""

    url: str
    process_id: int

    def cpu_seconds(self) -> float:
        """CPU time of all its threads since it began, by the clock that Linux keeps of each process."""
        return time.clock_gettime((~self.process_id << 3) | 2)


@contextmanager
def served(project: Path) -> Iterator[Server]:
    """The server, while the block lasts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "motherlode", "serve", "--project", str(project), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                    break
            except OSError:
                time.sleep(0.1)
        try:
            yield Server(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
