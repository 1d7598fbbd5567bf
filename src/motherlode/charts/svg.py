"""The few strokes that every chart is drawn with."""

import math
from collections.abc import Callable, Iterable, Sequence

import msgspec
from markupsafe import Markup, escape

Show = Callable[[float], str]

# Less than this off its place, in points, a line looks as it did.
UNSEEN = 0.4
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


def linked(part: Markup, href: str) -> Markup:
    """A part of a picture that leads somewhere, named by its own title; as it was where it leads nowhere."""
    return element("a", part, href=href) if href else part


def text(words: str, x: float, y: float, anchor: str = "start", kind: str = "ink") -> Markup:
    """Words at a whole point, which nobody can tell from a broken one."""
    ends = {} if anchor == "start" else {"text_anchor": anchor}
    return element("text", words, y=round(y), **ends, class_=kind, x=round(x))


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def bar(x: float, y: float, width: float, height: float, kind: str, tip: str) -> Markup:
    """A rectangle with words that appear over it; its edges lie on whole points, where they are sharp."""
    left, top = round(x), round(y)
    # What is there is seen, be it ever so little.
    wide, high = (max(round(end) - start, 1 if size > 0 else 0)
                  for start, end, size in ((left, x + width, width), (top, y + height, height)))  # fmt: skip
    # How it lies across comes first: what follows is the same in a narrower drawing, and packed as one piece.
    return element("rect", element("title", tip), x=left, width=wide, y=top, height=high, class_=kind)


def path(points: Sequence[tuple[float, float]], kind: str, *, closed: bool = False) -> Markup:
    """Lines through points, without those of them whose absence nobody can see."""
    return element("path", d=_steps(_seen(points)) + ("Z" if closed else ""), class_=kind)


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
    heights = {value: plot.y(value) for value in ticks}
    across = f"H{_short(plot.right)}"
    steps = "".join(f"M{_short(plot.left)} {_short(y)}{across}" for value, y in heights.items() if value != 0)
    marks = [element("path", d=steps, class_="grid")]
    marks += [line(plot.left, y, plot.right, y, "zero") for value, y in heights.items() if value == 0]
    marks += [text(show(value), plot.left - 6, y + 4, "end", "soft") for value, y in heights.items()]
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


def _seen(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points between which straight lines leave no other by more than `UNSEEN` (Douglas and Peucker, 1973)."""
    kept, parts = {0, len(points) - 1}, [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        away, place = max(((_off(points, first, last, p), p) for p in range(first + 1, last)), default=(0.0, 0))
        if away > UNSEEN:
            kept.add(place)
            parts += [(first, place), (place, last)]
    return [points[place] for place in sorted(kept)]


def _off(points: Sequence[tuple[float, float]], first: int, last: int, place: int) -> float:
    """How far a point is from the straight line between two others."""
    (x1, y1), (x2, y2), (x, y) = points[first], points[last], points[place]
    along, up = x2 - x1, y2 - y1
    squared = along * along + up * up
    part = min(max(((x - x1) * along + (y - y1) * up) / squared, 0.0), 1.0) if squared else 0.0
    return math.hypot(x - x1 - part * along, y - y1 - part * up)


def _steps(points: Sequence[tuple[float, float]]) -> str:
    """From point to point, each in tenths from the one before, which is shorter than where it lies."""
    x, y = (round(10 * value) for value in points[0])
    written, last = f"M{_tenths(x)} {_tenths(y)}", ""
    for right, down in points[1:]:
        along, up = round(10 * right) - x, round(10 * down) - y
        x, y = x + along, y + up
        command = "h" if not up else "l" if along else "v"
        numbers = [along, up] if command == "l" else [along or up]
        said = "".join(f" {_tenths(one)}" for one in numbers)
        written += said if command == last else command + said[1:]
        last = command
    return written


def _tenths(number: int) -> str:
    return _short(number / 10)
