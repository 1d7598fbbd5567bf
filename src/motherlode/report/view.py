"""What a page is made of, already in words: chapters of cards, each with a picture and the table under it."""

from collections.abc import Callable
from typing import Any

import msgspec
from markupsafe import Markup

from motherlode.labels import Language, label
from motherlode.sentences import between, counted, figure, money, percent, reason_sentence

# Widths, in points, at which letters of a chart are legible in a wide card and on a phone.
WIDE, NARROW = 560, 330
# In a card that a page gives its whole width.
LONG = 860
# Signs of a cell that is no word or number any more.
LONG_CELL = 80
# An axis of about five steps up to less than this has steps of less than a per cent.
ROUND_FROM = 0.05


class Grid(msgspec.Struct, frozen=True):
    """A table in words; columns from `numbers_from` on are numbers."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers_from: int = 1

    @property
    def tells(self) -> bool:
        """Whether a cell is a sentence: such a row is read line by line where the screen is narrow."""
        return any(len(str(cell)) > LONG_CELL for row in self.rows for cell in row)


class Figure(msgspec.Struct, frozen=True):
    """One picture, drawn for a wide card and for a narrow one."""

    roomy: Markup
    slim: Markup
    caption: str = ""


class Card(msgspec.Struct, frozen=True):
    """One finding: what it says, its pictures and its numbers; without any, what would fill it.

    Attributes
    ----------
    facts
        Pairs of a name and a value, shown under the pictures.
    shown
        A table that is read as it stands.
    data
        The numbers of the pictures, behind a click.
    wide
        The card takes a whole row of the page.
    """

    key: str
    title: str
    empty: str
    note: str = ""
    figures: tuple[Figure, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    shown: Grid | None = None
    data: Grid | None = None
    wide: bool = False

    @property
    def has_something(self) -> bool:
        return bool(self.figures) or bool(self.shown and self.shown.rows)


class Chapter(msgspec.Struct, frozen=True):
    """Cards under one heading."""

    key: str
    title: str
    note: str
    cards: tuple[Card, ...]


class Tile(msgspec.Struct, frozen=True):
    """One key figure, of what it is a part, where more is said about it, and how it changed."""

    name: str
    value: str
    note: str
    more: str
    change: str = ""


class Check(msgspec.Struct, frozen=True):
    """Something that bears on whether the rest can be trusted."""

    passed: bool
    words: str


class Voice(msgspec.Struct, frozen=True):
    """Says numbers and codes in a language and a currency."""

    language: Language
    currency: str

    def say(self, key: str, **values: Any) -> str:
        return label("report", key, self.language).format(**values)

    def word(self, section: str, code: Any) -> str:
        return label(section, code, self.language)

    def columns(self, *names: str) -> tuple[str, ...]:
        return tuple(self.word("column", name) for name in names)

    def count(self, value: float | None) -> str:
        return "–" if value is None else f"{value:,.0f}"

    def customers(self, number: float) -> str:
        return counted(number, "customer", self.language)

    def short(self, value: float) -> str:
        return figure(value, self.language)

    def money(self, value: float | None) -> str:
        return "–" if value is None else money(value, self.language, self.currency)

    def share(self, value: float | None) -> str:
        return "–" if value is None else percent(value)

    def shares_up_to(self, most: float) -> Callable[[float], str]:
        """How shares along an axis are said: without decimals, unless neighbours would then read alike."""
        return self.round_share if most >= ROUND_FROM else self.share

    def round_share(self, value: float) -> str:
        return percent(value, 0)

    def between(self, low: float, high: float) -> str:
        return between(low, high, self.language, self.currency)

    def reason(self, code: str, actual: float | None, benchmark: float | None) -> str:
        return reason_sentence(code, actual, benchmark, self.language, self.currency)


def figures(draw: Callable[[float], Markup], caption: str = "", *, wide: float = WIDE) -> tuple[Figure, ...]:
    """A chart drawn for wide cards and again for phones and print; none where there is nothing to draw.

    Parameters
    ----------
    draw
        Draws the chart at a width.
    wide
        The width in a wide card.
    """
    roomy, slim = draw(wide), draw(NARROW)
    return (Figure(roomy, slim, caption),) if roomy else ()
