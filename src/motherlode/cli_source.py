"""`motherlode source`: who may send events over HTTP.

Nothing heavy is imported before a command needs it.
"""

import getpass
from datetime import UTC, datetime

import click

from motherlode.session import Session, in_project


@click.group()
def source() -> None:
    """Who may send events over HTTP, each with a write key.

    \b
    motherlode source add web
    motherlode source list
    """


@source.command()
@click.argument("name")
@click.option("--key", default="", help="Its write key, where an SDK has one already [a new one is made].")
@click.option(
    "--plan", type=click.Choice(["off", "warn", "quarantine", "block"]), default="off", show_default=True,
    help="What happens to events that are not as the tracking plan says.",
)  # fmt: skip
@click.option("--events-per-second", type=click.IntRange(min=0), default=0, help="On average; 0 is as [serve] says.")
@in_project
def add(session: Session, name: str, key: str, plan: str, events_per_second: int) -> None:
    """Let NAME send events; the write key is printed now, and kept as a hash only.

    \b
    motherlode source add web --project my-shop
    motherlode source add web --key WK_from_the_old_tool
    """
    from motherlode.live import senders

    with session.open(to_read=True) as project:
        settings = senders.Settings(plan=plan, events_per_second=events_per_second)
        made = senders.add(project.ledger, name, key, settings, actor=getpass.getuser(), now=_now())
    session.tell("source_added", name=name)
    click.echo(made)


@source.command("list")
@in_project
def list_(session: Session) -> None:
    """Sources that may send, and since when.

    \b
    motherlode source list
    """
    from motherlode.live import senders

    with session.open(to_read=True) as project:
        for sender in sorted(senders.by_hash(project.ledger).values(), key=lambda one: (one.source, one.added_at)):
            click.echo(
                f"{sender.source}\t{sender.added_at:%Y-%m-%d %H:%M}\t{sender.key_hash[:8]}…\t{sender.settings.plan}"
            )


@source.command()
@click.argument("name")
@in_project
def remove(session: Session, name: str) -> None:
    """Take the keys of NAME back; what it sent stays.

    \b
    motherlode source remove old-app
    """
    from motherlode.live import senders

    with session.open(to_read=True) as project:
        senders.remove(project.ledger, name, actor=getpass.getuser(), now=_now())
    session.tell("source_removed", name=name)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
