"""The command line: data to stdout, messages to stderr; exit 0, 1 (an error with its hint) or 2 (usage).

Nothing heavy is imported before a command needs it: `--help` is answered in a tenth of a second.
"""

import gc
import io
import shlex
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from motherlode.actor import actor
from motherlode.cli_govern import explain, govern, reveal
from motherlode.cli_opportunities import judge, listed, lists, opportunities, readout
from motherlode.cli_serve import HOST, serve, serve_project
from motherlode.cli_simulate import simulate
from motherlode.cli_source import identity, key, rebuild, source
from motherlode.cli_trust import audit, backup, consent, restore, rights
from motherlode.errors import MotherlodeError
from motherlode.labels import chosen_language, label, say
from motherlode.session import Session, Told, in_project, in_session, with_format, write_rows

if TYPE_CHECKING:
    from motherlode.project import Project

# So many opportunities the demo shows.
DEMO_LISTED = 10


@click.group(cls=Told, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of what you read [MOTHERLODE_LANG, locale].")
@click.option("--quiet", is_flag=True, help="Only data and errors.")
@click.option("--debug", is_flag=True, help="Show where an error arose.")
@click.version_option(package_name="motherlode")
@click.pass_context
def main(context: click.Context, lang: str | None, quiet: bool, debug: bool) -> None:
    """Motherlode 富矿: from a folder of files to a ranked, reasoned list of opportunities.

    \b
    motherlode demo                      see it on real data
    motherlode init exports/ && motherlode run && motherlode opportunities
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a letter shows a question mark instead of failing.
            stream.reconfigure(errors="replace")
    # Expressions and their SQL are trees of a million small objects that stay: looking for garbage among them after
    # every 700 new ones costs a fifth of a run.
    gc.set_threshold(100_000, 20, 20)
    context.obj = Session(chosen_language(lang), quiet, debug)


for command in (
    serve,
    consent,
    rights,
    audit,
    explain,
    govern,
    reveal,
    backup,
    restore,
    simulate,
    source,
    key,
    identity,
    rebuild,
):
    main.add_command(command)
for command in (opportunities, lists, readout, judge):
    main.add_command(command)


@main.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--yes", is_flag=True, help="Write motherlode.toml without asking; replaces the [sources] of an old one.")
@in_project
def init(session: Session, folder: Path, yes: bool) -> None:
    """Look at the files in FOLDER, say which table and which column each is, and write motherlode.toml.

    \b
    motherlode init exports/ --project my-shop --yes
    """
    from motherlode import init as beginning
    from motherlode import show

    proposals = beginning.look(folder, session.root)
    show.proposals(proposals, session.language)
    for proposal in proposals:
        if proposal.table and proposal.date_order and not proposal.date_order_sure:
            session.tell("ask_date_order", source=proposal.name, order=proposal.date_order)
    path = session.root / "motherlode.toml"
    if not yes and not click.confirm(say("write_it", session.language, path=path), err=True):
        return
    beginning.write(proposals, folder, session.root)
    session.tell("wrote_config", path=path)


@main.command()
@in_project
def ingest(session: Session) -> None:
    """Load what is new or changed in the sources.

    \b
    motherlode ingest --project my-shop
    """
    with session.open() as project:
        _load(session, project)


@main.command()
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The last day that is known [the last day in the data]."
)
@in_project
def run(session: Session, as_of: datetime | None) -> None:
    """Load what is new, and make every table as of a day; while a server holds the project's files, it does so.

    \b
    motherlode run --project my-shop --as-of 2025-06-30
    """
    if _through_server(session, as_of):
        return
    with session.open() as project:
        _load(session, project)
        _run(session, project, as_of.date() if as_of else None)
        best = project.opportunities(limit=1)
    where = "" if session.root == Path() else f" --project {shlex.quote(str(session.root))}"
    _next(session, f"opportunities{where}", f"report{where} -o report.html", _why_first(best["customer_id"], where))


@main.command()
@click.argument("address")
@click.option("--limit", type=click.IntRange(min=1), help="The first so many rows.")
@with_format
@in_project
def table(session: Session, address: str, limit: int | None, kind: str, output: Path | None) -> None:
    """Print any table, by room.name.

    \b
    motherlode table profile.rfm --format csv --limit 10
    """
    with session.open(to_read=True) as project:
        rows = project.table(address, limit).arrow
        write_rows(session, project, rows, kind, output, table=address.rpartition(".")[2])


@main.command()
@click.option("--target", help="Only this target.")
@with_format
@in_project
def backtest(session: Session, target: str | None, kind: str, output: Path | None) -> None:
    """How well each model would have foretold what customers did, on days past, beside the simple rules.

    Loads the data and makes the tables first where that was not done yet.

    \b
    motherlode backtest --format json
    """
    with session.open() as project:
        if not project.warehouse.has("predict.backtest"):
            _load(session, project)
            _run(session, project, None)
        rows = project.backtest(target)
        if kind == "table" and output is None:
            from motherlode import show_backtest

            show_backtest.show(project, rows.arrow, session.language)
        else:
            if not rows.arrow.num_rows:
                session.tell("no_backtest")
            write_rows(session, project, rows.arrow, kind, output)


@main.command()
@in_project
def tables(session: Session) -> None:
    """List every table, with what it says in one line."""
    from motherlode import show

    with session.open(to_read=True) as project:
        show.tables(project, session.language)


@main.command()
@in_project
def status(session: Session) -> None:
    """What was loaded, when the tables were made, as of which day, and how many rows each has."""
    from motherlode import show

    with session.open(to_read=True) as project:
        show.status(project, session.language)


@main.command()
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


@main.command()
@click.argument("address")
@click.argument("customer", required=False)
@click.option("--sql", is_flag=True, help="Print the SQL that makes the table.")
@in_project
def why(session: Session, address: str, customer: str | None, sql: bool) -> None:
    """From a table, or a customer's row in it, back to the raw rows.

    \b
    motherlode why opportunity.ranked 12346
    """
    from motherlode import show
    from motherlode import why as reasons

    with session.open(to_read=True) as project:
        if sql:
            click.echo(reasons.sql(project, address))
        else:
            links = reasons.chain(project, address, customer)
            show.chain(links, customer, project.config.currency, session.language)


@main.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=Path("report.html"))
@in_project
def report(session: Session, output: Path) -> None:
    """One HTML file with everything, to be read without a network.

    \b
    motherlode report -o report.html
    """
    with session.open(to_read=True) as project:
        _report(session, project, output)


@main.group(invoke_without_command=True)
@in_project
@click.pass_context
def quarantine(context: click.Context, session: Session) -> None:
    """Rows set aside: by problem, with examples; export them, mend them, take them back.

    \b
    motherlode quarantine
    motherlode quarantine export -o aside.csv
    motherlode quarantine readmit aside.csv
    """
    if context.invoked_subcommand is None:
        _by_problem(session)


@quarantine.command("list")
@in_project
def by_problem(session: Session) -> None:
    """Problems, with the number of rows and what they are worth."""
    _by_problem(session)


def _by_problem(session: Session) -> None:
    from motherlode import aside, show

    with session.open(to_read=True) as project:
        show.quarantine(aside.by_problem(project), session.language)


@quarantine.command()
@click.option("--problem", help="Only rows with this problem.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many rows.")
@with_format
@in_project
def examples(session: Session, problem: str | None, limit: int, kind: str, output: Path | None) -> None:
    """Rows as they came, with their problem."""
    from motherlode import aside

    with session.open(to_read=True) as project:
        write_rows(session, project, aside.rows(project, problem, limit, actor=actor()), kind, output)


@quarantine.command()
@click.option("--problem", help="Only rows with this problem.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".csv or .xlsx")
@in_project
def export(session: Session, problem: str | None, output: Path) -> None:
    """Write the rows to a file in which they can be mended."""
    from motherlode import aside

    with session.open(to_read=True) as project:
        write_rows(session, project, aside.rows(project, problem, actor=actor()), "table", output)


@quarantine.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@in_project
def readmit(session: Session, file: Path) -> None:
    """Take mended rows back: the cells that changed in FILE replace those that came."""
    from motherlode import aside

    with session.open() as project:
        session.tell("readmitted", rows=aside.readmit(project, file, actor=actor()))


@main.command()
@in_project
def doctor(session: Session) -> None:
    """Check the project: settings, files, stores, promises of every table, rows in = kept + set aside."""
    from motherlode import checks, show

    findings = checks.examine(session.root, session.language)
    show.findings(findings, session.language)
    if any(finding.outcome == "bad" for finding in findings):
        raise click.exceptions.Exit(1)


@main.command()
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
        _load(session, project)
        _run(session, project, None)
        best = project.opportunities().arrow
        listed(session, project, best, DEMO_LISTED)
        _report(session, project, folder / "report.html")
        first = _why_first(best["customer_id"].slice(0, 1).to_pylist(), "")
        _next(session, "opportunities --budget 5000", first, before=f"cd {shlex.quote(str(folder))}")
        if wanted if wanted is not None else sys.stdout.isatty():
            from motherlode.web.serving import listening

            with listening(HOST, showcase.free_port(port)) as listener:
                serve_project(session, project, listener)


def _load(session: Session, project: "Project") -> None:
    from motherlode import show

    with show.progress(session.language, "loading", quiet=session.quiet) as tell:
        loaded = project.load(tell)
    for piece in loaded:
        session.tell(f"loaded_{piece.outcome}", file=piece.file, rows=piece.rows)
        if piece.broken:
            session.tell("loaded_broken", file=piece.file, broken=piece.broken)
        if piece.suppressed:
            session.tell("loaded_suppressed", file=piece.file, rows=piece.suppressed)
        if piece.held_back:
            session.tell("loaded_held_back", file=piece.file, columns=", ".join(piece.held_back))
        if piece.hidden:
            session.tell("loaded_hidden", file=piece.file, cells=piece.hidden)
    here = "SELECT (SELECT count(*) FROM collect.files) + (SELECT count(*) FROM collect.received)"
    if not loaded and not project.warehouse.value(here):
        raise MotherlodeError(say("no_data", session.language), hint=say("no_data_hint", session.language))


def _run(session: Session, project: "Project", as_of: date | None) -> None:
    from motherlode import show

    with show.progress(session.language, "making", quiet=session.quiet) as tell:
        done = project.run(as_of, tell)
    if session.debug:
        show.made(done, session.language)
    counts = project.table("refine.accounting").arrow
    sums = {name: sum(counts[name].to_pylist()) for name in ("came", "kept", "repaired", "set_aside")}
    session.tell("made", tables=len(done.made), as_of=done.as_of, seconds=done.seconds)
    session.tell("accounted", **sums)
    for name, rows in (project.expired.rows if project.expired else {}).items():
        session.tell("expired_rows", data=label("data", name, session.language), rows=rows)
    for name, people in (project.expired.people if project.expired else {}).items():
        session.tell("expired_fields", data=label("data", name, session.language), people=people)
    anonymous = sum(row["anonymous"] for row in counts.to_pylist() if row["table"] == "orders")
    if anonymous:
        session.tell("anonymous", rows=anonymous)


def _through_server(session: Session, as_of: datetime | None) -> bool:
    """Let the server of the project load and run, where there is one, and say how it goes."""
    from motherlode import errand, show

    told = errand.ask(session.root, {"do": "run", "as_of": as_of.date().isoformat() if as_of else None})
    if told is None:
        return False
    session.tell("through_server")
    last: dict[str, Any] = {"refused": True}
    with show.progress(session.language, "making", quiet=session.quiet) as tell:
        for last in told:
            if last.get("step") == "making":
                tell(last["what"], last["done"], last["total"])
    if last.get("refused"):
        raise MotherlodeError(
            say("server_is_busy", session.language), hint=say("server_is_busy_hint", session.language)
        )
    if last["problem"] or not last["is_over"]:
        message = last["problem"] or say("server_is_gone", session.language)
        raise MotherlodeError(message, hint=last["hint"] or say("server_is_gone_hint", session.language))
    session.tell("ran_through_server", seconds=last["seconds"])
    return True


def _next(session: Session, *commands: str, before: str = "") -> None:
    """What can be typed next, as it is typed."""
    if session.quiet:
        return
    session.tell("next")
    for line in (before, *(f"motherlode {command}" for command in commands)):
        if line:
            click.echo(f"  {line}", err=True)


def _why_first(customers: list[str], where: str) -> str:
    """The command that explains the first of a list, or the whole list where it is empty."""
    return " ".join(["why opportunity.ranked", *map(shlex.quote, customers[:1])]) + where


def _report(session: Session, project: "Project", path: Path) -> None:
    from motherlode.report import render

    path.write_text(render(project, session.language), encoding="utf-8")
    project.note_export(path, ["report"], 0)
    session.tell("report_at", url=path.resolve().as_uri())
