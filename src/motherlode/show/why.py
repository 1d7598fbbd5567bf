"""The way from a table back to the raw rows, on a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from motherlode.labels import Language, label, say, table_says
from motherlode.sentences import money, reason_sentence, winners_sentence
from motherlode.show.terminal import cell, console, folded

if TYPE_CHECKING:
    from motherlode.why import Link

# In rows of more facts than this, zeros say nothing.
MANY = 4
# What one sentence says of the order in which winners did it.
IN_ORDER = ("first_move", "first_days", "then_move", "then_days")


def show(links: "Sequence[Link]", customer: str | None, currency: str, language: Language) -> None:
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
    named = [f"{label('column', name, language)} {cell(name, value, language)}" for name, value in left.items()]
    return " · ".join([*facts, *named])
