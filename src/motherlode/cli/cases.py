"""Commands about requests that wait for an answer, and about breaches: each with the clock of its law.

Nothing heavy is imported before a command needs it.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from motherlode.cli.rights import request
from motherlode.cli.session import Session, in_project, print_records
from motherlode.labels import label, say
from motherlode.machine import clock

if TYPE_CHECKING:
    from motherlode.privacy.cases import Case

_DAY = click.DateTime(["%Y-%m-%d"])
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"])


class _End(click.DateTime):
    """A moment up to which something counts: a day alone is meant to its end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        moment: datetime = super().convert(value, param, ctx)
        is_day = isinstance(value, str) and len(value.strip()) <= len("2026-03-01")
        return moment + timedelta(days=1, seconds=-1) if is_day else moment


_reason = click.option("--reason", default="", help="Why, as the person is told.")


@click.group()
def queue() -> None:
    """Requests of people that wait for an answer, each with the clock of its law.

    \b
    motherlode govern queue list
    """


@queue.command(name="list")
@in_project
def waiting(session: Session) -> None:
    """Every request and breach, what is due first first."""
    from motherlode.privacy import cases

    with session.open(to_read=True) as project:
        known = cases.cases(project.ledger)
    rows = [
        {
            "case": case.case,
            "right": label("right", case.details.get("kind", ""), session.language),
            "law": case.details.get("law", ""),
            "state": label("case_state", case.state, session.language),
            "due_at": case.due_at,
            "late": case.is_late(clock.now()),
        }
        for case in known
    ]
    print_records(session, rows, without="no_cases")


@queue.command()
@click.argument("person")
@click.option("--kind", required=True, help="access, export, rectify, restrict, object, erase or opt_out.")
@click.option("--identity", default="not stated", help="How the identity was checked, for the record.")
@click.option("--holiday", "holidays", type=_DAY, multiple=True, help="A day on which nobody works.")
@in_project
def add(session: Session, person: str, kind: str, identity: str, holidays: tuple[datetime, ...]) -> None:
    """Put a request of PERSON into the queue.

    \b
    motherlode govern queue add 12346 --kind access
    """
    from motherlode.privacy import cases

    with session.open() as project:
        _tell(session, cases.ask(project, person, kind, request(identity), [day.date() for day in holidays]))


@queue.command()
@click.argument("case")
@_reason
@in_project
def extend(session: Session, case: str, reason: str) -> None:
    """Put the answer off once, as far as the law of the person lets."""
    from motherlode.privacy import cases

    with session.open() as project:
        _tell(session, cases.extend(project, case, reason, request()))


@queue.command()
@click.argument("case")
@_reason
@in_project
def refuse(session: Session, case: str, reason: str) -> None:
    """Refuse a request, with the reason that the person is told."""
    from motherlode.privacy import cases

    with session.open() as project:
        _tell(session, cases.refuse(project, case, reason, request()))


@queue.command()
@click.argument("case")
@in_project
def done(session: Session, case: str) -> None:
    """Note that a request was answered by `motherlode rights`, whose receipt is its certificate."""
    from motherlode.privacy import cases

    with session.open() as project:
        _tell(session, cases.answered(project, case, request()))


@click.group()
def breach() -> None:
    """Breaches: the clock of 72 hours, and everybody whom they touched.

    \b
    motherlode govern breach add "shared account" --since 2026-03-01 --actor mallory
    """


@breach.command(name="add")
@click.argument("what")
@click.option("--since", type=_MOMENT, required=True, help="From when on readings were not lawful.")
@click.option("--until", type=_End(_MOMENT.formats), help="Until when; a day counts to its end [now].")
@click.option("--actor", default="", help="Readings of this reader only.")
@click.option("--role", default="", help="Readings in this role only.")
@click.option("--found", type=_MOMENT, help="When it was found; the clock runs from then [now].")
@in_project
def add_breach(
    session: Session, what: str, since: datetime, until: datetime | None, found: datetime | None, **by: Any
) -> None:
    """Record a breach: WHAT happened; it touched everybody whom those readings showed."""
    from motherlode.privacy import cases

    with session.open() as project:
        readings = cases.readings_between(project, since, until or clock.now(), **by)
        _tell(session, cases.breach(project, what, request(), readings, found or clock.now()))


@breach.command(name="list")
@in_project
def breaches(session: Session) -> None:
    """Every breach: what happened, how many people it touched, and by when the authority is to be told."""
    from motherlode.privacy import cases

    with session.open(to_read=True) as project:
        known = cases.cases(project.ledger, "breach")
    rows = [
        {
            "case": case.case,
            "what": case.details["what"],
            "customers": case.details["touched"],
            "state": label("case_state", case.state, session.language),
            "due_at": case.due_at,
        }
        for case in known
    ]
    print_records(session, rows, without="no_breaches")


@breach.command()
@click.argument("case")
@in_project
def affected(session: Session, case: str) -> None:
    """Everybody whom a breach touched, one a line; of who was erased since a blind token."""
    from motherlode.privacy import cases

    with session.open() as project:
        touched = cases.affected(project, case)
    for row in touched:
        click.echo(row["customer_id"] or f"erased:{row['person']}")
    if not touched:
        session.tell("nobody_touched")


@breach.command()
@click.argument("case")
@click.argument("step", type=click.Choice(["told", "people_told", "closed"]))
@click.option("--note", default="", help="Where it can be seen.")
@in_project
def step(session: Session, case: str, step: str, note: str) -> None:
    """Note that a breach was told to the authority, to the people, or is closed."""
    from motherlode.privacy import cases

    with session.open() as project:
        _tell(session, cases.move(project, case, step, note, request()))


def _tell(session: Session, case: "Case") -> None:
    state = label("case_state", case.state, session.language)
    click.echo(say("case_stands", session.language, case=case.case, state=state, due=case.due_at))
    if case.is_late(clock.now()):
        session.tell("case_late", case=case.case)
