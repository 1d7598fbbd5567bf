"""`motherlode demo`: a project on the data that ships with the package, and its report at an address."""

import http.server
import shutil
import socketserver
from collections.abc import Callable
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


class _Page(http.server.BaseHTTPRequestHandler):
    """One file and nothing beside it: the database lies in the same folder."""

    page: Path

    def do_GET(self) -> None:
        if self.path.partition("?")[0] not in ("/", f"/{self.page.name}"):
            self.send_error(404)
            return
        body = self.page.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Requests for one page of one's own machine are no news."""


def server(page: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server of one file on 127.0.0.1; another port is taken where this one is in use."""
    handler = type("Page", (_Page,), {"page": page})
    socketserver.TCPServer.allow_reuse_address = True
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        return http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)


def serve(page: Path, port: int, tell: Callable[[str], None]) -> None:
    """Serve a page until Ctrl-C, and tell at which address."""
    with server(page, port) as serving:
        tell(f"http://127.0.0.1:{serving.server_address[1]}/{page.name}")
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            return
