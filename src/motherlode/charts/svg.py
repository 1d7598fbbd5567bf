"""The few strokes that every chart is drawn with."""

import math
from collections.abc import Callable, Iterable, Sequence

import msgspec
from markupsafe import Markup, escape

Show = Callable[[float], str]

LETTER = 12.0
# Width of a letter, in parts of its height, as browsers' sans-serif fonts have it.
WIDE_LETTER, LETTER_WIDTH = 1.0, 0.56


class Plot(msgspec.Struct, frozen=True):
    """The area within a picture in which data are drawn, and the values at its edges; y grows upwards."""

    left: float
    top: float
    right: float
    bottom: float
    x_most: float = 1.0
    y_least: float = 0.0
    y_most: float = 1.0

    def x(self, value: float) -> float:
        return self.left + (self.right - self.left) * value / self.x_most

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * (value - self.y_least) / (self.y_most - self.y_least)


def element(name: str, *children: str, **attributes: str | float) -> Markup:
    """An SVG element; `class_` is `class`, and an underscore in a name is a hyphen."""
    words = ((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    written = "".join(f' {key}="{escape(_short(value))}"' for key, value in words)
    inner = "".join(escape(child) for child in children)
    return Markup(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")


def picture(title: str, width: float, height: float, parts: Iterable[Markup], **attributes: str | float) -> Markup:
    """A whole SVG picture that names itself to those who cannot see it; one with links is a group of them."""
    box, drawn = f"0 0 {_short(width)} {_short(height)}", list(parts)
    role = "group" if any("<a " in part for part in drawn) else "img"
    size: dict[str, str | float] = {"viewBox": box, "width": width, "height": height}
    return element("svg", *drawn, role=role, aria_label=title, class_="chart", **size, **attributes)


def linked(part: Markup, href: str, words: str) -> Markup:
    """A part of a picture that leads somewhere; as it was where it leads nowhere."""
    return element("a", part, href=href, aria_label=words) if href else part


def text(words: str, x: float, y: float, anchor: str = "start", kind: str = "ink") -> Markup:
    return element("text", words, x=x, y=y, text_anchor=anchor, class_=kind)


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def bar(x: float, y: float, width: float, height: float, kind: str, tip: str) -> Markup:
    """A rectangle with words that appear over it."""
    return element("rect", element("title", tip), x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), class_=kind)


def path(points: Sequence[tuple[float, float]], kind: str, *, closed: bool = False) -> Markup:
    steps = "L".join(f"{_short(x)} {_short(y)}" for x, y in points)
    return element("path", d=f"M{steps}{'Z' if closed else ''}", class_=kind)


def text_width(words: str, size: float = LETTER) -> float:
    """About how wide words are: Chinese letters are as wide as high, others about half."""
    return sum(WIDE_LETTER if ord(letter) > 0x2E7F else LETTER_WIDTH for letter in words) * size


def nice_ticks(least: float, most: float, count: int = 5) -> list[float]:
    """About `count` round numbers from at most `least` to at least `most`."""
    step = _nice_step((most - least) / count) if most > least else 1.0
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def y_axis(plot: Plot, ticks: Iterable[float], show: Show) -> Markup:
    """Grid lines with their values on the left."""
    marks = []
    for value in ticks:
        y = plot.y(value)
        marks += [line(plot.left, y, plot.right, y, "zero" if value == 0 else "grid")]
        marks += [text(show(value), plot.left - 6, y + 4, "end", "soft")]
    return Markup("").join(marks)


def legend(names: Sequence[str], kinds: Sequence[str], x: float, y: float, width: float) -> tuple[Markup, float]:
    """Coloured squares with their names, in as many rows as needed, and the height that they take."""
    marks, here, row = [], x, 0
    for name, kind in zip(names, kinds, strict=True):
        space = 16 + text_width(name) + 14
        if here > x and here + space > x + width:
            here, row = x, row + 1
        marks += [element("rect", x=here, y=y + row * 18, width=10, height=10, rx=2, class_=kind)]
        marks += [text(name, here + 15, y + row * 18 + 9.5, kind="soft")]
        here += space
    return Markup("").join(marks), (row + 1) * 18


def _nice_step(rough: float) -> float:
    size = 10.0 ** math.floor(math.log10(rough))
    return next(nice * size for nice in (1, 2, 2.5, 5, 10) if rough <= nice * size * (1 + 1e-9))


def _short(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
