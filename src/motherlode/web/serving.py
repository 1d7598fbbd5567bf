"""One process listens at one port until it is told to stop."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp

from motherlode.errors import MotherlodeError

_BACKLOG = 1024


def listening(host: str, port: int, *, beside: bool = False) -> socket.socket:
    """A socket that listens: who connects before `serve` waits, and is not turned away.

    Parameters
    ----------
    beside
        Whether another process of ours may listen there too, whose place is taken.

    Raises
    ------
    MotherlodeError
        The port is taken.
    """
    try:
        if not beside:
            # Without SO_REUSEPORT a port at which anybody listens is not given.
            _bound(host, port).close()
        listener = _bound(host, port, socket.SO_REUSEPORT)
    except OSError as error:
        message = f"cannot listen at {host} port {port}: {error.strerror}"
        raise MotherlodeError(message, hint=f"motherlode serve --port {port + 1}") from error
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def _bound(host: str, port: int, *options: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        for option in (socket.SO_REUSEADDR, *options):
            bound.setsockopt(socket.SOL_SOCKET, option, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def serve(
    application: ASGIApp,
    listener: socket.socket,
    ready: Callable[[str], None],
    beside: AbstractAsyncContextManager[object] | None = None,
    leaving: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is told the address.

    What works `beside` the server begins before the first request and ends after the last one; `leaving` is called
    when it is told to stop, to end answers that would go on for ever.
    """
    # What is loaded by now stays as long as we serve: looking through it again and again costs a tenth of the time.
    gc.collect()
    gc.freeze()
    try:
        asyncio.run(_serve(application, listener, ready, beside or nullcontext(), leaving))
    finally:
        gc.unfreeze()


class _Served(Server):
    """The server at a socket that is there already."""

    def __init__(self, application: ASGIApp, listener: socket.socket) -> None:
        super().__init__(application, interface=Interfaces.ASGI, log_enabled=False)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        self._ssp = None
        # The server closes it.
        self._shd = SocketHolder(self._listener.detach(), False, _BACKLOG)  # type: ignore[call-arg, assignment]


async def _serve(
    application: ASGIApp,
    listener: socket.socket,
    ready: Callable[[str], None],
    beside: AbstractAsyncContextManager[object],
    leaving: Callable[[], None],
) -> None:
    server = _Served(application, listener)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        leaving()
        server.stop()  # type: ignore[no-untyped-call]

    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop)
    host, port = listener.getsockname()[:2]
    ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    async with beside:
        await server.serve()
