"""Commands that write the papers which law asks for, as Markdown.

Nothing heavy is imported before a command needs it.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from motherlode.cli.session import Session, in_project
from motherlode.machine import clock
from motherlode.machine.actor import actor

if TYPE_CHECKING:
    from motherlode.project import Project

_DAY = click.DateTime(["%Y-%m-%d"])
_file = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file, not stdout.")


@click.command()
@_file
@in_project
def record(session: Session, output: Path | None) -> None:
    """Records of processing (GDPR 30, PIPL 56), from the map of the data, as Markdown."""
    from motherlode.privacy import datamap

    with session.open() as project:
        _paper(session, datamap.record(project, session.language), output)


@click.command()
@click.option("--keep", is_flag=True, help="Keep it as it stands, as approved.")
@_file
@in_project
def assess(session: Session, keep: bool, output: Path | None) -> None:
    """An impact assessment (GDPR 35, PIPL 55) with what the house knows filled in, as Markdown."""
    from motherlode.privacy import datamap

    with session.open() as project:
        text = datamap.assessment(project, session.language)
        _paper(session, text, output)
        if keep:
            _keep(session, project, "assessment", text)


@click.command()
@click.option("--keep", is_flag=True, help="Keep it as it is published.")
@_file
@in_project
def notice(session: Session, keep: bool, output: Path | None) -> None:
    """What people are told (GDPR 13, PIPL 17): every purpose, basis, field, period and recipient, as Markdown."""
    from motherlode.privacy import datamap

    with session.open() as project:
        text = datamap.notice(project, session.language)
        _paper(session, text, output)
        if keep:
            _keep(session, project, "notice", text)


@click.command()
@click.option("--law", type=click.Choice(["pipl", "gdpr", "ccpa"]), required=True, help="Whose duties.")
@click.option("--since", type=_DAY, help="From [a year ago].")
@click.option("--until", type=_DAY, help="To [today].")
@_file
@in_project
def report(session: Session, law: str, since: datetime | None, until: datetime | None, output: Path | None) -> None:
    """The compliance report of a law: its duties, what serves them, and what the log says was done, as Markdown."""
    from motherlode.privacy import datamap

    last: date = (until or clock.now()).date()
    first = since.date() if since else last - timedelta(days=365)
    with session.open() as project:
        _paper(session, datamap.report(project, law, first, last, session.language), output)


def _keep(session: Session, project: "Project", kind: str, text: str) -> None:
    from motherlode.privacy import datamap

    kept = datamap.publish(project, kind, text, session.language, actor(), clock.now())
    session.tell("kept_as", hash=kept[:12])


def _paper(session: Session, text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        session.tell("wrote", path=output)
