"""Commands about people's say over their data: consent, rights, and the log of what was done.

Nothing heavy is imported before a command needs it.
"""

import codecs
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from motherlode.actor import actor
from motherlode.labels import label, say
from motherlode.session import Session, in_project

if TYPE_CHECKING:
    from motherlode.consents import Text
    from motherlode.project import Project
    from motherlode.rights import Request


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
    from motherlode.consents import Statement

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
    from motherlode.consents import Statement

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
    from datetime import UTC, datetime

    from motherlode import consents, people
    from motherlode.access import Reading
    from motherlode.export import plain

    with session.open(to_read=True) as project:
        found = people.find(project.stores, person)
        reading = Reading("rights", "rights", actor(), "show what a person said")
        now = datetime.now(UTC).replace(tzinfo=None)
        proofs = consents.proofs(project.stores, found.customer_ids, reading, now=now)
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
    from datetime import UTC, datetime, timedelta

    until = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(days=days)
    with session.open() as project:
        for who in people:
            if revoke:
                session.tell("links_revoked", customer=project.revoke_links(who, actor()).customer_id)
                continue
            found, address = project.preference_link(who, until, actor())
            session.tell("preference_link", customer=found.customer_id, until=f"{until:%Y-%m-%d %H:%M} UTC")
            click.echo(address)


@click.group()
def rights() -> None:
    """What a person may ask for by right: PERSON is a customer number, an e-mail or a phone.

    \b
    motherlode rights access 12346 --format json
    motherlode rights erase ann@example.com --yes
    """


def _asked(command: Any) -> Any:
    """PERSON, and how it was checked that PERSON is the one who asks."""
    told = "How the identity was checked, for the record."
    return click.argument("person")(click.option("--identity", default="not stated", help=told)(command))


_output = click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file, not stdout.")


@rights.command()
@_asked
@click.option("--format", "kind", type=click.Choice(["json", "csv"]), default="json", help="How the answer is written.")
@_output
@in_project
def access(session: Session, person: str, identity: str, kind: str, output: Path | None) -> None:
    """Everything that is held of PERSON: fields in clear, rows of every table, proofs of consent, requests."""
    from motherlode import rights

    with session.open() as project:
        answer = rights.access(project, person, _request(identity))
    _answer(session, answer, output, kind)


@rights.command(name="export")
@_asked
@click.option("--format", "kind", type=click.Choice(["json", "csv"]), default="json", help="How the copy is written.")
@_output
@in_project
def copy_of_own(session: Session, person: str, identity: str, kind: str, output: Path | None) -> None:
    """What PERSON gave, as a file that another house can read."""
    from motherlode import rights

    with session.open() as project:
        answer = rights.portable(project, person, _request(identity))
    _answer(session, answer, output, kind)


@rights.command()
@_asked
@click.argument("changes", nargs=-1, required=True, metavar="FIELD=VALUE…")
@in_project
def rectify(session: Session, person: str, identity: str, changes: tuple[str, ...]) -> None:
    """Put right what is wrong about PERSON, for good: an old file does not bring it back.

    \b
    motherlode rights rectify 12346 city=上海
    """
    from motherlode import rights

    wrong = [change for change in changes if "=" not in change]
    if wrong:
        raise click.UsageError(f"write FIELD=VALUE, such as city=Berlin, not {wrong[0]}")
    pairs = dict(change.split("=", 1) for change in changes)
    with session.open() as project:
        session.tell("rectified", changed=rights.rectify(project, person, pairs, _request(identity)))


@rights.command()
@_asked
@click.option("--lift", is_flag=True, help="Use the data again.")
@in_project
def restrict(session: Session, person: str, identity: str, lift: bool) -> None:
    """Only store the data of PERSON: no table, score or list has them until it is lifted."""
    from motherlode import rights

    with session.open() as project:
        rows = rights.restrict(project, person, _request(identity), lift=lift)
    session.tell("restriction_lifted" if lift else "restricted", rows=rows)


@rights.command(name="object")
@_asked
@click.option("--purpose", default="marketing", show_default=True, help="marketing, profiling, analytics or sharing.")
@in_project
def object_to(session: Session, person: str, identity: str, purpose: str) -> None:
    """PERSON objects to a purpose, whatever its legal basis; it counts from this moment on."""
    from motherlode import rights

    with session.open() as project:
        found = rights.object_to(project, person, purpose, _request(identity))
    session.tell("objected", customer=found.customer_id, purpose=label("purpose", purpose, session.language))


def _tell_joined(session: Session, project: "Project", person: str) -> None:
    """Say which other numbers are taken for hers, before they go with her: people share phones."""
    from motherlode.people import find, joined

    for one in joined(project.warehouse, find(project.stores, person)):
        kind = label("column", "customer_id" if one.link[1] == "customer" else one.link[1], session.language)
        link = " ".join(one.link)
        session.tell("would_erase_too", number=one.number, customer=one.customer_id, kind=kind, link=link)


@rights.command()
@click.argument("people", nargs=-1, required=True, metavar="PERSON…")
@click.option("--identity", default="not stated", help="How the identity was checked, for the record.")
@click.option("--yes", is_flag=True, help="Without asking.")
@_output
@in_project
def erase(session: Session, people: tuple[str, ...], identity: str, yes: bool, output: Path | None) -> None:
    """Forget PERSON in every store, for good; the certificate says what went and that nothing is left.

    \b
    motherlode rights erase 12346 --yes -o certificate.json
    """
    from motherlode import rights

    def agree(rows: dict[str, int]) -> bool:
        for table, count in rows.items():
            session.tell("would_erase", table=table, rows=count)
        return yes or click.confirm(say("erase_it", session.language, rows=sum(rows.values())), err=True)

    with session.open() as project:
        for person in people:
            _tell_joined(session, project, person)
        erased = rights.erase(project, people, _request(identity), agree)
    if erased is None:
        return
    import msgspec

    _answer(session, msgspec.to_builtins(erased), output)
    session.tell("erased", rows=sum(erased.rows.values()), left=sum(erased.left.values()))
    if erased.crossed_out:
        session.tell("crossed_out", cells=erased.crossed_out)
    if erased.to_read:
        session.tell("to_read", cells=erased.to_read)
    for file in erased.sources:
        session.tell("source_stays", file=file)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--keys", type=click.Path(path_type=Path, file_okay=False), help="Where the wrapped keys go [FOLDER-keys]."
)
@in_project
def backup(session: Session, folder: Path, keys: Path | None) -> None:
    """Copy the stores into FOLDER; keep motherlode.key and motherlode.erased elsewhere.

    \b
    motherlode backup backups/monday --keys elsewhere/monday
    """
    from motherlode import backup as copies

    with session.open() as project:
        written = copies.backup(project, folder, keys)
    for path in written:
        session.tell("wrote", path=path)
    session.tell("backup_keys", path=written[-1])


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path, file_okay=False))
@click.option(
    "--keys", type=click.Path(path_type=Path, file_okay=False), help="Where the wrapped keys are [FOLDER-keys]."
)
@click.option("--yes", is_flag=True, help="Without asking.")
@click.option("--accept", is_flag=True, help="Also where nobody can tell any more who refused what since.")
@in_project
def restore(session: Session, folder: Path, keys: Path | None, yes: bool, accept: bool) -> None:
    """Put a backup in the place of the stores; who was erased since is erased again.

    \b
    motherlode restore backups/monday --yes
    """
    from datetime import UTC, datetime

    from motherlode import backup as copies

    if yes or click.confirm(say("restore_it", session.language, folder=folder), err=True):
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        done = copies.restore(session.root, folder, now=now, keys=keys, accept=accept)
        session.tell("restored", people=done.people)
        since = f"{done.since:%Y-%m-%d %H:%M} UTC" if done.since else "-"
        if done.recalled:
            session.tell("restore_recalled", facts=sum(done.recalled.values()))
        for store in done.lost:
            session.tell(f"restore_lost_{store}", since=since)


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

    from motherlode import decisions, people, show
    from motherlode.export import plain

    with session.open() as project:
        found = people.find(project.stores, person).customer_ids if person else ()
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
    show.rows(pa.Table.from_pylist(named), session.language)


def _request(identity: str) -> "Request":
    from datetime import UTC, datetime

    from motherlode.rights import Request

    return Request(identity, actor(), datetime.now(UTC).replace(tzinfo=None, microsecond=0))


def _answer(session: Session, answer: Any, output: Path | None, kind: str = "json") -> None:
    """An answer as JSON, or as rows of a CSV; a file with it is for its owner's eyes only."""
    from motherlode import export, rights

    written = io.BytesIO()
    if kind == "csv":
        export.write(rights.as_rows(answer), "csv", written)
    else:
        written.write((json.dumps(export.plain(answer), ensure_ascii=False, indent=2) + "\n").encode())
    if output is None:
        click.echo(written.getvalue(), nl=False)
    else:
        output.touch(mode=0o600)
        # By the mark in front Excel reads Chinese.
        output.write_bytes((codecs.BOM_UTF8 if kind == "csv" else b"") + written.getvalue())
        session.tell("wrote", path=output)


def _text(session: Session, purpose: str, file: Path | None, version: str) -> "Text":
    from motherlode.consents import Text, house_text

    if file is None:
        return house_text(purpose, session.language)
    return Text(purpose, session.language, version or file.name, file.read_text(encoding="utf-8"))


def _tell(session: Session, key: str, customer: str, statement: Any, **more: str) -> None:
    purpose = label("purpose", statement.purpose, session.language)
    channel = label("channel", statement.channel or "all", session.language)
    session.tell(key, customer=customer, purpose=purpose, channel=channel, **more)
