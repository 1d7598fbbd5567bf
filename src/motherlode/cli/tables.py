"""Commands that print what was made: any table, how a row came to be, how models fared, and the whole as a page.

Nothing heavy is imported before a command needs it.
"""

from pathlib import Path

import click

from motherlode.cli import steps
from motherlode.cli.session import Session, in_project, with_format, write_rows


@click.command()
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


@click.command()
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
            steps.load(session, project)
            steps.run(session, project, None)
        rows = project.backtest(target)
        if kind == "table" and output is None:
            from motherlode.show.backtest import show

            show(project, rows.arrow, session.language)
        else:
            if not rows.arrow.num_rows:
                session.tell("no_backtest")
            write_rows(session, project, rows.arrow, kind, output)


@click.command()
@in_project
def tables(session: Session) -> None:
    """List every table, with what it says in one line."""
    from motherlode.show import project as show

    with session.open(to_read=True) as project:
        show.tables(project, session.language)


@click.command()
@click.argument("address")
@click.argument("customer", required=False)
@click.option("--sql", is_flag=True, help="Print the SQL that makes the table.")
@in_project
def why(session: Session, address: str, customer: str | None, sql: bool) -> None:
    """From a table, or a customer's row in it, back to the raw rows.

    \b
    motherlode why opportunity.ranked 12346
    """
    from motherlode import why as reasons
    from motherlode.show.why import show

    with session.open(to_read=True) as project:
        if sql:
            click.echo(reasons.sql(project, address))
        else:
            links = reasons.chain(project, address, customer)
            show(links, customer, project.config.currency, session.language)


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=Path("report.html"))
@in_project
def report(session: Session, output: Path) -> None:
    """One HTML file with everything, to be read without a network.

    \b
    motherlode report -o report.html
    """
    with session.open(to_read=True) as project:
        steps.write_report(session, project, output)
