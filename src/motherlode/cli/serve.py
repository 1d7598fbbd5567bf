"""`motherlode serve`: the pages and the endpoints, from one process."""

from typing import TYPE_CHECKING

import click

from motherlode.cli.session import Session, in_project

if TYPE_CHECKING:
    import socket

    from motherlode.project import Project

# 127.0.0.1 unless told otherwise: what is served are customers.
HOST, PORT = "127.0.0.1", 8642
LOCAL = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.option("--host", default=HOST, show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Port to listen at.")
@click.option("--replace", is_flag=True, help="Take the place of the process that serves this project now.")
@in_project
def serve(session: Session, host: str, port: int, replace: bool) -> None:
    """Serve the pages and the endpoints until Ctrl-C.

    \b
    motherlode serve --project my-shop --port 8642
    motherlode serve --project my-shop --replace      a restart that turns nobody away
    """
    from motherlode.machine import handover
    from motherlode.web.serving import listening

    project = session.open()
    if replace:
        _make_ready(project)
    # While the data change hands both listen, and who connects waits for whoever answers.
    with listening(host, port, beside=replace) as listener:
        if replace:
            handover.take_over(project.root)
        # The file names this process until its stores are closed: only then can another one open them.
        with handover.named(project.root), project:
            serve_project(session, project, listener)


def _make_ready(project: "Project") -> None:
    """Load all that takes time and needs no store, while another process still serves."""
    import gc

    import motherlode.audit
    import motherlode.ledger
    import motherlode.live.collector
    import motherlode.web.application
    import motherlode.web.asking
    import motherlode.web.serving
    import motherlode.web.tracking  # noqa: F401
    from motherlode.web.pages import site

    _ = project.graph, site.routes()
    # Looked through now, and not again once the data are ours.
    gc.collect()
    gc.freeze()


def serve_project(session: Session, project: "Project", listener: "socket.socket") -> None:
    """Serve an open project; a link for the first administrator is told where somebody has to sign in."""
    from motherlode.live.collector import Collector
    from motherlode.web.application import application
    from motherlode.web.asking import asking
    from motherlode.web.errands import errands
    from motherlode.web.serving import serve as listen
    from motherlode.web.tracking import Tracking

    host = listener.getsockname()[0]
    pages = application(project, [host, *LOCAL] if host in LOCAL else [], local=host in LOCAL)
    collector = Collector(project.config, project.stores)
    pages.state.gate.others.append(collector.moving)
    config = project.config
    front = Tracking(
        pages, collector, config.serve.prefix, config.webhooks, asking(project, collector, pages.state.gate)
    )

    def ready(url: str) -> None:
        session.tell("serving_project", url=url)
        sessions = pages.state.sessions
        if not sessions.is_open and not sessions.users():
            session.tell("first_user", url=f"{url}welcome?key={sessions.invite('', 'admin')}")

    with errands(project, pages.state.jobs):
        listen(front, listener, ready, beside=collector, leaving=collector.leave)
