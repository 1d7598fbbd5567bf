"""Charts: data in, a picture out."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from motherlode.charts import (
    Bars,
    Cell,
    CutLine,
    Flow,
    FlowWords,
    GridWords,
    Line,
    LineWords,
    ParetoWords,
    ProfitPoint,
    ProfitWords,
    Tenth,
    TenthWords,
    Tie,
    calibration,
    columns,
    flows,
    heat_grid,
    pareto,
    profit_curve,
    stacked_bars,
    step_lines,
    ties,
)
from motherlode.charts.svg import UNSEEN, element, nice_ticks, path, text_width

PARETO = ParetoWords("Concentration", "all equal", "payers")
PROFIT = ProfitWords("Profit", "Net", "Cost", "customers")
GRID = GridWords("RFM", "recency", "frequency")
POINTS = [ProfitPoint(10, 20, 100, 40, 160), ProfitPoint(20, 60, 150, 50, 250)]
EVEN = [(percent / 100, percent / 100) for percent in range(101)]


def show(value: float) -> str:
    return f"{value:,.0f}"


def share(value: float) -> str:
    return f"{value:.0%}"


def bars(*values: float) -> Bars:
    return Bars([f"row {place}" for place in range(len(values))], ["part"], [[value] for value in values])


def drawn(picture: Markup) -> ET.Element:
    return ET.fromstring(picture)


def corners_of(steps: str) -> list[tuple[float, float]]:
    """The points of a path of straight lines, each said from the one before."""
    found: list[tuple[float, float]] = []
    for command, said in re.findall("([Mlhv])([^Mlhv]+)", steps):
        numbers = list(map(float, said.split()))
        along = numbers if command == "h" else [0.0] * len(numbers) if command == "v" else numbers[::2]
        up = numbers if command == "v" else [0.0] * len(numbers) if command == "h" else numbers[1::2]
        for right, down in zip(along, up, strict=True):
            x, y = found[-1] if found else (0.0, 0.0)
            found.append((round(x + right, 1), round(y + down, 1)))
    return found


def words_of(picture: Markup) -> list[str]:
    return [mark.text or "" for mark in drawn(picture).iter("text")]


TENTHS = [Tenth(0.8, 0.7, 0.6, 0.8), Tenth(0.3, 0.35, 0.3, 0.4), Tenth(0.1, 0.05, 0.0, 0.1)]
TENTH = TenthWords("Forecast and what came", "Came", "Forecast", "customers")


TIES = [Tie(0, 0, "a – Device"), Tie(1, 1, "b – Phone"), Tie(0, 1, "a – b", beside=True)]

ALL: dict[str, Callable[[float], Markup]] = {
    "pareto": lambda width: pareto(EVEN, share, PARETO, width=width),
    "calibration": lambda width: calibration(TENTHS, share, TENTH, width=width),
    "profit_curve": lambda width: profit_curve(
        POINTS, [CutLine("Profit peak", 15)], show, show, PROFIT, width=width
    ),
    "heat_grid": lambda width: heat_grid({(5, 5): Cell(9, 900), (1, 1): Cell(90, 90)}, show, show, GRID, width=width),
    "stacked_bars": lambda width: stacked_bars(bars(3, 5), show, title="Bars", width=width),
    "columns": lambda width: columns(bars(3, 5, 0, 9), show, title="Columns", width=width),
    "ties": lambda width: ties(["a number of many letters", "b"], ["Device ····1", "Phone"], TIES, "t", width=width),
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("width", [330, 560])
def test_nothing_is_drawn_outside_the_picture(name: str, width: float) -> None:
    picture = drawn(ALL[name](width))
    squeezed = {mark: group for group in picture.iter("g") if group.get("transform") for mark in group.iter()}
    for mark in picture.iter():
        told = squeezed[mark].get("transform", "") if mark in squeezed else "translate(0) scale(1 1)"
        moved, scale = map(float, re.findall(r"[\d.]+", told)[:2])
        for side in ("x", "x1", "x2", "cx"):
            assert -0.5 <= moved + scale * float(mark.get(side, 0)) <= width + 0.5
        for word in [mark] if mark.tag == "text" and not mark.get("transform") else []:
            reach, x = text_width(word.text or "", 11), float(word.get("x", 0))
            left = x - reach * {"start": 0, "middle": 0.5, "end": 1}[word.get("text-anchor", "start")]
            assert left >= -1 and left + reach <= width + 1, word.text


@pytest.mark.parametrize("name", ALL)
def test_a_picture_names_itself_and_sets_no_colour(name: str) -> None:
    picture = ALL[name](560)
    assert drawn(picture).get("role") == "img"
    assert drawn(picture).get("aria-label")
    assert not re.search(r"style=|fill=|stroke=|#[0-9a-f]{3}", picture)


@pytest.mark.parametrize(
    "picture",
    [
        pareto([], share, PARETO),
        pareto([(0, 0), (1, 0)], share, PARETO),
        profit_curve([], [], show, show, PROFIT),
        heat_grid({}, show, show, GRID),
        stacked_bars(bars(), show, title="none"),
        stacked_bars(bars(0, 0), show, title="none"),
        columns(bars(0), show, title="none"),
    ],
)
def test_without_data_there_is_no_picture(picture: Markup) -> None:
    assert picture == ""


def test_the_pareto_curve_names_the_share_of_the_best_fifth_and_where_80_percent_is_met() -> None:
    steep = [(0.0, 0.0), (0.1, 0.6), (0.2, 0.75), (0.3, 0.82), (1.0, 1.0)]
    picture = pareto(steep, share, PARETO)
    assert "20% → 75%" in words_of(picture)
    across, down = (mark for mark in drawn(picture).iter("line") if mark.get("class") == "target")
    ends = [float(mark.get("x", 0)) for mark in drawn(picture).iter("text") if mark.text in ("0%", "100%")]
    left, right = sorted(set(ends) - {40.0})
    assert float(down.get("x1", 0)) == pytest.approx(left + 0.3 * (right - left), abs=0.2)
    assert across.get("y1") == down.get("y1")


def test_cut_lines_at_one_place_share_a_label() -> None:
    lines = [CutLine("Profit peak", 15), CutLine("Budget", 15), CutLine("ROI peak", 5)]
    words = words_of(profit_curve(POINTS, lines, show, show, PROFIT))
    assert "Profit peak = Budget · 15" in words
    assert "ROI peak · 5" in words


def test_a_cut_line_beyond_the_list_is_left_out() -> None:
    words = words_of(profit_curve(POINTS, [CutLine("Profit peak", 900)], show, show, PROFIT))
    assert not [word for word in words if "Profit peak" in word]


def test_bars_are_as_long_as_their_values() -> None:
    first, second = drawn(stacked_bars(bars(50, 100), show, title="Bars")).iter("rect")
    assert float(second.get("width", 0)) == pytest.approx(2 * float(first.get("width", 0)), abs=0.2)


def test_parts_of_a_bar_lie_end_to_end() -> None:
    both = Bars(["all"], ["high", "low"], [[30, 70]])
    squares = [
        mark for mark in drawn(stacked_bars(both, show, title="Bars")).iter("rect") if mark.get("height") == "22"
    ]
    high, low = squares
    assert float(high.get("x", 0)) + float(high.get("width", 0)) == pytest.approx(float(low.get("x", 0)), abs=0.2)
    assert [mark.get("class") for mark in squares] == ["tone-0", "tone-1"]


def test_names_of_columns_never_touch_and_the_last_is_always_named() -> None:
    months = [f"2024-{month:02}" for month in range(1, 13)] * 2
    picture = columns(Bars(months, [""], [[1.0]] * 24), show, title="Months", width=330)
    named = [mark for mark in drawn(picture).iter("text") if mark.get("text-anchor") == "middle"]
    places = [float(mark.get("x", 0)) for mark in named]
    assert named[-1].text == "2024-12"
    assert min(b - a for a, b in pairwise(places)) >= text_width("2024-12") - 1


def test_the_fullest_cell_is_the_darkest_and_an_empty_one_says_nothing() -> None:
    grid = {(5, 5): Cell(100, 1), (4, 4): Cell(25, 1), (1, 1): Cell(1, 1)}
    picture = heat_grid(grid, show, show, GRID)
    shades = [int((mark.get("class") or "0").rpartition("-")[2]) for mark in drawn(picture).iter("rect")]
    assert (len(shades), max(shades), shades.count(0)) == (25, 8, 22)
    assert "0" not in words_of(picture)


def test_words_are_escaped() -> None:
    picture = stacked_bars(Bars(["<b>&"], ["p"], [[1]]), show, title='"quoted" <i>')
    assert "<b>" not in picture and "<i>" not in picture
    assert "<b>&" in words_of(picture)


def test_an_element_writes_a_hyphen_for_an_underscore() -> None:
    assert (
        element("text", "a", text_anchor="end", class_="ink", x=1.25)
        == '<text text-anchor="end" class="ink" x="1.2">a</text>'
    )


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_ticks_are_few_round_and_reach_over_the_values(least: float, span: float) -> None:
    ticks = nice_ticks(least, least + span)
    step = ticks[1] - ticks[0]
    assert 2 <= len(ticks) <= 8
    assert ticks[0] <= least + step * 1e-6
    assert ticks[-1] >= least + span - step * 1e-6


def test_forecast_and_what_came_of_a_tenth_stand_at_their_heights():
    marks = drawn(calibration(TENTHS, share, TENTH))
    tops = [float(mark.attrib["y"]) for mark in marks.iter("rect") if mark.attrib["class"] == "came"]
    centres = [float(mark.attrib["cy"]) for mark in marks.iter("circle")]
    assert tops == sorted(tops) and centres == sorted(centres)
    # The first was forecast too high: the higher the value, the smaller y.
    assert centres[0] < tops[0] and centres[1] > tops[1]
    assert "1: Came 70% (60%–80%), Forecast 80%" in [mark.text for mark in marks.iter("title")]


def test_no_forecast_no_picture():
    assert calibration([], share, TENTH) == ""


LINES = LineWords("Repurchase", "days")


def test_a_share_stays_as_it_is_until_the_next_day_on_which_something_happened() -> None:
    drawn = step_lines([Line("2023", [(0, 0.0), (10, 0.5), (20, 1.0)])], show, LINES)
    corners = corners_of(re.findall(r'd="([^"]+)" class="line hue-0"', drawn)[0])
    assert all(x == next_x or y == next_y for (x, y), (next_x, next_y) in pairwise(corners))
    assert len(corners) == 5 and corners[0][1] > corners[-1][1]


@given(st.lists(st.floats(0, 300), min_size=2, max_size=200))
def test_points_that_nobody_would_miss_are_left_out_of_a_line(heights: list[float]) -> None:
    points = list(enumerate(heights))
    written = re.findall(r'd="([^"]+)"', path(points, "line"))[0]
    corners = corners_of(written)
    assert corners[0] == pytest.approx(points[0], abs=0.06) and corners[-1] == pytest.approx(points[-1], abs=0.06)
    for x, y in points:
        # As far from the line that is drawn as it may be, and what rounding to tenths adds.
        assert min(distance(a, b, (x, y)) for a, b in pairwise(corners)) < UNSEEN + 0.1


def test_a_straight_line_of_many_points_has_two() -> None:
    assert 'd="M0 0l100 50"' in path([(2 * n, n) for n in range(51)], "line")
    assert 'd="M0 5h100"' in path([(n, 5) for n in range(101)], "line")


def distance(a: tuple[float, float], b: tuple[float, float], point: tuple[float, float]) -> float:
    """How far a point is from the line between two others."""
    start, end, here = complex(*a), complex(*b), complex(*point)
    along = end - start
    part = ((here - start) * along.conjugate()).real / abs(along) ** 2 if along else 0.0
    return abs(here - start - min(max(part, 0.0), 1.0) * along)


def test_no_line_no_picture() -> None:
    assert step_lines([], show, LINES) == step_lines([Line("2023", [])], show, LINES) == ""


def test_marks_that_lead_somewhere_make_a_group_of_links_and_others_a_picture() -> None:
    bars = Bars(["a"], [""], [[3]])
    led = Bars(["a"], [""], [[3]], links=[["/customers?stage=a&tier=b"]])
    plain, linked = (stacked_bars(one, show, title="Stages") for one in (bars, led))
    assert 'role="img"' in plain and "<a " not in plain
    assert (
        'role="group"' in linked
        and 'href="/customers?stage=a&amp;tier=b"' in linked
        and "<title>a: 3</title></rect></a>" in linked
    )
    cells = heat_grid({(1, 1): Cell(2, 5, "/customers?r=1")}, show, show, GRID)
    assert 'href="/customers?r=1"' in cells


def test_the_profit_curve_says_where_it_lies_so_that_its_end_can_be_dragged() -> None:
    drawn = profit_curve(POINTS, [], show, show, PROFIT)
    assert re.search(
        r'data-left="[\d.]+" data-right="[\d.]+" data-top="[\d.]+" data-bottom="[\d.]+" data-most="20"', drawn
    )


def test_a_long_name_on_a_way_is_cut_and_its_number_kept() -> None:
    links = [Flow(1, "A first order by telephone", "An order on the web of several things", 1234, "")]
    said = re.sub(r"<title>.*?</title>", "", flows(links, "{:,.0f}".format, FlowWords("ways", "step {n}"), width=220))
    assert said.count(" 1,234</text>") == 2 and "…" in said


def test_money_has_room_for_its_words_and_levels_of_its_own() -> None:
    line = Line("all", [(0.0, 100.0), (30.0, 123_456.0)])
    drawn = step_lines([line], lambda value: f"JP¥{value:,.0f}", LineWords("value", "days"), y_most=123_456.0)
    labels = re.findall(r'<text[^>]*text-anchor="end"[^>]* x="([\d.]+)">(JP[^<]+)<', drawn)
    assert len(labels) > 3 and all(float(x) >= text_width(words) - 12 for x, words in labels)


def test_a_tie_of_one_side_is_a_bow_and_nothing_tied_no_picture() -> None:
    assert ALL["ties"](560).count("<line") == 2 and ALL["ties"](560).count('class="tie"') == 1
    assert ties(["a"], [], [], "t", width=300) == ""


def test_the_last_count_below_a_profit_curve_is_not_cut() -> None:
    points = [ProfitPoint(share * 6_100, share * 10, share * 50, share * 40, share * 60) for share in (0.5, 1.0)]
    drawn = str(profit_curve(points, [], show, lambda count: f"{count:,.0f} customers", PROFIT, width=400))
    places = [float(place) for place in re.findall(r'x="([\d.]+)"[^>]*>[\d,]+ customers<', drawn)]
    assert places
    assert max(places) + text_width("6,000 customers") / 2 <= 400.5
