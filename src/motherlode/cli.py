"""The command line: data to stdout, messages to stderr; exit 0, 1 (an error with its hint) or 2 (usage).

Nothing heavy is imported before a command needs it: `--help` is answered in a tenth of a second.
"""

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from motherlode.errors import MotherlodeError
from motherlode.labels import Language, chosen_language, say

if TYPE_CHECKING:
    from motherlode.project import Project

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "csv", "json", "xlsx", "parquet")
FOCUS = {
    "acquire": ("intro", "trial"),
    "grow": ("trial", "mature"),
    "retain": ("mature", "decline"),
    "win-back": ("lost",),
    "efficiency": ("mature", "decline"),
}


class Told(click.Group):
    """Errors are told in one line with the next step; `--debug` shows where they arose."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except MotherlodeError as error:
            if context.params.get("debug"):
                raise
            language = chosen_language(context.params.get("lang"))
            click.echo(f"{say('error', language)}: {error.message}", err=True)
            if error.hint:
                click.echo(f"{say('hint', language)}: {error.hint}", err=True)
            context.exit(1)
        except BrokenPipeError:
            # The reader, `head` for instance, has seen enough.
            sys.stderr.close()
            context.exit(0)


class Session:
    """What every command is told: where the project is and how to speak."""

    def __init__(self, project: Path, language: Language, quiet: bool) -> None:
        self.root = project
        self.language = language
        self.quiet = quiet

    def tell(self, key: str, **values: Any) -> None:
        if not self.quiet:
            click.echo(say(key, self.language, **values), err=True)

    def open(self) -> "Project":
        from motherlode.project import Project

        return Project(self.root)


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
    context.obj = Session(Path(), chosen_language(lang), quiet)


def in_project(command: Command) -> Command:
    """Give a command `--project` and its session."""

    def opened(context: click.Context, _: click.Parameter, value: Path) -> Path:
        context.obj.root = value
        return value

    option = click.option(
        "--project",
        "-p",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(),
        callback=opened,
        expose_value=False,
        help="Project folder [default: this folder].",
    )
    return cast(Command, click.pass_obj(option(command)))


def with_format(command: Command) -> Command:
    """Give a command `--format` and `--output`."""
    kind = click.option("--format", "kind", type=click.Choice(FORMATS), default="table", help="How rows are written.")
    output = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file, not stdout.")
    return kind(output(command))


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
    """Load what is new, and make every table as of a day.

    \b
    motherlode run --project my-shop --as-of 2025-06-30
    """
    with session.open() as project:
        _load(session, project)
        _run(session, project, as_of.date() if as_of else None)
        session.tell("next")
        for line in (
            "motherlode opportunities",
            "motherlode report -o report.html",
            "motherlode why opportunity.ranked",
        ):
            click.echo(f"  {line}", err=True)


@main.command()
@click.option("--stage", help="Only customers in this lifecycle stage: intro, trial, mature, decline, lost.")
@click.option("--play", help="Only this action.")
@click.option("--focus", type=click.Choice(list(FOCUS)), help="What the business wants now.")
@click.option("--budget", type=click.FloatRange(min=0), help="Money to spend; ranks again for it.")
@click.option("--limit", "--top", type=click.IntRange(min=1), help="The first so many.")
@click.option("--all", "everything", is_flag=True, help="Also what lies below the cut-off.")
@with_format
@in_project
def opportunities(
    session: Session,
    stage: str | None,
    play: str | None,
    focus: str | None,
    budget: float | None,
    limit: int | None,
    everything: bool,
    kind: str,
    output: Path | None,
) -> None:
    """Who has potential, why, what to do, what it brings, and where to stop.

    \b
    motherlode opportunities --focus win-back --budget 5000 --format xlsx -o list.xlsx
    """
    from motherlode import show

    with session.open() as project:
        stages = FOCUS[focus] if focus else (stage,) if stage else ()
        rows = project.opportunities(stages=stages, play=play, budget=budget, everything=everything)
        shown = rows.arrow.slice(0, limit or len(rows))
        if kind == "table" and output is None:
            show.opportunities(shown, rows.arrow, project.config.currency, session.language)
        else:
            _write(session, shown, kind, output)


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
    from motherlode import show

    with session.open() as project:
        rows = project.table(address, limit).arrow
        if kind == "table" and output is None:
            show.rows(rows, session.language)
        else:
            _write(session, rows, kind, output)


@main.command()
@in_project
def tables(session: Session) -> None:
    """List every table, with what it says in one line."""
    from motherlode import show

    with session.open() as project:
        show.tables(project, session.language)


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

    with session.open() as project:
        if sql:
            click.echo(reasons.sql(project, address))
        else:
            show.chain(list(reasons.chain(project, address, customer)), customer, session.language)


@main.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=Path("report.html"))
@in_project
def report(session: Session, output: Path) -> None:
    """One HTML file with everything, to be read without a network.

    \b
    motherlode report -o report.html
    """
    with session.open() as project:
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
        from motherlode import aside, show

        with session.open() as project:
            show.quarantine(aside.by_problem(project), session.language)


@quarantine.command()
@click.option("--problem", help="Only rows with this problem.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many rows.")
@with_format
@in_project
def examples(session: Session, problem: str | None, limit: int, kind: str, output: Path | None) -> None:
    """Rows as they came, with their problem."""
    from motherlode import aside, show

    with session.open() as project:
        rows = aside.rows(project, problem, limit)
        show.rows(rows, session.language) if kind == "table" and not output else _write(session, rows, kind, output)


@quarantine.command()
@click.option("--problem", help="Only rows with this problem.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".csv or .xlsx")
@in_project
def export(session: Session, problem: str | None, output: Path) -> None:
    """Write the rows to a file in which they can be mended."""
    from motherlode import aside

    with session.open() as project:
        _write(session, aside.rows(project, problem), output.suffix.removeprefix("."), output)


@quarantine.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@in_project
def readmit(session: Session, file: Path) -> None:
    """Take mended rows back: the cells that changed in FILE replace those that came."""
    from motherlode import aside

    with session.open() as project:
        session.tell("readmitted", rows=aside.readmit(project, file))


@main.command()
@in_project
def doctor(session: Session) -> None:
    """Check the project: settings, files, stores, promises of every table, rows in = kept + set aside."""
    from motherlode import checks, show

    findings = checks.examine(session.root)
    show.findings(findings, session.language)
    if any(finding.outcome == "bad" for finding in findings):
        raise click.exceptions.Exit(1)


@main.command()
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-shop"), show_default=True
)
@click.option("--serve/--no-serve", default=None, help="Serve the report until Ctrl-C [when on a terminal].")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True)
@click.pass_obj
def demo(session: Session, folder: Path, serve: bool | None, port: int) -> None:
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
        from motherlode import show

        rows_ = project.opportunities().arrow
        show.opportunities(rows_.slice(0, 10), rows_, project.config.currency, session.language)
        _report(session, project, folder / "report.html")
    session.tell("next")
    for line in (f"cd {folder}", "motherlode opportunities --budget 5000", "motherlode why opportunity.ranked"):
        click.echo(f"  {line}", err=True)
    if serve if serve is not None else sys.stdout.isatty():
        showcase.serve(folder / "report.html", port, lambda url: session.tell("serving", url=url))


def _load(session: Session, project: "Project") -> None:
    from motherlode import show

    with show.progress(session.language, "loading", quiet=session.quiet) as tell:
        loaded = project.load(tell)
    for piece in loaded:
        session.tell(f"loaded_{piece.outcome}", file=piece.file, rows=piece.rows)
        if piece.broken:
            session.tell("loaded_broken", file=piece.file, broken=piece.broken)
    if not loaded:
        raise MotherlodeError(say("no_data", session.language), hint=say("no_data_hint", session.language))


def _run(session: Session, project: "Project", as_of: date | None) -> None:
    from motherlode import show

    with show.progress(session.language, "making", quiet=session.quiet) as tell:
        done = project.run(as_of, tell)
    if not session.quiet:
        show.made(done, session.language)
    counts = project.table("refine.accounting").arrow
    sums = {name: sum(counts[name].to_pylist()) for name in ("came", "kept", "repaired", "set_aside")}
    session.tell("made", tables=len(done.made), as_of=done.as_of, seconds=done.seconds)
    session.tell("accounted", **sums)
    anonymous = sum(row["anonymous"] for row in counts.to_pylist() if row["table"] == "orders")
    if anonymous:
        session.tell("anonymous", rows=anonymous)


def _report(session: Session, project: "Project", path: Path) -> None:
    from motherlode.report import render

    path.write_text(render(project, session.language), encoding="utf-8")
    session.tell("report_at", url=path.resolve().as_uri())


def _write(session: Session, rows: Any, kind: str, output: Path | None) -> None:
    from motherlode import export as files

    if output is None:
        files.write(rows, kind, sys.stdout.buffer)
        return
    suffix = output.suffix.removeprefix(".")
    files.write_file(rows, output, suffix if kind == "table" and suffix in FORMATS else kind)
    session.tell("wrote", path=output)
