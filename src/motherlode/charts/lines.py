"""Several lines in one picture: shares or money that change with time, a line a group."""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from motherlode.charts.svg import Plot, Show, legend, nice_ticks, path, picture, text, text_width, y_axis

QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_LINES = 5


class Line(msgspec.Struct, frozen=True):
    """A named line through points (x, y), from left to right."""

    name: str
    points: Sequence[tuple[float, float]]


class LineWords(msgspec.Struct, frozen=True):
    """What the lines show, and what lies along the bottom."""

    title: str
    bottom: str


def step_lines(
    lines: Sequence[Line],
    show: Show,
    words: LineWords,
    *,
    width: float = 560,
    height: float = 280,
    y_most: float = 1.0,
    stepped: bool = True,
) -> Markup:
    """Shares (0 to 1), or money, that stay as they are until the next point, a line a group, at most five.

    Parameters
    ----------
    y_most
        The greatest value that there is room for; shares of everything by default.
    stepped
        False where a line goes straight from point to point.
    """
    lines = [line for line in lines if line.points][:MOST_LINES]
    if not lines:
        return Markup("")
    most = max(line.points[-1][0] for line in lines) or 1.0
    head, top = legend([line.name for line in lines], [f"hue-{place}" for place in range(len(lines))], 0, 2, width)
    levels = list(QUARTERS) if y_most == 1 else nice_ticks(0, y_most, 5)
    left = max(46.0, *(text_width(show(level)) + 12 for level in levels))
    plot = Plot(left, top + 10, width - 14, height - 42, x_most=most, y_most=levels[-1])
    ticks = [tick for tick in nice_ticks(0, most, 6) if tick <= most]
    marks = [
        head,
        y_axis(plot, levels, show),
        *(text(f"{tick:g}", plot.x(tick), plot.bottom + 16, "middle", "soft") for tick in ticks),
        *(_line(plot, line, f"line hue-{place}", stepped=stepped) for place, line in enumerate(lines)),
        text(words.bottom, (plot.left + plot.right) / 2, height - 6, "middle", "soft"),
    ]
    return picture(words.title, width, height, marks)


def _line(plot: Plot, line: Line, kind: str, *, stepped: bool) -> Markup:
    corners: list[tuple[float, float]] = []
    for x, y in line.points:
        if corners and stepped:
            corners.append((plot.x(x), corners[-1][1]))
        corners.append((plot.x(x), plot.y(y)))
    return path(corners, kind)
