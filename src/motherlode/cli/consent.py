"""Commands about consent: what people agree to and refuse, and with which text.

Nothing heavy is imported before a command needs it.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from motherlode.cli.session import Session, in_project
from motherlode.labels import label
from motherlode.machine import clock
from motherlode.machine.actor import actor

if TYPE_CHECKING:
    from motherlode.people.consents import Text


@click.group()
def consent() -> None:
    """What people agree to and refuse, with the exact text: PERSON is a customer number, an e-mail or a phone.

    \b
    motherlode consent grant 12346 --purpose marketing --channel email
    motherlode consent withdraw ann@example.com --purpose marketing
    """


def _about(command: Any) -> Any:
    """PERSON and what the statement is about."""
    command = click.option("--evidence", default="", help="Where it can be seen: a form, a call, a letter.")(command)
    command = click.option("--channel", default="", help="email, sms, phone, wecom, app or post [every channel].")(
        command
    )
    purposes = "service, analytics, profiling, marketing, sharing or sensitive."
    command = click.option("--purpose", required=True, help=purposes)(command)
    return click.argument("person")(command)


@consent.command()
@_about
@click.option("--guardian", is_flag=True, help="A guardian agrees for a child.")
@click.option(
    "--text", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The text that was shown, UTF-8 [the house's own].",
)  # fmt: skip
@click.option("--text-version", default="", help="Its version [the name of the file].")
@in_project
def grant(
    session: Session,
    person: str,
    purpose: str,
    channel: str,
    evidence: str,
    guardian: bool,
    file: Path | None,
    text_version: str,
) -> None:
    """Record that PERSON agrees to a purpose, and the text that was agreed to.

    \b
    motherlode consent grant 12346 --purpose marketing --channel sms --evidence "form of 1 June"
    """
    from motherlode.people.consents import Statement

    given_by = "guardian" if guardian else "subject"
    statement = Statement(purpose, "granted", channel, given_by, evidence, actor())
    with session.open() as project:
        text = _text(session, purpose, file, text_version)
        found = project.say(person, statement, text)
    _tell(session, "consent_granted", found.customer_id, statement, version=text.version, hash=text.hash[:12])


@consent.command()
@_about
@click.option("--gpc", is_flag=True, help="A browser's Global Privacy Control said it: an opt-out, not a withdrawal.")
@in_project
def withdraw(session: Session, person: str, purpose: str, channel: str, evidence: str, gpc: bool) -> None:
    """Record that PERSON no longer agrees; it counts from this moment on.

    \b
    motherlode consent withdraw 13800138000 --purpose marketing
    """
    from motherlode.people.consents import Statement

    said = ("opted_out", evidence or "Sec-GPC: 1") if gpc else ("withdrawn", evidence)
    statement = Statement(purpose, said[0], channel, evidence=said[1], actor=actor())
    with session.open() as project:
        found = project.say(person, statement)
    _tell(session, "consent_withdrawn", found.customer_id, statement)


@consent.command()
@click.argument("person")
@in_project
def show(session: Session, person: str) -> None:
    """What PERSON said, oldest first, each with the text that was shown: a proof, as JSON.

    \b
    motherlode consent show 12346
    """
    from motherlode.access import Reading
    from motherlode.arrow.export import plain
    from motherlode.people import consents, lookup

    with session.open(to_read=True) as project:
        found = lookup.find(project.stores, person)
        reading = Reading("rights", "rights", actor(), "show what a person said")
        proofs = consents.proofs(project.stores, found.customer_ids, reading, now=clock.now())
    click.echo(json.dumps(plain(proofs), ensure_ascii=False, indent=2))


@consent.command()
@click.argument("people", nargs=-1, required=True, metavar="PERSON…")
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="How long the link is good.")
@click.option("--revoke", is_flag=True, help="Make no link: those that PERSON has open nothing any more.")
@in_project
def link(session: Session, people: tuple[str, ...], days: int, revoke: bool) -> None:
    """A link behind which PERSON sees what the data are used for, and says yes or no, without a password.

    \b
    motherlode consent link 12346 --days 7
    motherlode consent link 12346 --revoke
    """
    until = clock.now() + timedelta(days=days)
    with session.open() as project:
        for who in people:
            if revoke:
                session.tell("links_revoked", customer=project.revoke_links(who, actor()).customer_id)
                continue
            found, address = project.preference_link(who, until, actor())
            session.tell("preference_link", customer=found.customer_id, until=f"{until:%Y-%m-%d %H:%M} UTC")
            click.echo(address)


def _text(session: Session, purpose: str, file: Path | None, version: str) -> "Text":
    from motherlode.people.consents import Text, house_text

    if file is None:
        return house_text(purpose, session.language)
    return Text(purpose, session.language, version or file.name, file.read_text(encoding="utf-8"))


def _tell(session: Session, key: str, customer: str, statement: Any, **more: str) -> None:
    purpose = label("purpose", statement.purpose, session.language)
    channel = label("channel", statement.channel or "all", session.language)
    session.tell(key, customer=customer, purpose=purpose, channel=channel, **more)
