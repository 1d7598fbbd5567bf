"""`motherlode demo`: a project on the data that ships with the package."""

import shutil
import socket
from importlib.resources import as_file, files
from pathlib import Path

from motherlode.config import FILE
from motherlode.errors import MotherlodeError

DATA = "online_retail.parquet"


def prepare(folder: Path) -> int:
    """Make the demo project in a folder, unless it is there already; gives the number of invoice lines.

    Raises
    ------
    MotherlodeError
        The folder holds another project.
    """
    import pyarrow.parquet as parquet

    if (folder / FILE).exists() and DATA not in (folder / FILE).read_text(encoding="utf-8"):
        raise MotherlodeError(f"{folder} holds another project", hint="motherlode demo --folder demo-shop")
    shipped = files("motherlode.demo")
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    with as_file(shipped.joinpath(DATA)) as data:
        rows: int = parquet.read_metadata(data).num_rows
        shutil.copyfile(data, folder / "inbox" / DATA)
    if not (folder / FILE).exists():
        (folder / FILE).write_text(shipped.joinpath(FILE).read_text(encoding="utf-8"), encoding="utf-8")
    return rows


def free_port(port: int) -> int:
    """The port, or another of this machine where it is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
        return free
