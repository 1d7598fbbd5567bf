"""Commands for those who answer for the data: who may read what, and reading it.

Nothing heavy is imported before a command needs it.
"""

from pathlib import Path
from typing import Any

import click

from motherlode.cli import cases, papers, release
from motherlode.cli.session import Session, in_project, print_rows
from motherlode.machine import clock
from motherlode.machine.actor import actor


@click.group()
def govern() -> None:
    """What the house may do with people's data, and what it did.

    \b
    motherlode govern access
    """


_written = click.option(
    "--format", "kind", type=click.Choice(["table", "csv", "json"]), default="table", help="How it is written."
)


@govern.command()
@_written
@in_project
def access(session: Session, kind: str) -> None:
    """Which role may read which class of fields, for what, of whom.

    \b
    motherlode govern access
    """
    from motherlode.access import rules_of
    from motherlode.config import read_config
    from motherlode.disclosure import matrix

    config = read_config(session.root)
    print_rows(session, matrix(rules_of(config.access)), kind)


@govern.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@_written
@in_project
def scan(session: Session, folder: Path, kind: str) -> None:
    """Look for personal data in the files of FOLDER, and say which class each column is and where it would go.

    \b
    motherlode govern scan exports/
    """
    from motherlode.privacy.scanning import scan as looked_at

    print_rows(session, looked_at(folder, session.root), kind)


for command in (
    *(cases.queue, cases.breach),
    *(papers.record, papers.assess, papers.notice, papers.report),
    *(release.release, release.budget),
):
    govern.add_command(command)


@govern.command()
@in_project
def rotate(session: Session) -> None:
    """Add a new wrapping key to motherlode.key, and wrap every person's key under it; copy the file again afterwards.

    \b
    motherlode govern rotate
    """
    from motherlode.vault.key_file import add_key

    with session.open() as project:
        people = project.vault.count()
        add_key(project.root / project.config.key_file, project.kms)
    with session.open() as project:
        done = project.vault.rewrap()
        project.audit.note("rotation", {"actor": actor(), "people": people, "wrapped": done}, now=clock.now())
    session.tell("rotated", people=done)


@click.command()
@click.argument("people", nargs=-1, required=True, metavar="PERSON…")
@click.option("--field", "fields", multiple=True, required=True, help="name, phone, email, address, …")
@click.option("--role", required=True, help="In which role you read: see `motherlode govern access`.")
@click.option("--purpose", required=True, help="What for: service, marketing, rights, security, …")
@click.option("--reason", default="", help="Why, for the log.")
@click.option("--break-glass", is_flag=True, help="Read everything in an emergency; raises an alarm.")
@_written
@in_project
def reveal(
    session: Session, people: tuple[str, ...], fields: tuple[str, ...], kind: str, break_glass: bool, **said: Any
) -> None:
    """Personal fields of PERSON as your role may see them; each reading is in the log.

    \b
    motherlode reveal 12346 --field phone --role service --purpose service --reason "call back"
    """
    from motherlode.access import Reading
    from motherlode.people import lookup

    reading = Reading(**said, actor=actor(), break_glass=break_glass)
    with session.open() as project:
        who = [one for said_of in people for one in lookup.find(project.stores, said_of).customer_ids]
        rows = project.reveal(who, fields, reading)
        if kind != "table":
            project.note_piped("reveal", kind, rows.arrow.schema.names, rows.arrow.num_rows)
    print_rows(session, rows.arrow, kind)


@click.command()
@click.argument("person")
@click.option("--target", default="buys_90d", show_default=True, help="Which forecast: see `motherlode backtest`.")
@click.option("--goal", type=float, help="The forecast that is asked for [that of the best quarter].")
@click.option("--lime", is_flag=True, help="A linear model around this customer, for any model.")
@click.option("--format", "kind", type=click.Choice(["table", "json"]), default="table", help="How it is written.")
@in_project
def explain(session: Session, person: str, target: str, goal: float | None, lime: bool, kind: str) -> None:
    """What would have to be different for another forecast of PERSON, and what the forecast rests on.

    \b
    motherlode explain 12346 --target leaves_90d
    """
    import json

    import msgspec

    from motherlode.privacy import explain as explaining

    with session.open() as project:
        told = explaining.explain(project, person, target, goal=goal, with_lime=lime)
    if kind == "json":
        click.echo(json.dumps(msgspec.to_builtins(told), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(explaining.in_words(told, session.language)))
