"""One process listens at one port until it is told to stop."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp

from motherlode.errors import MotherlodeError


def serve(
    application: ASGIApp,
    host: str,
    port: int,
    ready: Callable[[str], None],
    beside: AbstractAsyncContextManager[object] | None = None,
    leaving: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is told the address once the port is known to be free.

    What works `beside` the server begins before the first request and ends after the last one; `leaving` is called
    when it is told to stop, to end answers that would go on for ever.

    Raises
    ------
    MotherlodeError
        The port is taken.
    """
    _check_free(host, port)
    # What is loaded by now stays as long as we serve: looking through it again and again costs a tenth of the time.
    gc.collect()
    gc.freeze()
    try:
        asyncio.run(_serve(application, host, port, ready, beside or nullcontext(), leaving))
    finally:
        gc.unfreeze()


async def _serve(
    application: ASGIApp,
    host: str,
    port: int,
    ready: Callable[[str], None],
    beside: AbstractAsyncContextManager[object],
    leaving: Callable[[], None],
) -> None:
    server = Server(application, address=host, port=port, interface=Interfaces.ASGI, log_enabled=False)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        leaving()
        server.stop()  # type: ignore[no-untyped-call]

    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop)
    ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    async with beside:
        await server.serve()


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"cannot listen at {host} port {port}: {error.strerror}"
            raise MotherlodeError(message, hint=f"motherlode serve --port {port + 1}") from error
