"""Commands about requests that wait, breaches, and the papers that law asks for.

Nothing heavy is imported before a command needs it.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from motherlode.actor import actor
from motherlode.labels import label, say
from motherlode.session import Session, in_project

if TYPE_CHECKING:
    from motherlode.cases import Case
    from motherlode.project import Project
    from motherlode.rights import Request

_DAY = click.DateTime(["%Y-%m-%d"])
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"])
_file = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file, not stdout.")
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
    import pyarrow as pa

    from motherlode import cases, show

    with session.open(to_read=True) as project:
        known = cases.cases(project.ledger)
    rows = [
        {
            "case": case.case,
            "right": label("right", case.details.get("kind", ""), session.language),
            "law": case.details.get("law", ""),
            "state": label("case_state", case.state, session.language),
            "due_at": case.due_at,
            "late": case.is_late(_now()),
        }
        for case in known
    ]
    if rows:
        show.rows(pa.Table.from_pylist(rows), session.language)
    else:
        session.tell("no_cases")


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
    from motherlode import cases

    with session.open() as project:
        _tell(session, cases.ask(project, person, kind, _request(identity), [day.date() for day in holidays]))


@queue.command()
@click.argument("case")
@_reason
@in_project
def extend(session: Session, case: str, reason: str) -> None:
    """Put the answer off once, as far as the law of the person lets."""
    from motherlode import cases

    with session.open() as project:
        _tell(session, cases.extend(project, case, reason, _request()))


@queue.command()
@click.argument("case")
@_reason
@in_project
def refuse(session: Session, case: str, reason: str) -> None:
    """Refuse a request, with the reason that the person is told."""
    from motherlode import cases

    with session.open() as project:
        _tell(session, cases.refuse(project, case, reason, _request()))


@queue.command()
@click.argument("case")
@in_project
def done(session: Session, case: str) -> None:
    """Note that a request was answered by `motherlode rights`, whose receipt is its certificate."""
    from motherlode import cases

    with session.open() as project:
        _tell(session, cases.answered(project, case, _request()))


@click.group()
def breach() -> None:
    """Breaches: the clock of 72 hours, and everybody whom they touched.

    \b
    motherlode govern breach add "shared account" --since 2026-03-01 --actor mallory
    """


@breach.command(name="add")
@click.argument("what")
@click.option("--since", type=_MOMENT, required=True, help="From when on readings were not lawful.")
@click.option("--until", type=_MOMENT, help="Until when [now].")
@click.option("--actor", default="", help="Readings of this reader only.")
@click.option("--role", default="", help="Readings in this role only.")
@click.option("--found", type=_MOMENT, help="When it was found; the clock runs from then [now].")
@in_project
def add_breach(
    session: Session, what: str, since: datetime, until: datetime | None, found: datetime | None, **by: Any
) -> None:
    """Record a breach: WHAT happened; it touched everybody whom those readings showed."""
    from motherlode import cases

    with session.open() as project:
        readings = cases.readings_between(project, since, until or _now(), **by)
        _tell(session, cases.breach(project, what, _request(), readings, found or _now()))


@breach.command(name="list")
@in_project
def breaches(session: Session) -> None:
    """Every breach: what happened, how many people it touched, and by when the authority is to be told."""
    import pyarrow as pa

    from motherlode import cases, show

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
    if rows:
        show.rows(pa.Table.from_pylist(rows), session.language)
    else:
        session.tell("no_breaches")


@breach.command()
@click.argument("case")
@in_project
def affected(session: Session, case: str) -> None:
    """Everybody whom a breach touched, one a line; of who was erased since a blind token."""
    from motherlode import cases

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
    from motherlode import cases

    with session.open() as project:
        _tell(session, cases.move(project, case, step, note, _request()))


@click.command()
@_file
@in_project
def record(session: Session, output: Path | None) -> None:
    """Records of processing (GDPR 30, PIPL 56), from the map of the data, as Markdown."""
    from motherlode import datamap

    with session.open() as project:
        _paper(session, datamap.record(project, session.language), output)


@click.command()
@click.option("--keep", is_flag=True, help="Keep it as it stands, as approved.")
@_file
@in_project
def assess(session: Session, keep: bool, output: Path | None) -> None:
    """An impact assessment (GDPR 35, PIPL 55) with what the house knows filled in, as Markdown."""
    from motherlode import datamap

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
    from motherlode import datamap

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
    from motherlode import datamap

    last: date = (until or _now()).date()
    first = since.date() if since else last - timedelta(days=365)
    with session.open() as project:
        _paper(session, datamap.report(project, law, first, last, session.language), output)


@click.command()
@click.option("--by", multiple=True, required=True, help="stage, value_tier or province; several make a cross table.")
@click.option("--sum", "summed", default="", help="Also a sum: spend_365d.")
@click.option("--clip", type=float, default=0.0, help="The most of the sum that one customer counts for.")
@click.option("--epsilon", type=float, required=True, help="How much of the recipient's budget it takes; 1 is common.")
@click.option("--recipient", required=True, help="Who gets it: budgets are by recipient and year.")
@click.option("--format", "kind", type=click.Choice(["table", "csv", "json"]), default="table", help="How it looks.")
@in_project
def release(session: Session, by: tuple[str, ...], kind: str, **asked: Any) -> None:
    """Totals that may leave the house: with noise that hides each person (differential privacy).

    \b
    motherlode govern release --by stage --epsilon 0.5 --recipient partner
    """
    import sys

    from motherlode import export, show
    from motherlode.release import Query
    from motherlode.release import release as released

    with session.open() as project:
        rows = released(project, Query(by=by, **asked), actor=actor(), now=_now())
    if kind == "table":
        show.rows(rows, session.language)
    else:
        export.write(rows, kind, sys.stdout.buffer)


@click.command()
@in_project
def budget(session: Session) -> None:
    """What each recipient of totals has had of its privacy budget."""
    import pyarrow as pa

    from motherlode import show
    from motherlode.allowance import Allowance

    with session.open() as project:
        spent = Allowance(project.ledger, project.config.epsilon_a_year).all_spent()
        known = {(row["recipient"], row["year"]) for row in spent}
        most = project.config.epsilon_a_year
    rows = [
        {
            "recipient": recipient,
            "year": year,
            "spent": sum(row["epsilon"] for row in spent if (row["recipient"], row["year"]) == (recipient, year)),
            "allowance": most,
        }
        for recipient, year in sorted(known)
    ]
    if rows:
        show.rows(pa.Table.from_pylist(rows), session.language)
    else:
        session.tell("budget_unspent")


def _keep(session: Session, project: "Project", kind: str, text: str) -> None:
    from motherlode import datamap

    kept = datamap.publish(project, kind, text, session.language, actor(), _now())
    session.tell("kept_as", hash=kept[:12])


def _paper(session: Session, text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        session.tell("wrote", path=output)


def _tell(session: Session, case: "Case") -> None:
    state = label("case_state", case.state, session.language)
    click.echo(say("case_stands", session.language, case=case.case, state=state, due=case.due_at))
    if case.is_late(_now()):
        session.tell("case_late", case=case.case)


def _request(identity: str = "") -> "Request":
    from motherlode.rights import Request

    return Request(identity, actor(), _now())


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
