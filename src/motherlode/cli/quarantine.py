"""Commands about rows that were set aside: by problem, as they came, and back again once mended.

Nothing heavy is imported before a command needs it.
"""

from pathlib import Path

import click

from motherlode.cli.session import Session, in_project, with_format, write_rows
from motherlode.machine.actor import actor


@click.group(invoke_without_command=True)
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
    from motherlode.quarantine import aside
    from motherlode.show import project as show

    with session.open(to_read=True) as project:
        show.quarantine(aside.by_problem(project), session.language)


@quarantine.command()
@click.option("--problem", help="Only rows with this problem.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many rows.")
@with_format
@in_project
def examples(session: Session, problem: str | None, limit: int, kind: str, output: Path | None) -> None:
    """Rows as they came, with their problem."""
    from motherlode.quarantine import aside

    with session.open(to_read=True) as project:
        write_rows(session, project, aside.rows(project, problem, limit, actor=actor()), kind, output)


@quarantine.command()
@click.option("--problem", help="Only rows with this problem.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help=".csv or .xlsx")
@in_project
def export(session: Session, problem: str | None, output: Path) -> None:
    """Write the rows to a file in which they can be mended."""
    from motherlode.quarantine import aside

    with session.open(to_read=True) as project:
        write_rows(session, project, aside.rows(project, problem, actor=actor()), "table", output)


@quarantine.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@in_project
def readmit(session: Session, file: Path) -> None:
    """Take mended rows back: the cells that changed in FILE replace those that came."""
    from motherlode.quarantine import aside

    with session.open() as project:
        session.tell("readmitted", rows=aside.readmit(project, file, actor=actor()))
