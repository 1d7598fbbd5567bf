"""Forecasts against what came, tenth by tenth."""

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from motherlode.charts.svg import Plot, Show, bar, element, legend, line, nice_ticks, picture, text, text_width, y_axis


class Tenth(msgspec.Struct, frozen=True):
    """What was forecast of a tenth of the customers, what came, and the interval of that."""

    forecast: float
    came: float
    low: float
    high: float


class TenthWords(msgspec.Struct, frozen=True):
    """What the chart shows, the names of its marks, and what lies along the bottom."""

    title: str
    came: str
    forecast: str
    bottom: str


def calibration(
    tenths: Sequence[Tenth], show: Show, words: TenthWords, *, width: float = 560, height: float = 260
) -> Markup:
    """A bar for what came of each tenth, with its interval, and a mark for what was forecast; the likeliest first."""
    if not tenths:
        return Markup("")
    ticks = nice_ticks(0.0, max(max(one.high, one.forecast) for one in tenths), 5)
    head, top = legend([words.came, words.forecast], ["swatch-came", "swatch-forecast"], 0, 2, width)
    left = max(text_width(show(tick)) for tick in ticks) + 16
    plot = Plot(left, top + 8, width - 10, height - 42, x_most=len(tenths), y_most=ticks[-1])
    marks = [
        head,
        y_axis(plot, ticks, show),
        *(_tenth(plot, place, one, show, words) for place, one in enumerate(tenths)),
        text(words.bottom, (plot.left + plot.right) / 2, height - 6, "middle", "soft"),
    ]
    return picture(words.title, width, height, marks)


def _tenth(plot: Plot, place: int, one: Tenth, show: Show, words: TenthWords) -> Markup:
    left, right, middle = plot.x(place + 0.16), plot.x(place + 0.84), plot.x(place + 0.5)
    came = f"{words.came} {show(one.came)} ({show(one.low)}–{show(one.high)})"
    tip = f"{place + 1}: {came}, {words.forecast} {show(one.forecast)}"
    column = bar(left, plot.y(one.came), right - left, plot.bottom - plot.y(one.came), "came", tip)
    whisker = line(middle, plot.y(one.low), middle, plot.y(one.high), "whisker")
    forecast = element("circle", element("title", tip), cx=middle, cy=plot.y(one.forecast), r=4.5, class_="forecast")
    return column + whisker + forecast + text(str(place + 1), middle, plot.bottom + 16, "middle", "soft")
