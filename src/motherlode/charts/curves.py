"""Curves: how unequal a base is, and how far down a list it pays."""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from motherlode.charts.svg import Plot, Show, element, legend, line, nice_ticks, path, picture, text, text_width, y_axis

# The share of value whose customers are counted, and the share of customers whose value is named.
LINE_AT, LOOK_AT = 0.8, 0.2
FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# Room to the right of a list's curve.
BESIDE = 14


class ProfitPoint(msgspec.Struct, frozen=True):
    """What the first so many customers of a list bring and cost together."""

    customers: float
    cost: float
    value: float
    value_low: float
    value_high: float


class CutLine(msgspec.Struct, frozen=True):
    """A place at which a list can end, with its name."""

    name: str
    customers: float


class ParetoWords(msgspec.Struct, frozen=True):
    """What the curve shows, what the diagonal is, and what lies along the bottom."""

    title: str
    even: str
    bottom: str


class ProfitWords(msgspec.Struct, frozen=True):
    """What the curve shows, the names of its two lines, and what lies along the bottom."""

    title: str
    net: str
    cost: str
    bottom: str


def pareto(
    shares: Sequence[tuple[float, float]],
    show: Show,
    words: ParetoWords,
    *,
    width: float = 560,
    height: float = 320,
) -> Markup:
    """The share of value that the best share of customers brings, each 0 to 1 and rising, and where it reaches 80 %."""
    if len(shares) < 2 or shares[-1][1] <= 0:
        return Markup("")
    plot = Plot(46, 10, width - 20, height - 42)
    dots = [(plot.x(customers), plot.y(value)) for customers, value in shares]
    met = next(customers for customers, value in shares if value >= LINE_AT - 1e-9)
    looked = next(pair for pair in shares if pair[0] >= LOOK_AT - 1e-9)
    # The diagonal is named on the half that the line of 80 % leaves free.
    aside = 0.66 if met < 0.6 else 0.46
    marks = [
        y_axis(plot, FIFTHS, show),
        *(text(show(fifth), plot.x(fifth), plot.bottom + 16, "middle", "soft") for fifth in FIFTHS),
        path([*dots, (plot.right, plot.bottom), (plot.left, plot.bottom)], "area", closed=True),
        line(plot.left, plot.bottom, plot.right, plot.top, "even"),
        text(words.even, plot.x(aside), plot.y(aside) + 22, "start", "soft"),
        path(dots, "curve"),
        line(plot.left, plot.y(LINE_AT), plot.right, plot.y(LINE_AT), "target"),
        line(plot.x(met), plot.y(LINE_AT), plot.x(met), plot.bottom, "target"),
        _dot(plot, *looked, f"{show(looked[0])} → {show(looked[1])}", met),
        text(words.bottom, (plot.left + plot.right) / 2, height - 6, "middle", "soft"),
    ]
    return picture(words.title, width, height, marks)


def profit_curve(
    points: Sequence[ProfitPoint],
    lines: Sequence[CutLine],
    show: Show,
    show_count: Show,
    words: ProfitWords,
    *,
    width: float = 560,
    height: float = 340,
) -> Markup:
    """Cumulative profit down a list with its interval as a band, the cost, and the lines at which the list can end."""
    if not points or points[-1].customers <= 0:
        return Markup("")
    points = [ProfitPoint(0, 0, 0, 0, 0), *points]
    lows, highs = [p.value_low - p.cost for p in points], [p.value_high - p.cost for p in points]
    ticks = nice_ticks(min(0.0, *lows), max(*highs, *(p.cost for p in points)), 5)
    head, top = legend([words.net, words.cost], ["swatch-net", "swatch-cost"], 0, 2, width)
    groups = _together(lines, points[-1].customers)
    left = max(text_width(show(tick)) for tick in ticks) + 10
    plot = Plot(
        left, top + 8 + 15 * len(groups), width - BESIDE, height - 42,
        x_most=points[-1].customers, y_least=ticks[0], y_most=ticks[-1],
    )  # fmt: skip
    x = [plot.x(p.customers) for p in points]
    band = [*zip(x, map(plot.y, highs), strict=True), *reversed([*zip(x, map(plot.y, lows), strict=True)])]
    marks = [
        head,
        y_axis(plot, ticks, show),
        path(band, "area", closed=True),
        path([*zip(x, (plot.y(p.cost) for p in points), strict=True)], "cost"),
        path([*zip(x, (plot.y(p.value - p.cost) for p in points), strict=True)], "curve"),
        *(_cut(plot, place, name, at, show_count) for place, (name, at) in enumerate(groups)),
        _counts_below(plot, show_count),
        text(words.bottom, (plot.left + plot.right) / 2, height - 6, "middle", "soft"),
    ]
    # Where the plot lies in the picture, for a page on which the end of the list can be dragged.
    area = {"data_left": plot.left, "data_right": plot.right, "data_top": plot.top, "data_bottom": plot.bottom}
    return picture(words.title, width, height, marks, **area, data_most=plot.x_most)


def _dot(plot: Plot, x: float, y: float, words: str, met: float) -> Markup:
    """A point with its label: beside it where there is room before the line at `met`, otherwise beyond that line."""
    dot = element("circle", element("title", words), cx=plot.x(x), cy=plot.y(y), r=5, class_="dot")
    crossed = 0 <= plot.x(met) - plot.x(x) < text_width(words) + 20
    beside = plot.x(met) if crossed else plot.x(x)
    return dot + text(words, beside + 10, plot.y(y) + 18, "start", "ink strong halo")


def _together(lines: Sequence[CutLine], most: float) -> list[tuple[str, float]]:
    """Lines within the list, from left to right; those at one place share one label."""
    places: dict[float, list[str]] = {}
    for cut in sorted(lines, key=lambda cut: cut.customers):
        if 0 < cut.customers <= most:
            places.setdefault(cut.customers, []).append(cut.name)
    return [(" = ".join(names), at) for at, names in places.items()]


def _cut(plot: Plot, place: int, name: str, at: float, show_count: Show) -> Markup:
    """A standing line; its label stands above the plot in a row of its own, on the side where there is room."""
    x, y = plot.x(at), plot.top - 5 - 15 * place
    words = f"{name} · {show_count(at)}"
    anchor = "start" if x + text_width(words) < plot.right else "end"
    inset = 4 if anchor == "start" else -4
    return line(x, y - 9, x, plot.bottom, "cut") + text(words, x + inset, y, anchor, "ink small")


def _counts_below(plot: Plot, show: Show) -> Markup:
    ticks = [tick for tick in nice_ticks(0, plot.x_most, 5) if tick <= plot.x_most]
    # The last count may stand so near to the edge that its label would be cut.
    middles = [min(plot.x(tick), plot.right + BESIDE - text_width(show(tick)) / 2) for tick in ticks]
    labels = (text(show(tick), x, plot.bottom + 16, "middle", "soft") for tick, x in zip(ticks, middles, strict=True))
    return Markup("").join(labels)
