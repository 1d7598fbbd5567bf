"""Funnels, returns and paths against the same, counted by hand one customer after another."""

from collections import Counter
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motherlode.measure.funnel import Funnel, funnel
from motherlode.measure.histories import DOING_BITS, SHIFT_BITS
from motherlode.measure.marks import AtStep, InPeriod, OnWay, behind
from motherlode.measure.moments import MOST_DOINGS, moments_of, numbers_of
from motherlode.measure.paths import Paths, paths
from motherlode.measure.retained import Retention, retained

AS_OF = date(1970, 4, 10)
DAY = 86_400
NAMES = ("view", "cart", "pay", ":order")
DOINGS = pa.table({"doing": list(NAMES), "number": [0, 1, 2, 3]})
NUMBERS = numbers_of(DOINGS)

Life = list[tuple[int, str]]


def histories(lives: list[Life]) -> pa.Table:
    """Lives of (seconds since 1970, what was done) as the table holds them."""
    packed = [
        sorted(((at << SHIFT_BITS) + 1 << DOING_BITS) + NAMES.index(doing) for at, doing in life) for life in lives
    ]
    return pa.table(
        {
            "customer_id": [f"c{who}" for who in range(len(lives))],
            "moments": pa.array(packed, pa.list_(pa.int64())),
        }
    )


moment = st.tuples(st.integers(0, 40).map(lambda hours: hours * 3600), st.sampled_from(NAMES[:3]))
lives = st.lists(st.lists(moment, max_size=9), min_size=1, max_size=6)


def depth_by_hand(life: Life, steps: tuple[str, ...], within: int) -> int:
    """The furthest of all tries, by trying everything."""
    rows = sorted(set(life))

    def on(step: int, began: int, at: int, used: tuple[int, ...]) -> int:
        if step == len(steps):
            return step
        best = step
        for place, (when, doing) in enumerate(rows):
            if doing == steps[step] and place not in used and at <= when <= began + within:
                if when == at and doing in steps[:step]:
                    continue
                best = max(best, on(step + 1, began, when, (*used, place)))
        return best

    return max((on(1, at, at, (place,)) for place, (at, doing) in enumerate(rows) if doing == steps[0]), default=0)


@settings(max_examples=150, deadline=None)
@given(lives, st.lists(st.sampled_from(NAMES[:3]), min_size=1, max_size=4), st.integers(1, 30))
def test_a_funnel_finds_the_furthest_of_all_tries(lives: list[Life], steps: list[str], hours: int) -> None:
    lives = [list(dict.fromkeys(life)) for life in lives]
    rows = funnel(histories(lives), DOINGS, as_of=AS_OF, steps=tuple(steps), within_hours=hours).to_pylist()
    depths = [depth_by_hand(life, tuple(steps), hours * 3600) for life in lives]
    assert [row["reached"] for row in rows] == [
        sum(depth >= step for depth in depths) for step in range(1, len(steps) + 1)
    ]


def test_the_way_counts_from_its_latest_beginning() -> None:
    life = [(0, "view"), (10 * 3600, "view"), (11 * 3600, "cart"), (40 * 3600, "cart")]
    rows = funnel(histories([life]), DOINGS, as_of=AS_OF, steps=("view", "cart"), within_hours=2).to_pylist()
    assert rows[1]["reached"] == 1 and rows[1]["hours_from_before"] == pytest.approx(1.0)


def test_whoever_may_still_come_is_waiting_and_not_given_up() -> None:
    end = 100 * DAY
    lives = [[(end - 3600, "view")], [(end - 50 * DAY, "view")], [(end - 3600, "view"), (end - 1800, "cart")]]
    rows = funnel(histories(lives), DOINGS, as_of=AS_OF, steps=("view", "cart"), within_hours=24).to_pylist()
    assert (rows[1]["lost"], rows[1]["waiting"]) == (2, 1)


def test_orders_are_steps_by_their_place_in_a_life() -> None:
    lives = [[(day * DAY, ":order") for day in range(times)] for times in (1, 2, 5)]
    steps = (":first_order", ":second_order", ":third_order", ":later_order")
    rows = funnel(histories(lives), DOINGS, as_of=AS_OF, steps=steps, within_hours=1000).to_pylist()
    assert [row["reached"] for row in rows] == [3, 2, 1, 1]
    assert [row["lost"] for row in rows] == [0, 1, 1, 0]


def test_within_one_visit_the_way_must_not_be_broken_off() -> None:
    life = [(0, "view"), (600, "cart"), (7200, "pay"), (9000, "view"), (9060, "cart"), (9120, "pay")]
    rows = funnel(histories([life[:3], life]), DOINGS, as_of=AS_OF, steps=NAMES[:3], within_hours=9, gap_minutes=45)
    # Visits are counted: of three that look, three put into the cart, and one pays.
    assert rows.column("reached").to_pylist() == [3, 3, 1]


def returns_by_hand(lives: list[Life], start: str, back: str, length: int, periods: int) -> dict[int, tuple[int, int]]:
    found = {}
    end = (AS_OF - date(1970, 1, 1)).days
    firsts = {
        who: min(at for at, doing in life if doing == start) // DAY
        for who, life in enumerate(lives)
        if start in {d for _, d in life}
    }
    for period in range(1, periods + 1):
        old = [who for who, first in firsts.items() if first + period * length <= end]
        came = [
            who
            for who in old
            if any(
                doing == back and (period - 1) * length < at // DAY - firsts[who] <= period * length
                for at, doing in lives[who]
            )
        ]
        if old:
            found[period] = (len(old), len(came))
    return found


days = st.tuples(st.integers(60, 99).map(lambda day: day * DAY + 5), st.sampled_from(NAMES[:3]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(days, max_size=8), min_size=1, max_size=6), st.integers(1, 9))
def test_returns_are_counted_of_those_whose_period_is_over(lives: list[Life], length: int) -> None:
    table = retained(histories(lives), DOINGS, as_of=AS_OF, start="view", back="cart", period_days=length, periods=4)
    rows = [row for row in table.to_pylist() if row["cohort"] == "" and row["period"]]
    counts = {row["period"]: (row["of"], row["returned"]) for row in rows}
    assert counts == returns_by_hand(lives, "view", "cart", length, 4)


def test_cohorts_are_the_months_of_the_beginning() -> None:
    lives = [[(0, "view"), (3 * DAY, "cart")], [(35 * DAY, "view")], [(36 * DAY, "view"), (40 * DAY, "cart")]]
    table = retained(histories(lives), DOINGS, as_of=AS_OF, start="view", back="cart", period_days=7, periods=1)
    rows = {(row["cohort"], row["period"]): (row["of"], row["returned"]) for row in table.to_pylist()}
    assert rows[("1970-01", 1)] == (1, 1) and rows[("1970-02", 1)] == (2, 1) and rows[("", 1)] == (3, 2)


def ways_by_hand(lives: list[Life], anchor: str, steps: int, *, backwards: bool) -> Counter[tuple[int, str, str]]:
    found: Counter[tuple[int, str, str]] = Counter()
    for life in lives:
        done = [doing for _, doing in sorted(set(life), key=lambda one: (one[0], NAMES.index(one[1])))]
        done = [doing for place, doing in enumerate(done) if not place or done[place - 1] != doing]
        done = done[::-1] if backwards else done
        if (anchor and anchor not in done) or not done:
            continue
        way = done[done.index(anchor) if anchor else 0 :][:steps]
        way += [":nothing"] * (steps - len(way))
        way = way[::-1] if backwards else way
        for step, pair in enumerate(pairwise(way), 1):
            if pair != (":nothing", ":nothing"):
                found[(step, *pair)] += 1
    return found


@settings(max_examples=100, deadline=None)
@given(lives, st.sampled_from(("", *NAMES[:3])), st.booleans())
def test_ways_lead_from_one_thing_to_the_next(lives: list[Life], anchor: str, backwards: bool) -> None:
    lives = [list(dict.fromkeys(life)) for life in lives]
    table = paths(histories(lives), DOINGS, anchor=anchor, backwards=backwards, steps=4)
    counts = Counter({(row["step"], row["doing"], row["then"]): row["ways"] for row in table.to_pylist()})
    assert counts == ways_by_hand(lives, anchor, 4, backwards=backwards)


def test_what_is_rare_in_a_step_goes_by_one_name_and_every_way_is_counted() -> None:
    lives = [[(0, "view"), (60, "cart")]] * 3 + [[(0, "view"), (60, "pay")]]
    table = paths(histories(lives), DOINGS, steps=2, most_names=1).to_pylist()
    assert {row["then"]: row["ways"] for row in table} == {"cart": 3, ":other": 1}


@settings(max_examples=60, deadline=None)
@given(lives)
def test_behind_each_mark_stand_as_many_as_it_says(lives: list[Life]) -> None:
    lives = [list(dict.fromkeys(life)) for life in lives]
    table = histories(lives)
    moments = moments_of(table, NUMBERS)
    asked = Funnel(("view", "cart", "pay"), 12)
    for row in funnel(table, DOINGS, as_of=AS_OF, steps=asked.steps, within_hours=12).to_pylist():
        assert behind(AtStep(asked, row["step"]), moments, NUMBERS, AS_OF).sum() == row["reached"]
        if row["step"] > 1:
            assert behind(AtStep(asked, row["step"], lost=True), moments, NUMBERS, AS_OF).sum() == row["lost"]
    again = Retention("view", "cart", 1, 3)
    for row in retained(table, DOINGS, as_of=AS_OF, start="view", back="cart", period_days=1, periods=3).to_pylist():
        mark = InPeriod(again, row["cohort"], row["period"])
        assert behind(mark, moments, NUMBERS, AS_OF).sum() == row["returned"]
        if row["period"]:
            not_back = InPeriod(again, row["cohort"], row["period"], back=False)
            assert behind(not_back, moments, NUMBERS, AS_OF).sum() == row["of"] - row["returned"]
        past = InPeriod(again, row["cohort"], row["period"], back=None)
        assert behind(past, moments, NUMBERS, AS_OF).sum() == row["of"]
    for row in paths(table, DOINGS).to_pylist():
        mark = OnWay(Paths(), row["step"], row["doing"], row["then"])
        assert behind(mark, moments, NUMBERS, AS_OF).sum() == row["customers"]


def test_no_histories_give_no_moments_and_no_rows() -> None:
    empty = histories([])
    assert moments_of(empty, NUMBERS).customers == 0
    assert funnel(empty, DOINGS, as_of=AS_OF, steps=("view", "cart")).column("reached").to_pylist() == [0, 0]
    assert retained(empty, DOINGS, as_of=AS_OF).num_rows == 0 and paths(empty, DOINGS).num_rows == 0


def test_moments_keep_the_calendar_of_the_place() -> None:
    # Local midnight of 2 January in Shanghai is 16:00 of the day before in UTC.
    at = 16 * 3600
    packed = pa.array([[((at << SHIFT_BITS) + 2 << DOING_BITS) + 1]], pa.list_(pa.int64()))
    moments = moments_of(pa.table({"customer_id": ["a"], "moments": packed}), NUMBERS)
    assert (moments.at[0], moments.day(np.array([0]))[0], moments.doing[0]) == (at, 1, 1)
    assert np.all(moments_of(histories([[(0, ":order")]]), NUMBERS).doing == MOST_DOINGS)
