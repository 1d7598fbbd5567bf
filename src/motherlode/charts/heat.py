"""A grid of cells, the fuller the darker."""

from collections.abc import Mapping

import msgspec
from markupsafe import Markup

from motherlode.charts.svg import Show, bar, element, linked, picture, text

SIZE, SHADES = 5, 8
# From this shade on, letters are written in the light ink.
DARK_SHADE = 5


class Cell(msgspec.Struct, frozen=True):
    """How many are in a cell, and what they bring."""

    count: float
    value: float
    link: str = ""


class GridWords(msgspec.Struct, frozen=True):
    """What a grid shows, and what its rows and its columns are."""

    title: str
    rows: str
    columns: str


def heat_grid(
    cells: Mapping[tuple[int, int], Cell],
    show_count: Show,
    show_value: Show,
    words: GridWords,
    *,
    width: float = 560,
    height: float = 340,
) -> Markup:
    """Cells by (row, column), each from 1 to 5, the best row on top and the best column on the right.

    Shades go by the square root of the count, so that one crowded cell does not make all others look empty.
    """
    most = max((cell.count for cell in cells.values()), default=0)
    if most <= 0:
        return Markup("")
    left, bottom = 40.0, height - 40.0
    wide, high = (width - left) / SIZE, bottom / SIZE
    marks = []
    for row in range(1, SIZE + 1):
        y = bottom - row * high
        marks.append(text(str(row), left - 10, y + high / 2 + 4, "end", "soft"))
        marks.append(text(str(row), left + (row - 0.5) * wide, bottom + 16, "middle", "soft"))
        for column in range(1, SIZE + 1):
            cell = cells.get((row, column), Cell(0, 0))
            place = (left + (column - 1) * wide, y, wide - 3, high - 3)
            marks.append(_cell(cell, most, place, show_count, show_value))
    marks.append(text(words.columns, left + (width - left) / 2, height - 4, "middle", "soft"))
    turned = f"rotate(-90 12 {bottom / 2:.0f})"
    marks.append(element("text", words.rows, x=12, y=bottom / 2, text_anchor="middle", class_="soft", transform=turned))
    return picture(words.title, width, height, marks)


def _cell(
    cell: Cell, most: float, place: tuple[float, float, float, float], show_count: Show, show_value: Show
) -> Markup:
    x, y, wide, high = place
    shade = 0 if cell.count <= 0 else 1 + round((cell.count / most) ** 0.5 * (SHADES - 1))
    tip = f"{show_count(cell.count)} · {show_value(cell.value)}"
    box = linked(bar(x, y, wide, high, f"heat heat-{shade}", tip), cell.link)
    if cell.count <= 0:
        return box
    ink = "on-dark" if shade >= DARK_SHADE else "ink"
    middle = x + wide / 2
    count = text(show_count(cell.count), middle, y + high / 2 - 2, "middle", f"{ink} strong")
    return box + count + text(show_value(cell.value), middle, y + high / 2 + 14, "middle", f"{ink} small")
