"""Commands about what a person may ask for by right: see, copy, put right, restrict, object, erase.

Nothing heavy is imported before a command needs it.
"""

import codecs
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from motherlode.cli.session import Session, in_project
from motherlode.labels import label, say
from motherlode.machine import clock
from motherlode.machine.actor import actor

if TYPE_CHECKING:
    from motherlode.privacy.requests import Request
    from motherlode.project import Project


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
    from motherlode.privacy import requests

    with session.open() as project:
        answer = requests.access(project, person, request(identity))
    _answer(session, answer, output, kind)


@rights.command(name="export")
@_asked
@click.option("--format", "kind", type=click.Choice(["json", "csv"]), default="json", help="How the copy is written.")
@_output
@in_project
def copy_of_own(session: Session, person: str, identity: str, kind: str, output: Path | None) -> None:
    """What PERSON gave, as a file that another house can read."""
    from motherlode.privacy import requests

    with session.open() as project:
        answer = requests.portable(project, person, request(identity))
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
    from motherlode.privacy import requests

    wrong = [change for change in changes if "=" not in change]
    if wrong:
        raise click.UsageError(f"write FIELD=VALUE, such as city=Berlin, not {wrong[0]}")
    pairs = dict(change.split("=", 1) for change in changes)
    with session.open() as project:
        session.tell("rectified", changed=requests.rectify(project, person, pairs, request(identity)))


@rights.command()
@_asked
@click.option("--lift", is_flag=True, help="Use the data again.")
@in_project
def restrict(session: Session, person: str, identity: str, lift: bool) -> None:
    """Only store the data of PERSON: no table, score or list has them until it is lifted."""
    from motherlode.privacy import requests

    with session.open() as project:
        rows = requests.restrict(project, person, request(identity), lift=lift)
    session.tell("restriction_lifted" if lift else "restricted", rows=rows)


@rights.command(name="object")
@_asked
@click.option("--purpose", default="marketing", show_default=True, help="marketing, profiling, analytics or sharing.")
@in_project
def object_to(session: Session, person: str, identity: str, purpose: str) -> None:
    """PERSON objects to a purpose, whatever its legal basis; it counts from this moment on."""
    from motherlode.privacy import requests

    with session.open() as project:
        found = requests.object_to(project, person, purpose, request(identity))
    session.tell("objected", customer=found.customer_id, purpose=label("purpose", purpose, session.language))


def _tell_joined(session: Session, project: "Project", person: str) -> None:
    """Say which other numbers are taken for hers, before they go with her: people share phones."""
    from motherlode.people.lookup import find, joined

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
    from motherlode.privacy import requests

    def agree(rows: dict[str, int]) -> bool:
        for table, count in rows.items():
            session.tell("would_erase", table=table, rows=count)
        return yes or click.confirm(say("erase_it", session.language, rows=sum(rows.values())), err=True)

    with session.open() as project:
        for person in people:
            _tell_joined(session, project, person)
        erased = requests.erase(project, people, request(identity), agree)
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


def request(identity: str = "") -> "Request":
    """A request as it is recorded: how the identity was checked, who answers, and when."""
    from motherlode.privacy.requests import Request

    return Request(identity, actor(), clock.now())


def _answer(session: Session, answer: Any, output: Path | None, kind: str = "json") -> None:
    """An answer as JSON, or as rows of a CSV; a file with it is for its owner's eyes only."""
    from motherlode.arrow import export
    from motherlode.privacy import requests

    written = io.BytesIO()
    if kind == "csv":
        export.write(requests.as_rows(answer), "csv", written)
    else:
        written.write((json.dumps(export.plain(answer), ensure_ascii=False, indent=2) + "\n").encode())
    if output is None:
        click.echo(written.getvalue(), nl=False)
    else:
        output.touch(mode=0o600)
        # By the mark in front Excel reads Chinese.
        output.write_bytes((codecs.BOM_UTF8 if kind == "csv" else b"") + written.getvalue())
        session.tell("wrote", path=output)
