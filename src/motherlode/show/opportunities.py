"""The ranked list on a terminal, and what to know of it as a whole."""

from typing import Any

import pyarrow as pa
from rich import box
from rich.cells import cell_len
from rich.table import Table

from motherlode.labels import Language, label, say, value_label
from motherlode.opportunity.promises import promised
from motherlode.sentences import action, money, reason_sentence, winners_sentence
from motherlode.show.terminal import console, folded

WIDELY = (
    "rank", "customer_id", "stage", "value_tier", "play", "reason", "peer_id", "value", "cost", "net", "evidence_level"
)  # fmt: skip
NARROWLY = ("rank", "customer_id", "stage", "play", "value", "cost", "net")
# What ranks unless something simpler was measured to be better.
ENGINE = "engine"
# However narrow the terminal, a reason has this room.
LEAST_ROOM = 16
NUMBERS = ("rank", "value", "cost", "net")
# From so many letters on the list has room for every column.
WIDE = 150


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
