"""Commands about a project as a whole: begin it, load it, make its tables, look after it; and the demo.

Nothing heavy is imported before a command needs it.
"""

import shlex
import sys
from datetime import datetime
from pathlib import Path

import click

from motherlode.cli import steps
from motherlode.cli.opportunities import show_best
from motherlode.cli.serve import HOST, serve_project
from motherlode.cli.session import Session, in_project, in_session
from motherlode.labels import say

# So many opportunities the demo shows.
DEMO_LISTED = 10


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--yes", is_flag=True, help="Write motherlode.toml without asking; replaces the [sources] of an old one.")
@in_project
def init(session: Session, folder: Path, yes: bool) -> None:
    """Look at the files in FOLDER, say which table and which column each is, and write motherlode.toml.

    \b
    motherlode init exports/ --project my-shop --yes
    """
    from motherlode import init as beginning
    from motherlode.show import project as show

    proposals = beginning.look(folder, session.root)
    show.proposals(proposals, session.language)
    for proposal in proposals:
        if proposal.table and proposal.date_order and not proposal.date_order_sure:
            session.tell("ask_date_order", source=proposal.name, order=proposal.date_order)
    path = session.root / "motherlode.toml"
    if not yes and not click.confirm(say("write_it", session.language, path=path), err=True):
        return
    assumed = beginning.assumes_currency(proposals, session.root)
    beginning.write(proposals, folder, session.root)
    if assumed:
        session.tell("assumed_currency", currency=beginning.HOUSE["currency"], path=path)
    session.tell("wrote_config", path=path)


@click.command()
@in_project
def ingest(session: Session) -> None:
    """Load what is new or changed in the sources.

    \b
    motherlode ingest --project my-shop
    """
    with session.open() as project:
        steps.load(session, project)


@click.command()
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The last day that is known [the last day in the data]."
)
@in_project
def run(session: Session, as_of: datetime | None) -> None:
    """Load what is new, and make every table as of a day; while a server holds the project's files, it does so.

    \b
    motherlode run --project my-shop --as-of 2025-06-30
    """
    if steps.run_through_server(session, as_of):
        return
    with session.open() as project:
        steps.load(session, project)
        steps.run(session, project, as_of.date() if as_of else None)
        best = project.opportunities(limit=1)
    where = "" if session.root == Path() else f" --project {shlex.quote(str(session.root))}"
    steps.tell_next(
        session, f"opportunities{where}", f"report{where} -o report.html", steps.why_first(best["customer_id"], where)
    )


@click.command()
@in_project
def status(session: Session) -> None:
    """What was loaded, when the tables were made, as of which day, and how many rows each has."""
    from motherlode.show import project as show

    with session.open(to_read=True) as project:
        show.status(project, session.language)


@click.command()
@click.argument("source")
@click.argument("file", required=False)
@in_project
def forget(session: Session, source: str, file: str | None) -> None:
    """Let go of the rows of a SOURCE, or of one FILE of it; a file that is still there comes back with the next load.

    \b
    motherlode forget orders inbox/orders-2019.csv
    """
    from motherlode import ingest

    with session.open() as project:
        session.tell("forgot", source=source, rows=ingest.forget(project.config, project.stores, source, file))


@click.command()
@in_project
def doctor(session: Session) -> None:
    """Check the project: settings, files, stores, promises of every table, rows in = kept + set aside."""
    from motherlode import checks
    from motherlode.show import project as show

    findings = checks.examine(session.root, session.language)
    show.findings(findings, session.language)
    if any(finding.outcome == "bad" for finding in findings):
        raise click.exceptions.Exit(1)


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-shop"), show_default=True
)
@click.option("--serve/--no-serve", "wanted", default=None, help="Serve the pages until Ctrl-C [when on a terminal].")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True)
@in_session
def demo(session: Session, folder: Path, wanted: bool | None, port: int) -> None:
    """The whole path on real data that ships with the package, in a minute.

    \b
    motherlode demo
    """
    from motherlode import showcase

    session.root = folder
    rows = showcase.prepare(folder)
    session.tell("demo_begins", rows=rows, folder=folder)
    with session.open() as project:
        steps.load(session, project)
        steps.run(session, project, None)
        best = project.opportunities().arrow
        show_best(session, project, best, DEMO_LISTED)
        steps.write_report(session, project, folder / "report.html")
        first = steps.why_first(best["customer_id"].slice(0, 1).to_pylist(), "")
        steps.tell_next(session, "opportunities --budget 5000", first, before=f"cd {shlex.quote(str(folder))}")
        if wanted if wanted is not None else sys.stdout.isatty():
            from motherlode.web.serving import listening

            with listening(HOST, showcase.free_port(port)) as listener:
                serve_project(session, project, listener)
