"""Days before `as_of`."""

from datetime import date, timedelta

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.expressions.horizon import days_before, within
from motherlode.graph.wiring import to_sql

AS_OF = date(2024, 3, 1)
DAYS = ibis.table({"day": "date"}, name="days")


def asked(value: ibis.Value, days: list[date | None]) -> list[object]:
    with duckdb.connect() as engine:
        engine.register("days", pa.table({"day": pa.array(days, pa.date32())}))
        return [row[0] for row in engine.execute(to_sql(DAYS.select(value.name("answer")))).fetchall()]


def test_the_day_itself_is_no_day_before_and_a_later_day_is_negative():
    days = [AS_OF, AS_OF - timedelta(1), AS_OF + timedelta(1), None]
    assert asked(days_before(DAYS.day, AS_OF), days) == [0, 1, -1, None]


@given(st.integers(-800, 800))
def test_days_are_counted_over_leap_days_and_years(number):
    assert asked(days_before(DAYS.day, AS_OF), [AS_OF - timedelta(number)]) == [number]


@pytest.mark.parametrize(("ago", "inside"), [(-1, False), (0, True), (29, True), (30, False)])
def test_a_window_holds_as_of_and_as_many_days_as_it_says(ago, inside):
    assert asked(within(DAYS.day, AS_OF, days=30), [AS_OF - timedelta(ago)]) == [inside]


@pytest.mark.parametrize(("ago", "inside"), [(29, False), (30, True), (59, True), (60, False)])
def test_a_window_can_leave_out_its_last_days(ago, inside):
    assert asked(within(DAYS.day, AS_OF, days=60, until=30), [AS_OF - timedelta(ago)]) == [inside]


def test_windows_that_follow_each_other_share_no_day():
    days = [AS_OF - timedelta(number) for number in range(-5, 100)]
    recent, before = (asked(within(DAYS.day, AS_OF, days=d, until=u), days) for d, u in ((30, 0), (60, 30)))
    assert sum(map(bool, recent)) == sum(map(bool, before)) == 30
    assert not any(one and other for one, other in zip(recent, before, strict=True))
