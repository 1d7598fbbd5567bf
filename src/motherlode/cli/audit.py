"""Commands about the log of what was read, decided and done.

Nothing heavy is imported before a command needs it.
"""

import json

import click

from motherlode.cli.session import Session, in_project, print_rows
from motherlode.labels import label, say


@click.group()
def audit() -> None:
    """The log of what was read, decided and done.

    \b
    motherlode audit verify
    """


@audit.command()
@in_project
def verify(session: Session) -> None:
    """Look at every entry and checkpoint: exit 0 where the log is whole, 1 where it was changed or cut, and where."""
    with session.open(to_read=True) as project:
        finding = project.audit.verify()
    click.echo(say(f"audit_{finding.outcome}", session.language, entry=finding.entry))
    if finding.outcome != "whole":
        raise click.exceptions.Exit(1)


@audit.command()
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="The last so many.")
@in_project
def entries(session: Session, limit: int) -> None:
    """The last entries as JSON, one a line, oldest first."""
    with session.open(to_read=True) as project:
        for entry in project.audit.entries(limit):
            click.echo(json.dumps(entry, ensure_ascii=False))


@audit.command(name="decisions")
@click.argument("person", required=False)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="The last so many.")
@click.option("--format", "kind", type=click.Choice(["table", "json"]), default="table", help="How it is written.")
@in_project
def decided(session: Session, person: str | None, limit: int, kind: str) -> None:
    """What runs decided about PERSON or, without one, about anybody: oldest first, with reasons and alternatives.

    \b
    motherlode audit decisions 12346 --format json
    """
    import pyarrow as pa

    from motherlode import decisions
    from motherlode.arrow.export import plain
    from motherlode.people import lookup

    with session.open() as project:
        found = lookup.find(project.stores, person).customer_ids if person else ()
        told = decisions.told(project.ledger, found)[-limit:] if person else decisions.latest(project.ledger, limit)
    if kind == "json":
        click.echo(json.dumps(plain(told), ensure_ascii=False, indent=2))
        return
    shown = ("decided_at", "as_of", "customer_id", "play", "reason", "verdict")
    rows = [
        {**{name: row[name] for name in shown}, "alternatives": [other["play"] for other in row["alternatives"] or ()]}
        for row in told
    ]
    named = [
        {**row, "alternatives": ", ".join(label("play", play, session.language) for play in row["alternatives"])}
        for row in rows
    ]
    print_rows(session, pa.Table.from_pylist(named), "table")
