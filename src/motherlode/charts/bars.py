"""Bars: parts of a whole side by side or one on the other."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from markupsafe import Markup

from motherlode.charts.svg import (
    Plot,
    Show,
    bar,
    element,
    legend,
    line,
    linked,
    nice_ticks,
    picture,
    text,
    text_width,
    y_axis,
)

BAR, GAP = 22.0, 12.0
# Parts of the room of a column, and the width in points that none is wider than.
SLOT, WIDEST = 100, 44.0


class Bars(msgspec.Struct, frozen=True):
    """What bars show: for each name, a number for each part.

    Attributes
    ----------
    colours
        "tone" for parts in an order, the first the darkest; "hue" for parts of different kinds.
    links
        For each name, an address for each part; none, or "" where a part leads nowhere.
    """

    names: Sequence[str]
    parts: Sequence[str]
    values: Sequence[Sequence[float]]
    colours: Literal["tone", "hue"] = "tone"
    links: Sequence[Sequence[str]] = ()

    @property
    def most(self) -> float:
        return max(map(sum, self.values), default=0)

    def link(self, name: int, part: int) -> str:
        return self.links[name][part] if self.links else ""

    @property
    def kinds(self) -> list[str]:
        return [f"{self.colours}-{place}" for place in range(len(self.parts))]


def stacked_bars(bars: Bars, show: Show, *, title: str, width: float = 560) -> Markup:
    """A lying bar for each name, made of its parts, with the total at its end."""
    if bars.most <= 0:
        return Markup("")
    head, top = _legend(bars, width)
    left = max(map(text_width, bars.names)) + 10
    room = max(text_width(show(sum(row))) for row in bars.values) + 8
    bottom = top + 8 + len(bars.names) * (BAR + GAP)
    plot = Plot(left, top + 8, width - room, bottom, x_most=bars.most)
    rows = [_row(plot, bars, place, show) for place in range(len(bars.names))]
    return picture(title, width, bottom, [head, *rows, line(left, plot.top, left, bottom - GAP / 2, "zero")])


def columns(bars: Bars, show: Show, *, title: str, width: float = 560, height: float = 220) -> Markup:
    """A standing column for each name, its parts from the bottom up; names are left out where they would touch."""
    if bars.most <= 0:
        return Markup("")
    head, top = _legend(bars, width)
    ticks = nice_ticks(0, bars.most, 4)
    left = max(text_width(show(tick)) for tick in ticks) + 10
    plot = Plot(left, top + 12, width - 4, height - 22, x_most=len(bars.names), y_most=ticks[-1])
    slot = (plot.right - plot.left) / plot.x_most
    wide = round(SLOT * min(0.72, WIDEST / slot))
    marks = [_column(plot, bars, place, wide, show) for place in range(len(bars.names))]
    # Drawn narrower, all but this line stays as it is, which packs to next to nothing.
    drawn = element("g", *marks, transform=f"translate({plot.left:.1f}) scale({slot / SLOT:.4f} 1)")
    return picture(title, width, height, [head, y_axis(plot, ticks, show), drawn, _names_below(plot, bars.names)])


def _legend(bars: Bars, width: float) -> tuple[Markup, float]:
    return legend(bars.parts, bars.kinds, 0, 2, width) if len(bars.parts) > 1 else (Markup(""), 0.0)


def _row(plot: Plot, bars: Bars, place: int, show: Show) -> Markup:
    y, x, name = plot.top + place * (BAR + GAP), plot.left, bars.names[place]
    marks = [text(name, plot.left - 8, y + BAR / 2 + 4, "end")]
    for at, (part, kind, value) in enumerate(zip(bars.parts, bars.kinds, bars.values[place], strict=True)):
        wide = plot.x(value) - plot.left
        if value > 0:
            tip = _tip(name, part, show(value))
            marks.append(linked(bar(x, y, wide, BAR, kind, tip), bars.link(place, at)))
        x += wide
    return Markup("").join([*marks, text(show(sum(bars.values[place])), x + 6, y + BAR / 2 + 4)])


def _column(plot: Plot, bars: Bars, place: int, wide: int, show: Show) -> Markup:
    """A column in hundredths of the room that each has."""
    x, below, marks = SLOT * place + (SLOT - wide) // 2, 0.0, []
    for part, kind, value in zip(bars.parts, bars.kinds, bars.values[place], strict=True):
        y = plot.y(below + value)
        if value > 0:
            tip = _tip(bars.names[place], part, show(value))
            marks.append(bar(x, y, wide, plot.y(below) - y, kind, tip))
        below += value
    return Markup("").join(marks)


def _names_below(plot: Plot, names: Sequence[str]) -> Markup:
    slot = (plot.right - plot.left) / len(names)
    every = max(1, -(-int(max(map(text_width, names)) + 10) // max(1, int(slot))))
    # Counted from the end, so that the latest is always named.
    shown = [place for place in range(len(names)) if (len(names) - 1 - place) % every == 0]
    # The last name must not stick out of the picture.
    centres = [min(plot.x(place) + slot / 2, plot.right + 4 - text_width(names[place]) / 2) for place in shown]
    if len(shown) > 1 and centres[-1] - centres[-2] < text_width(names[shown[-1]]) + 8:
        # It was moved to the left, onto the one before.
        del shown[-2], centres[-2]
    marks = [text(names[p], x, plot.bottom + 16, "middle", "soft") for p, x in zip(shown, centres, strict=True)]
    return Markup("").join(marks)


def _tip(name: str, part: str, value: str) -> str:
    return f"{name} · {part}: {value}" if part else f"{name}: {value}"
