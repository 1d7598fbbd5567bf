"""What the command line shows on a terminal."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from rich import box
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from motherlode.export import plain
from motherlode.given import GIVEN
from motherlode.labels import Language, column_label, error_text, label, say, table_says, value_label
from motherlode.opportunity.promises import promised
from motherlode.sentences import action, money, reason_sentence, winners_sentence

if TYPE_CHECKING:
    from motherlode.checks import Finding
    from motherlode.collect.recognise import Proposal
    from motherlode.project import Project
    from motherlode.run import Run
    from motherlode.why import Link

Tell = Callable[[str, int, int], None]

# A terminal shows so many rows of a table unless it is told otherwise.
ROWS_SHOWN = 50
# Below this, hundredths say too little; in rows of more facts than this, zeros say nothing.
SMALL, MANY = 0.1, 4
WIDELY = (
    "rank", "customer_id", "stage", "value_tier", "play", "reason", "peer_id", "value", "cost", "net", "evidence_level"
)  # fmt: skip
NARROWLY = ("rank", "customer_id", "stage", "play", "value", "cost", "net")
# What ranks unless something simpler was measured to be better.
ENGINE = "engine"
# However narrow the terminal, a reason has this room.
LEAST_ROOM = 16
NUMBERS = ("rank", "value", "cost", "net")
# What one sentence says of the order in which winners did it.
IN_ORDER = ("first_move", "first_days", "then_move", "then_days")
DEALS_SHOWN = 10
LISTED_LEADS = 20
# A chance is not surer than this, however sure a model is of it.
SURE = 0.99
DEAL_COLUMNS = (
    "deal_rank", "deal_id", "customer_id", "owner", "product_id", "days_open", "deal_standing", "amount", "win_chance",
    "expected_amount",
)  # fmt: skip
# From so many letters on the list has room for every column; a pipe is never too narrow.
WIDE, ENDLESS = 150, 100_000


class _Stream(Console):
    """A reader who has seen enough is no failure; `cli` ends quietly on it."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console(*, to_stderr: bool = False) -> Console:
    """A console as wide as the terminal, or as its longest line where it writes into a pipe or a file."""
    stream = sys.stderr if to_stderr else sys.stdout
    return _Stream(file=stream, width=None if stream.isatty() else ENDLESS, highlight=False, markup=False, emoji=False)


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


def rows(shown: pa.Table, language: Language, *, table: str = "") -> None:
    """Any rows, with the words of their columns and codes: as a table, or one below the other where it is too wide.

    Where a column means something of its own in the `table` that is named, it has the words for that.
    """
    out = console()
    names = {name: column_label(table, name, language) for name in shown.schema.names}
    grid = Table(header_style="bold")
    for field in shown.schema:
        justify: JustifyMethod = "right" if _is_number(field.type) else "left"
        grid.add_column(names[field.name], justify=justify, overflow="fold")
    records = shown.slice(0, ROWS_SHOWN).to_pylist()
    for record in records:
        grid.add_row(*(_cell(name, value, language) for name, value in record.items()))
    if Measurement.get(out, out.options.update(max_width=ENDLESS), grid).maximum <= out.width:
        out.print(grid)
    else:
        _cards(out, records, names, language)
    if shown.num_rows > ROWS_SHOWN:
        console(to_stderr=True).print(say("and_more", language, shown=ROWS_SHOWN, total=shown.num_rows))


def _cards(out: Console, records: list[dict[str, Any]], names: Mapping[str, str], language: Language) -> None:
    """A row a card, without its empty cells."""
    for number, record in enumerate(records, start=1):
        out.print(f"{say('row', language)} {number}", style="bold")
        card = Table(box=None, show_header=False, pad_edge=False)
        card.add_column()
        card.add_column(overflow="fold")
        for name, value in record.items():
            if value not in (None, ""):
                card.add_row(f"  {names[name]}", _cell(name, value, language))
        out.print(card)


def opportunities(shown: pa.Table, whole: pa.Table, currency: str, language: Language) -> None:
    """The ranked list as people read it; a narrow terminal has each reason under its play."""
    out = console()
    listed = [_opportunity(row, currency, language) for row in shown.to_pylist()]
    out.print(_wide(listed, language) if out.width >= WIDE else _narrow(listed, out.width, language))
    told = {name: money(value, language, currency) for name, value in promised(whole).items()}
    head = say("opportunities_head", language, shown=shown.num_rows, total=whole.num_rows, **told)
    console(to_stderr=True).print(head)
    ranked_by(whole, language)


def ranked_by(whole: pa.Table, language: Language) -> None:
    """That a simpler ranking than the engine made the list, where one did; older tables do not say."""
    policy = whole["ranked_by"][0].as_py() if "ranked_by" in whole.column_names and whole.num_rows else ENGINE
    if policy != ENGINE:
        told = say("ranked_by_simple", language, policy=label("policy", policy, language))
        console(to_stderr=True).print(told)


def held_back(counts: dict[str, int], language: Language) -> None:
    """Who would pay, but for the limits of money, capacity and pilots."""
    if counts:
        told = [f"{label('verdict', code, language)} ({count:,})" for code, count in sorted(counts.items())]
        console(to_stderr=True).print(say("held_back", language, why=" · ".join(told)))


def together(whole: pa.Table, currency: str, language: Language) -> None:
    """The long tail, which is acted on by group; tables made before there were groups have none."""
    names = ("micro_segment", "net")
    if "micro_segment" not in whole.column_names:
        return
    tail = [row for row in whole.select(names).to_pylist() if row["micro_segment"]]
    if tail:
        told = {"customers": len(tail), "net": money(sum(row["net"] for row in tail), language, currency)}
        groups = len({row["micro_segment"] for row in tail})
        console(to_stderr=True).print(say("long_tail", language, groups=groups, **told))


def open_deals(deals: pa.Table, currency: str, language: Language) -> None:
    """The deals that should bring most, and what to know before working on them; nothing where none is open."""
    if not deals.num_rows:
        return
    listed = sorted(deals.to_pylist(), key=lambda row: row["deal_rank"])
    told: dict[str, Any] = {"total": len(listed), "shown": min(DEALS_SHOWN, len(listed))}
    amounts = {name: sum(row[name] for row in listed) for name in ("amount", "expected_amount")}
    told["amount"], told["expected"] = (money(amount, language, currency) for amount in amounts.values())
    note = console(to_stderr=True)
    note.print(say("open_deals_head", language, **told))
    table = Table(header_style="bold")
    for name in DEAL_COLUMNS:
        number = name in ("amount", "win_chance", "expected_amount", "deal_rank", "days_open")
        table.add_column(label("column", name, language), justify="right" if number else "left")
    for row in listed[:DEALS_SHOWN]:
        said = {name: "" if row[name] is None else str(value_label(name, row[name], language)) for name in DEAL_COLUMNS}
        said |= {name: money(row[name], language, currency) for name in amounts}
        said["win_chance"] = f"{row['win_chance']:.0%} ({row['win_low']:.0%}–{row['win_high']:.0%})"
        table.add_row(*said.values())
    console().print(table)
    old = [row for row in listed if row["deal_standing"] == "beyond"]
    if unnamed := sum(row["customer_id"] is None for row in listed):
        note.print(say("open_deals_unnamed", language, count=unnamed))
    if old:
        worth = money(sum(row["amount"] for row in old), language, currency)
        note.print(say("open_deals_beyond", language, count=len(old), amount=worth))
    note.print(say(f"open_deals_{listed[0]['lead_verdict']}", language))


def leads(found: pa.Table, language: Language) -> None:
    """Who is likeliest to be won of those who were not yet, with what speaks for it; nothing where nobody is scored."""
    if not found.num_rows:
        return
    listed = sorted(found.to_pylist(), key=lambda row: row["lead_rank"])
    shown = listed[:LISTED_LEADS]
    told = {"shown": len(shown), "total": len(listed), "base": f"{listed[0]['base_rate']:.0%}"}
    console(to_stderr=True).print(say("leads_head", language, **told))
    table = Table(header_style="bold")
    for name in ("lead_rank", "customer_id", "target", "score"):
        table.add_column(label("column", name, language), justify="left" if name == "customer_id" else "right")
    table.add_column(label("report", "why", language))
    for row in shown:
        chance = f"{row['score']:.0%}" if row["score"] < SURE else f">{SURE:.0%}"
        target = label("target", row["target"], language)
        table.add_row(str(row["lead_rank"]), row["customer_id"], target, chance, _speaks_for(row, language))
    console().print(table)


def _speaks_for(row: dict[str, Any], language: Language) -> str:
    """What weighs most in a score, and whether for or against."""
    told = []
    for place in (1, 2):
        name, answer, effect = (row[f"{part}_{place}"] for part in ("reason", "answer", "effect"))
        if name:
            how = say("raises" if effect > 0 else "lowers", language)
            told.append(f"{label('column', name, language)} {answer or '–'} ({how})")
    return " · ".join(told)


def optimality(whole: pa.Table, language: Language) -> None:
    """How far the list may be from the best one that money and capacity allow."""
    if whole.num_rows and (bound := whole["bound"][0].as_py()):
        hurdle = whole["hurdle"][0].as_py()
        earned = sum(whole["value"].to_pylist()) - (1.0 + hurdle) * sum(whole["cost"].to_pylist())
        gap = max(1.0 - earned / bound, 0.0)
        console(to_stderr=True).print(say("optimality", language, gap=gap))


def _opportunity(row: dict[str, Any], currency: str, language: Language) -> dict[str, str]:
    amounts = ("value", "value_low", "value_high", "cost", "net")
    words = {name: str(value_label(name, row[name], language)) for name in ("stage", "value_tier")}
    return {
        "rank": str(row["rank"]),
        "customer_id": row["customer_id"],
        **words,
        "play": action(row, language),
        "reason": reason_sentence(row["reason"], row["actual"], row["benchmark"], language, currency),
        "peer_id": "\n".join(filter(None, (row["peer_id"], winners_sentence(row, language)))),
        "evidence_level": row["evidence_level"],
        **{name: money(row[name], language, currency) for name in amounts},
    }


def _wide(listed: list[dict[str, str]], language: Language) -> Table:
    table = Table(header_style="bold")
    for name in WIDELY:
        table.add_column(label("column", name, language), justify="right" if name in NUMBERS else "left")
    for row in listed:
        spanned = {**row, "value": f"{row['value']} ({row['value_low']}–{row['value_high']})"}
        table.add_row(*(spanned[name] for name in WIDELY))
    return table


def _narrow(listed: list[dict[str, str]], width: int, language: Language) -> Table:
    """Each reason under its play, in the room that the other columns leave."""
    table = Table(header_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    header = {name: label("column", name, language) for name in (*NARROWLY, "reason")}
    header["play"] += f" · {header['reason']}"
    rows = [{**row, "value": f"{row['value']}\n({row['value_low']}–{row['value_high']})"} for row in listed]
    taken = {
        name: max(cell_len(line) for row in [header, *rows] for line in row[name].split("\n"))
        for name in NARROWLY
        if name != "play"
    }
    room = max(width - sum(taken.values()) - 2 * len(NARROWLY), LEAST_ROOM)
    for name in NARROWLY:
        table.add_column(header[name], justify="right" if name in NUMBERS else "left", overflow="fold")
    for row in rows:
        told = "\n".join([row["play"], *folded(row["reason"], room)])
        table.add_row(*(told if name == "play" else row[name] for name in NARROWLY))
    return table


# A blank, a Chinese letter or a word, each with the punctuation that may not begin a line.
_PIECES = re.compile(r"\s+|[⺀-鿿！-～][，。；：、）]*|[^\s⺀-鿿！-～]+[，。；：、）]*")


def folded(words: str, width: int) -> list[str]:
    """Lines no wider than so many letters, broken at blanks and between Chinese letters."""
    lines, line = [], ""
    for piece in _PIECES.findall(words):
        if line and cell_len(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


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


def chain(links: "Sequence[Link]", customer: str | None, currency: str, language: Language) -> None:
    """Each table on the way back to the raw rows, nearest first."""
    out = console()
    if customer is not None and not links[0].rows:
        _told(out, 0, say("why_not_in", language, customer=customer, address=links[0].address))
    for link in links:
        if customer is None or link.rows:
            _table_on_the_way(out, link, language)
            for row in link.rows:
                _told(out, 4, f"· {_facts(row, currency, language)}", hanging=2)
    if customer is not None:
        _rest(out, links, language)


def _table_on_the_way(out: Console, link: "Link", language: Language) -> None:
    _told(out, 0, f"{link.address}  {_how_many(link, language)}".rstrip())
    _told(out, 2, table_says(link.address.partition(".")[2], link.says, language))
    if link.settings:
        told = ", ".join(f"{name} = {value}" for name, value in link.settings.items() if value is not None)
        _told(out, 2, f"{say('settings', language)}: {told}", hanging=2)


def _rest(out: Console, links: "Sequence[Link]", language: Language) -> None:
    """In a line each: where cells were read, what is the same for everybody, and where the customer has no rows."""
    raw = {link.address.partition(".")[2] for link in links if link.rows}
    groups = {
        "why_read_in": [link.address for link in links if link.count is None and raw & set(link.reads)],
        "why_of_all": [link.address for link in links if not link.of_customer and link.count],
        "why_no_rows": [link.address for link in links if link.of_customer and link.count == 0],
    }
    for key, addresses in groups.items():
        if addresses:
            _told(out, 0, say(key, language, tables=", ".join(addresses)), hanging=2)


def _told(out: Console, indent: int, words: str, hanging: int = 0) -> None:
    """Text with a left margin, folded at the terminal's edge."""
    for number, line in enumerate(folded(words, out.width - indent - hanging)):
        out.print(" " * (indent + (hanging if number else 0)) + line, soft_wrap=True)


def _how_many(link: "Link", language: Language) -> str:
    if link.count is None:
        return ""
    if link.rows and link.count > len(link.rows):
        return say("rows_of", language, shown=len(link.rows), total=link.count)
    return say("one_row" if link.count == 1 else "some_rows", language, total=link.count)


def _facts(row: dict[str, Any], currency: str, language: Language) -> str:
    """A row in words: where it stands in its file, its reason as it is said, its value, and the rest by name."""
    left = {name: value for name, value in row.items() if value not in (None, "")}
    facts = []
    if {"file", "row"} <= set(left):
        facts.append(say("place", language, file=left.pop("file"), row=left.pop("row")))
        left.pop("source", None)
    if {"reason", "actual", "benchmark"} <= set(row):
        reason, actual, benchmark = (left.pop(name, None) for name in ("reason", "actual", "benchmark"))
        facts.append(reason_sentence(str(reason), actual, benchmark, language, currency))
    if {"value", "value_low", "value_high"} <= set(left):
        value, low, high = (money(left.pop(name), language, currency) for name in ("value", "value_low", "value_high"))
        facts.append(f"{label('column', 'value', language)} {value} ({low}–{high})")
    if told := winners_sentence(left, language):
        facts.append(told)
        left = {name: value for name, value in left.items() if name not in IN_ORDER}
    if len(left) > MANY:
        left = {name: value for name, value in left.items() if value != 0 or isinstance(value, bool)}
    named = [f"{label('column', name, language)} {_cell(name, value, language)}" for name, value in left.items()]
    return " · ".join([*facts, *named])


def _cell(name: str, value: Any, language: Language) -> str:
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("yes" if value else "no", language)
    if isinstance(value, float):
        return figures(value)
    return str(value_label(name, value, language))


def figures(value: float) -> str:
    """A number to be compared with others: two decimals where they say something, more for what is small."""
    shown = f"{value:,.{2 if abs(value) >= SMALL else 4}f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
