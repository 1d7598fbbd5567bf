"""What several commands do on their way, each told as it goes: load, make, and what can be typed next."""

import shlex
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from motherlode.cli.session import Session
from motherlode.errors import MotherlodeError
from motherlode.labels import label, say

if TYPE_CHECKING:
    from motherlode.project import Project


def load(session: Session, project: "Project") -> None:
    """Load what is new, and tell of each file what became of its rows; an error where there is nothing at all."""
    from motherlode.show.terminal import progress

    with progress(session.language, "loading", quiet=session.quiet) as tell:
        loaded = project.load(tell)
    for piece in loaded:
        session.tell(f"loaded_{piece.outcome}", file=piece.file, rows=piece.rows)
        if piece.broken:
            session.tell("loaded_broken", file=piece.file, broken=piece.broken)
        if piece.suppressed:
            session.tell("loaded_suppressed", file=piece.file, rows=piece.suppressed)
        if piece.held_back:
            session.tell("loaded_held_back", file=piece.file, columns=", ".join(piece.held_back))
        if piece.hidden:
            session.tell("loaded_hidden", file=piece.file, cells=piece.hidden)
    here = "SELECT (SELECT count(*) FROM collect.files) + (SELECT count(*) FROM collect.received)"
    if not loaded and not project.warehouse.value(here):
        raise MotherlodeError(say("no_data", session.language), hint=say("no_data_hint", session.language))


def run(session: Session, project: "Project", as_of: date | None) -> None:
    """Make the tables, and tell how many rows came, were kept, repaired, set aside and are past their time."""
    from motherlode.show.project import made
    from motherlode.show.terminal import progress

    with progress(session.language, "making", quiet=session.quiet) as tell:
        done = project.run(as_of, tell)
    if session.debug:
        made(done, session.language)
    counts = project.table("refine.accounting").arrow
    sums = {name: sum(counts[name].to_pylist()) for name in ("came", "kept", "repaired", "set_aside")}
    session.tell("made", tables=len(done.made), as_of=done.as_of, seconds=done.seconds)
    session.tell("accounted", **sums)
    for name, rows in (project.expired.rows if project.expired else {}).items():
        session.tell("expired_rows", data=label("data", name, session.language), rows=rows)
    for name, people in (project.expired.people if project.expired else {}).items():
        session.tell("expired_fields", data=label("data", name, session.language), people=people)
    anonymous = sum(row["anonymous"] for row in counts.to_pylist() if row["table"] == "orders")
    if anonymous:
        session.tell("anonymous", rows=anonymous)


def run_through_server(session: Session, as_of: datetime | None) -> bool:
    """Let the server of the project load and run, where there is one, and say how it goes."""
    from motherlode.machine import errand
    from motherlode.show.terminal import progress

    told = errand.ask(session.root, {"do": "run", "as_of": as_of.date().isoformat() if as_of else None})
    if told is None:
        return False
    session.tell("through_server")
    last: dict[str, Any] = {"refused": True}
    with progress(session.language, "making", quiet=session.quiet) as tell:
        for last in told:
            if last.get("step") == "making":
                tell(last["what"], last["done"], last["total"])
    if last.get("refused"):
        raise MotherlodeError(
            say("server_is_busy", session.language), hint=say("server_is_busy_hint", session.language)
        )
    if last["problem"] or not last["is_over"]:
        message = last["problem"] or say("server_is_gone", session.language)
        raise MotherlodeError(message, hint=last["hint"] or say("server_is_gone_hint", session.language))
    session.tell("ran_through_server", seconds=last["seconds"])
    return True


def tell_next(session: Session, *commands: str, before: str = "") -> None:
    """What can be typed next, as it is typed."""
    if session.quiet:
        return
    session.tell("next")
    for line in (before, *(f"motherlode {command}" for command in commands)):
        if line:
            click.echo(f"  {line}", err=True)


def why_first(customers: list[str], where: str) -> str:
    """The command that explains the first of a list, or the whole list where it is empty."""
    return " ".join(["why opportunity.ranked", *map(shlex.quote, customers[:1])]) + where


def write_report(session: Session, project: "Project", path: Path) -> None:
    """Write the report, note that it left the stores, and tell where it is."""
    from motherlode.report import render

    path.write_text(render(project, session.language), encoding="utf-8")
    project.note_export(path, ["report"], 0)
    session.tell("report_at", url=path.resolve().as_uri())
