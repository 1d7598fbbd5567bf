"""Onto a terminal: a console that suits it, a bar of progress, lines folded at its edge, and the rows of any table."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from motherlode.arrow.export import plain
from motherlode.arrow.kinds import is_number
from motherlode.labels import Language, column_label, say, value_label

Tell = Callable[[str, int, int], None]

# A terminal shows so many rows of a table unless it is told otherwise.
ROWS_SHOWN = 50
# Below this, hundredths say too little.
SMALL = 0.1
# A pipe is never too narrow.
ENDLESS = 100_000


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
        justify: JustifyMethod = "right" if is_number(field.type) else "left"
        grid.add_column(names[field.name], justify=justify, overflow="fold")
    records = shown.slice(0, ROWS_SHOWN).to_pylist()
    for record in records:
        grid.add_row(*(cell(name, value, language) for name, value in record.items()))
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
                card.add_row(f"  {names[name]}", cell(name, value, language))
        out.print(card)


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


def cell(name: str, value: Any, language: Language) -> str:
    """A value as people read it: words for codes, yes and no, numbers to be compared."""
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
