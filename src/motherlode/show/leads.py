"""Deals that are open and prospects that may be won, on a terminal."""

from typing import Any

import pyarrow as pa
from rich.table import Table

from motherlode.labels import Language, label, say, value_label
from motherlode.sentences import money
from motherlode.show.terminal import console

DEALS_SHOWN = 10
LISTED_LEADS = 20
# A chance is not surer than this, however sure a model is of it.
SURE = 0.99
DEAL_COLUMNS = (
    "deal_rank", "deal_id", "customer_id", "owner", "product_id", "days_open", "deal_standing", "amount", "win_chance",
    "expected_amount",
)  # fmt: skip


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


def leads(found: pa.Table, language: Language, limit: int = LISTED_LEADS) -> None:
    """Who is likeliest to be won of those who were not yet, with what speaks for it; nothing where nobody is scored."""
    if not found.num_rows:
        return
    listed = sorted(found.to_pylist(), key=lambda row: row["lead_rank"])
    shown = listed[:limit]
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
