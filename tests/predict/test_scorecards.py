"""Cards of recorded outcomes: points add up, bands tell, shifts are seen."""

import numpy as np
import pytest
from test_outcomes import LEFT, NO_DEALS, SIZE, rows

from motherlode.predict.outcome_backtest import left_out
from motherlode.predict.scorecards import score_bands, score_points, score_stability

GIVEN = rows()
OUT = left_out(GIVEN, NO_DEALS)


def test_every_case_has_one_answer_in_each_column():
    lines = score_points(GIVEN, NO_DEALS, OUT).to_pylist()
    for column in ("age", "plan", "usage"):
        assert sum(line["cases"] for line in lines if line["column"] == column) == SIZE
        assert sum(line["happened"] for line in lines if line["column"] == column) == LEFT.sum()


def test_the_dearer_plan_has_more_points_as_it_leaves_more_often():
    plans = {line["words"]: line for line in score_points(GIVEN, NO_DEALS, OUT).to_pylist() if line["column"] == "plan"}
    assert plans["basic"]["points"] < plans["plus"]["points"] < plans["pro"]["points"]
    assert plans["basic"]["rate"] < plans["plus"]["rate"] < plans["pro"]["rate"]


def test_points_go_one_way_where_they_are_told_to():
    lines = score_points(GIVEN, NO_DEALS, OUT, falling="usage").to_pylist()
    points = [line["points"] for line in lines if line["column"] == "usage" and line["kind"] == "number"]
    assert points == sorted(points, reverse=True) and len(points) > 1


def test_it_happens_more_often_the_higher_the_band():
    found = score_bands(GIVEN, NO_DEALS, OUT).to_pylist()
    rates = [row["rate"] for row in found]
    assert sum(row["cases"] for row in found) == SIZE
    assert np.corrcoef(range(len(rates)), rates)[0, 1] > 0.95
    assert all(row["rate_low"] <= row["rate"] <= row["rate_high"] for row in found)


def test_a_column_that_others_answer_otherwise_has_shifted():
    moved = np.where(np.arange(SIZE) < 0.7 * SIZE, 0.0, 2.0) + np.random.default_rng(1).normal(size=SIZE) + LEFT
    given = rows(moved=moved.round(2))
    found = {row["column"]: row for row in score_stability(given, NO_DEALS, left_out(given, NO_DEALS)).to_pylist()}
    assert found["moved"]["shifted"] and found["moved"]["stability_index"] > 0.5
    assert not found["age"]["shifted"] and found["age"]["stability_index"] == pytest.approx(0, abs=0.05)
