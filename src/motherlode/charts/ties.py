"""Things on two sides, and what ties them together."""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from motherlode.charts.svg import element, line, picture, text, text_width

ROW, EDGE, DOT = 30.0, 12.0, 5.0
SIZE = 12.0


class Tie(msgspec.Struct, frozen=True):
    """A line between two things by their places: of the left side and the right, or both of the left (`beside`)."""

    one: int
    other: int
    words: str
    beside: bool = False


def ties(left: Sequence[str], right: Sequence[str], between: Sequence[Tie], title: str, *, width: float) -> Markup:
    """Names in two columns with lines between them; the first on the left is the one that stands for all."""
    if not between:
        return Markup("")
    room = width / 2 - 40
    start = min(max(text_width(name, SIZE) for name in left), room) + 2 * DOT + 30
    end = max(start + 60, width - min(max((text_width(name, SIZE) for name in right), default=0.0), room) - 2 * DOT - 8)
    height = max(len(left), len(right)) * ROW + EDGE
    parts = [_tie(tie, start, end) for tie in between]
    for place, name in enumerate(left):
        kind = "ink strong" if not place else "ink"
        parts += [_dot(start, place), text(_short(name, start - 2 * DOT - 26), start - 10, _y(place) + 4, "end", kind)]
    for place, name in enumerate(right):
        parts += [_dot(end, place), text(_short(name, width - end - 12), end + 10, _y(place) + 4)]
    return picture(title, width, height, parts)


def _y(place: int) -> float:
    return EDGE + ROW * (place + 0.3)


def _dot(x: float, place: int) -> Markup:
    return element("circle", cx=x, cy=_y(place), r=DOT, class_="dot")


def _tie(tie: Tie, start: float, end: float) -> Markup:
    tip = element("title", tie.words)
    if not tie.beside:
        return element("g", tip, line(start, _y(tie.one), end, _y(tie.other), "zero"))
    # Two of one side: a bow, so that it does not run through those between them.
    bow = start + 14 + 8 * abs(tie.one - tie.other)
    steps = f"M{start:g} {_y(tie.one):g}Q{bow:g} {(_y(tie.one) + _y(tie.other)) / 2:g} {start:g} {_y(tie.other):g}"
    return element("path", tip, d=steps, class_="tie")


def _short(name: str, room: float) -> str:
    if text_width(name, SIZE) <= room:
        return name
    while name and text_width(f"{name}…", SIZE) > room:
        name = name[:-1]
    return f"{name}…"
