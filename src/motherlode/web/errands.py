"""Errands of commands in another shell, done by the server that holds the project's files."""

import json
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from threading import Thread
from typing import Any

from motherlode.machine import errand
from motherlode.project import Project
from motherlode.web.jobs import Job, Jobs

LOG = logging.getLogger("motherlode.web")
_LOOK_SECONDS, _PATIENCE_SECONDS = 0.2, 5.0
_MOST_BYTES = 10_000


@contextmanager
def errands(project: Project, jobs: Jobs) -> Iterator[None]:
    """Take errands as long as the block lasts."""
    if not hasattr(socket, "AF_UNIX"):
        yield
        return
    path = errand.place(project.root)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        # Nobody else may open it, not even for a moment.
        before = os.umask(0o177)
        try:
            door.bind(str(path))
        finally:
            os.umask(before)
        door.listen(4)
        Thread(target=_answer, args=(door, jobs), name="errands", daemon=True).start()
        try:
            yield
        finally:
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
            path.unlink(missing_ok=True)


def _answer(door: socket.socket, jobs: Jobs) -> None:
    while True:
        try:
            line, _ = door.accept()
        except OSError:
            return
        Thread(target=_do, args=(line, jobs), name="errand", daemon=True).start()


def _do(line: socket.socket, jobs: Jobs) -> None:
    """Do one errand and tell how it goes; whoever hangs up does not end it."""
    line.settimeout(_PATIENCE_SECONDS)
    with line, suppress(OSError):
        try:
            asked = json.loads(line.makefile("rb").readline(_MOST_BYTES))
            as_of = date.fromisoformat(asked["as_of"]) if asked.get("as_of") else None
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        if asked.get("do") == "run":
            _follow(jobs, jobs.start(as_of=as_of), lambda told: line.sendall(json.dumps(told).encode() + b"\n"))


def _follow(jobs: Jobs, begun: bool, tell: Callable[[dict[str, Any]], None]) -> None:
    if not begun or jobs.job is None:
        tell({"refused": True})
        return
    job = jobs.job
    while not job.is_over:
        tell(_standing(job))
        time.sleep(_LOOK_SECONDS)
    tell(_standing(job))


def _standing(job: Job) -> dict[str, Any]:
    names = ("step", "what", "done", "total", "problem", "hint", "seconds", "is_over")
    return {name: getattr(job, name) for name in names}
