"""What stands between clients and a server: it turns the first request with events away, or cuts its connection."""

import http.client
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from motherlode.web.tracking import _cors, problem

TROUBLES = ("none", "429", "503", "cut before", "cut after")
# What carries no events, and what a connection says of itself alone.
_ASIDE = ("/flags", "/decide", "/v1/m", "/sourceConfig", "/array")
_OF_A_CONNECTION = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@contextmanager
def troubled(port: int, trouble: str) -> Iterator[int]:
    """A port behind which the server at another one stands, with a trouble before the first answer."""
    left = threading.Semaphore(0 if trouble == "none" else 1)

    class Between(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def pass_on(self) -> None:
            body = _body(self)
            is_troubled = self.command == "POST" and not self.path.startswith(_ASIDE) and left.acquire(blocking=False)
            if is_troubled and trouble == "429":
                told = problem(429, "overloaded", "nothing was kept, send it again", retry_after=1)
                cors = _cors({b"origin": self.headers["Origin"].encode()} if self.headers["Origin"] else {})
                headers = [(name.decode(), value.decode()) for name, value in (*told.headers, *cors)]
                _answer(self, 429, headers, told.body)
            elif is_troubled and trouble == "503":
                # What stands before a server knows nothing of SDKs.
                _answer(self, 503, [("Retry-After", "1")], b"<h1>503 Service Unavailable</h1>")
            elif is_troubled and trouble == "cut before":
                self.close_connection = True
            else:
                status, headers, said = _asked(port, self, body)
                self.close_connection = is_troubled
                if not is_troubled:
                    _answer(self, status, headers, said)

    for method in ("GET", "POST", "OPTIONS", "HEAD"):
        setattr(Between, f"do_{method}", Between.pass_on)
    with _Server(("127.0.0.1", 0), Between) as between:
        threading.Thread(target=between.serve_forever, daemon=True).start()
        yield between.server_address[1]
        between.shutdown()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients go away when they like."""


def _body(request: http.server.BaseHTTPRequestHandler) -> bytes:
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length") or 0))
    parts = []
    while size := int(request.rfile.readline().split(b";")[0], 16):
        parts.append(request.rfile.read(size))
        request.rfile.readline()
    request.rfile.readline()
    return b"".join(parts)


def _asked(
    port: int, request: http.server.BaseHTTPRequestHandler, body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _OF_A_CONNECTION}
    connection.request(request.command, request.path, body or None, headers)
    said = connection.getresponse()
    answer = said.status, said.getheaders(), said.read()
    connection.close()
    return answer


def _answer(
    request: http.server.BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes
) -> None:
    # Who went away meanwhile is not told.
    with suppress(OSError):
        request.send_response(status)
        for name, value in headers:
            if name.lower() not in _OF_A_CONNECTION:
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
