"""What a command asks of the server that holds the project's files: it is done there, and told as it goes on.

They meet at a socket beside the data that only its owner can open: whoever may do so could write the files themselves.
"""

import hashlib
import json
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# The kernel takes no longer names of sockets.
_LONGEST = 100


def place(root: Path) -> Path:
    """Where the server of a project is asked; with a long path, by its digest in the folder of the user's sockets."""
    here = root.resolve() / "data" / "serving.sock"
    if len(os.fsencode(here)) <= _LONGEST:
        return here
    folder = Path(os.environ.get("XDG_RUNTIME_DIR", tempfile.gettempdir()))
    return folder / f"motherlode-{hashlib.sha256(os.fsencode(here)).hexdigest()[:16]}.sock"


def ask(root: Path, errand: Mapping[str, Any]) -> Iterator[dict[str, Any]] | None:
    """What the server of a project tells of an errand, line by line; `None` where none serves it."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.connect(str(place(root)))
        line.sendall(json.dumps(errand).encode() + b"\n")
    except OSError:
        line.close()
        return None
    return _told(line)


def _told(line: socket.socket) -> Iterator[dict[str, Any]]:
    with line, line.makefile("r", encoding="utf-8") as answers:
        for answer in answers:
            yield json.loads(answer)
