"""A project on a terminal: what its files are taken for, what it holds, what runs made of it, and what ails it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
from rich.table import Table

from motherlode.graph.given import GIVEN
from motherlode.labels import Language, column_label, error_text, label, say, table_says
from motherlode.show.terminal import console, rows

if TYPE_CHECKING:
    from motherlode.checks import Finding
    from motherlode.collect.recognise import Proposal
    from motherlode.project import Project
    from motherlode.run import Run


def tables(project: "Project", language: Language) -> None:
    """Every table, what it says, and the columns that are features."""
    table = Table(say("table", language), "", header_style="bold")
    for promise in project.graph.promises.values():
        if promise.makes_a_table:
            table.add_row(promise.address, table_says(promise.name, promise.says, language))
    for name in GIVEN:
        table.add_row(f"collect.{name}", label("table", name, language))
    console().print(table)


def proposals(found: "Sequence[Proposal]", language: Language) -> None:
    """What `init` takes each file and each column for."""
    out = console()
    table = Table(*(say(key, language) for key in ("files", "table", "confidence")), header_style="bold")
    for proposal in found:
        kind = (
            label("table", proposal.table, language)
            if proposal.table
            else f"{say('left_alone', language)}: {_why(proposal.why, language)}"
        )
        piece = f"{proposal.path}#{proposal.sheet}" if proposal.sheet else proposal.path
        piece += "".join(f" ({header}: {', '.join(cells)})" for header, cells in proposal.only.items())
        table.add_row(piece, kind, f"{proposal.confidence:.0%}" if proposal.table else "")
    out.print(table)
    for proposal in found:
        if proposal.table:
            out.print(_columns(proposal, language))


def _columns(proposal: "Proposal", language: Language) -> Table:
    title = f"{proposal.name} → {label('table', proposal.table, language)}"
    table = Table(
        *(say(key, language) for key in ("header", "column", "confidence")), title=title, title_justify="left"
    )
    for guess in proposal.guesses:
        taken = proposal.columns.get(guess.target or "") == guess.header
        if taken and guess.target:
            words = column_label(proposal.table or "", guess.target, language)
            table.add_row(guess.header, f"{guess.target}  {words}", f"{guess.confidence:.0%}")
        else:
            asked = f"? {guess.target}" if guess.target else ""
            table.add_row(guess.header, f"{say('kept_beside', language)} {asked}", "")
    return table


def _why(why: str, language: Language) -> str:
    code, _, name = why.partition(":")
    return f"{label('left_alone', code, language)} {name}".strip()


def made(done: "Run", language: Language) -> None:
    """What a run made, how many rows, and how long it took."""
    table = Table(say("table", language), say("rows", language), "s", header_style="bold", box=None)
    for entry in done.made:
        if entry.rows is not None:
            table.add_row(entry.address, f"{entry.rows:,}", f"{entry.seconds:.2f}")
    console(to_stderr=True).print(table)


def quarantine(counted: pa.Table, language: Language) -> None:
    """Rows set aside by problem."""
    out = console()
    if counted.num_rows == 0:
        out.print(say("quarantine_empty", language))
        return
    out.print(say("quarantine_head", language, rows=sum(counted["rows"].to_pylist())))
    rows(counted, language)


def findings(found: "Sequence[Finding]", language: Language) -> None:
    """What the doctor saw."""
    out = console()
    for finding in found:
        mark = {"ok": "✓", "note": "·", "bad": "✗"}[finding.outcome]
        out.print(f"{mark} {finding.what}  {error_text(finding.detail, language)}".rstrip())
        if finding.hint:
            out.print(f"    {say('hint', language)}: {error_text(finding.hint, language)}")


def status(project: "Project", language: Language) -> None:
    """What was loaded, and what the last run made of it."""
    out = console()
    held = project.table("collect.files").arrow
    rows(held.select(["source", "file", "table", "rows", "broken", "loaded_at"]), language)
    last = project.ledger.last_run()
    if last is None:
        out.print(say("never_run", language))
        return
    out.print(say("last_run", language, **{name: last[name] for name in ("as_of", "finished_at", "version")}))
    for address, count in last["tables"].items():
        if count is not None:
            out.print(f"  {address:<28}{count:>14,}")
