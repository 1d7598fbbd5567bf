"""A new server takes the place of an old one: ready before the old one stops, so that the port is closed for a moment.

Who serves a project stands in a file beside its data; a file that a crash left behind names nobody that still serves.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motherlode.errors import MotherlodeError

FILE = "data/serving.pid"
_PATIENCE_SECONDS, _LOOK_SECONDS = 60.0, 0.01


def serving(root: Path) -> int | None:
    """The process that serves a project, if it still does."""
    path = root / FILE
    try:
        process = int(path.read_text(encoding="ascii"))
        os.kill(process, 0)
    except (OSError, ValueError):
        return None
    return process if process != os.getpid() else None


def take_over(root: Path) -> None:
    """Ask whoever serves a project to stop, and wait until that is done.

    Raises
    ------
    MotherlodeError
        It does not stop.
    """
    process = serving(root)
    if process is None:
        return
    os.kill(process, signal.SIGTERM)
    until = time.monotonic() + _PATIENCE_SECONDS
    while serving(root) == process:
        if time.monotonic() > until:
            raise MotherlodeError(f"process {process} does not stop", hint=f"kill {process}, then serve again")
        time.sleep(_LOOK_SECONDS)


@contextmanager
def named(root: Path) -> Iterator[None]:
    """Let the file name this process as long as it serves."""
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(os.getpid()), encoding="ascii")
    try:
        yield
    finally:
        if path.exists() and path.read_text(encoding="ascii") == str(os.getpid()):
            path.unlink()
