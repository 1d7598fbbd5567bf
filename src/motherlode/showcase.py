"""`motherlode demo`: a project on the data that ships with the package, and its report at an address."""

import functools
import http.server
import shutil
import socketserver
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from motherlode.config import FILE

DATA = "online_retail.parquet"


def prepare(folder: Path) -> int:
    """Make the demo project in a folder, unless it is there already; gives the number of invoice lines."""
    import pyarrow.parquet as parquet

    shipped = files("motherlode.demo")
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    with as_file(shipped.joinpath(DATA)) as data:
        rows: int = parquet.read_metadata(data).num_rows
        shutil.copyfile(data, folder / "inbox" / DATA)
    if not (folder / FILE).exists():
        (folder / FILE).write_text(shipped.joinpath(FILE).read_text(encoding="utf-8"), encoding="utf-8")
    return rows


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Requests for one page of one's own machine are no news."""


def serve(page: Path, port: int, tell: Callable[[str], None]) -> None:
    """Serve the folder of a page on 127.0.0.1 until Ctrl-C; another port is taken where this one is in use."""
    handler = functools.partial(_Quiet, directory=str(page.parent))
    socketserver.TCPServer.allow_reuse_address = True
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with server:
        tell(f"http://127.0.0.1:{server.server_address[1]}/{page.name}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
