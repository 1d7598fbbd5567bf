"""What the command line shows on a terminal."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from motherlode.export import plain
from motherlode.ingest import Tell
from motherlode.labels import Language, label, number, say, value_label

if TYPE_CHECKING:
    from motherlode.checks import Finding
    from motherlode.collect.recognise import Proposal
    from motherlode.project import Project
    from motherlode.run import Run
    from motherlode.why import Link

# A terminal shows so many rows of a table unless it is told otherwise.
ROWS_SHOWN = 50


def console(*, to_stderr: bool = False) -> Console:
    """A console that does not wrap what goes into a pipe."""
    stream = sys.stderr if to_stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else 200, highlight=False, markup=False)


@contextmanager
def progress(language: Language, key: str, *, quiet: bool) -> Iterator[Tell]:
    """A bar on a terminal, nothing elsewhere."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}"),
        console=console(to_stderr=True),
        transient=True,
        disable=quiet or not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(say(key, language), total=None, what="")

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None, what=what)

        yield tell


def rows(shown: pa.Table, language: Language) -> None:
    """Any rows, with the words of their columns and codes."""
    table = Table(*(label("column", name, language) for name in shown.schema.names), header_style="bold")
    for record in shown.slice(0, ROWS_SHOWN).to_pylist():
        table.add_row(*(_cell(name, value, language) for name, value in record.items()))
    console().print(table)
    if shown.num_rows > ROWS_SHOWN:
        console(to_stderr=True).print(f"… {shown.num_rows:,} {say('rows', language)}")


def opportunities(shown: pa.Table, whole: pa.Table, currency: str, language: Language) -> None:
    """The ranked list as people read it."""
    from motherlode.sentences import reason_sentence

    out = console()
    if whole.num_rows == 0:
        out.print(say("no_opportunities", language))
        return
    names = ("rank", "customer_id", "stage", "value_tier", "play", "reason", "peer_id", "value", "cost", "net")
    table = Table(*(label("column", name, language) for name in names), header_style="bold", pad_edge=False)
    for name, column in zip(names, table.columns, strict=True):
        column.justify = "right" if name in ("rank", "value", "cost", "net") else "left"
        column.overflow = "fold"
    for row in shown.to_pylist():
        sentence = reason_sentence(row["reason"], row["actual"], row["benchmark"], language, currency)
        value, low, high = (_money(row[name], language) for name in ("value", "value_low", "value_high"))
        span = f"{value} ({low}–{high})"
        words = [value_label(name, row[name], language) for name in names[1:5]]
        table.add_row(
            str(row["rank"]), *map(str, words), sentence, str(row["peer_id"] or ""),
            span, _money(row["cost"], language), _money(row["net"], language),
        )  # fmt: skip
    out.print(table)
    sums = {name: sum(whole[name].to_pylist()) for name in ("value", "value_low", "value_high", "cost")}
    head = say(
        "opportunities_head",
        language,
        shown=shown.num_rows,
        total=whole.num_rows,
        customers=len(set(whole["customer_id"].to_pylist())),
        low=_money(sums["value_low"], language),
        high=_money(sums["value_high"], language),
        cost=f"{_money(sums['cost'], language)} {currency}",
        value=f"{_money(sums['value'], language)} {currency}",
    )
    console(to_stderr=True).print(head)


def tables(project: "Project", language: Language) -> None:
    """Every table and its first sentence."""
    table = Table(say("table", language), "", header_style="bold")
    for promise in project.graph.promises.values():
        if promise.kind not in ("feature", "label"):
            says = (promise.function.__doc__ or "").strip().split("\n")[0]
            table.add_row(promise.address, label("table", promise.address, language) if language == "zh" else says)
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
        table.add_row(proposal.path, kind, f"{proposal.confidence:.0%}" if proposal.table else "")
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
            table.add_row(
                guess.header, f"{guess.target}  {label('column', guess.target, language)}", f"{guess.confidence:.0%}"
            )
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
        out.print(f"{mark} {finding.what}  {finding.detail}".rstrip())
        if finding.hint:
            out.print(f"    {say('hint', language)}: {finding.hint}")


def chain(links: "Sequence[Link]", customer: str | None, language: Language) -> None:
    """Each table on the way back to the raw rows."""
    out = console()
    for link in links:
        indent = "  " * link.depth
        out.print(f"{indent}{link.address}  ({link.count:,} {say('rows', language)})")
        says = label("table", link.address, language) if language == "zh" else link.says
        if says:
            out.print(f"{indent}  {says}")
        if link.settings:
            told = ", ".join(f"{name} = {value}" for name, value in link.settings.items())
            out.print(f"{indent}  {say('settings', language)}: {told}")
        for row in link.rows if customer else []:
            facts = ", ".join(
                f"{name}={_cell(name, value, language)}" for name, value in row.items() if value not in (None, "")
            )
            out.print(f"{indent}  · {facts}")


def _cell(name: str, value: Any, language: Language) -> str:
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value_label(name, value, language))


def _money(value: float, language: Language) -> str:
    return number(float(value), language, 0 if abs(value) >= 100 else 2)
