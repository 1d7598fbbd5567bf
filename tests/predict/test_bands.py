"""Intervals of rates, bands of scores, and the stability of a population."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binomtest

from motherlode.predict.bands import bands, stability_index, wilson

CHANCE = np.random.default_rng(11)


@pytest.mark.parametrize(("happened", "cases"), [(0, 5), (3, 10), (50, 60), (7, 7)])
def test_the_interval_of_a_share_is_that_of_scipy(happened, cases):
    known = binomtest(happened, cases).proportion_ci(method="wilson")
    assert wilson(happened, cases) == pytest.approx((known.low, known.high), abs=1e-6)


def test_nothing_is_known_of_the_share_of_no_cases():
    assert wilson(0, 0) == (0.0, 1.0)


def test_every_case_is_in_one_band_and_bands_follow_each_other():
    scores = CHANCE.integers(400, 700, 1_003).astype(float)
    happened = (CHANCE.random(1_003) < (scores - 400) / 300).astype(float)
    found = bands(scores, happened)
    assert sum(band.cases for band in found) == 1_003
    assert sum(band.happened for band in found) == happened.sum()
    assert all(one.highest < next_one.lowest for one, next_one in pairwise(found))
    assert all(band.rate_low <= band.rate <= band.rate_high for band in found)


def test_equal_scores_share_one_band():
    (band,) = bands(np.full(50, 600.0), np.zeros(50))
    assert (band.cases, band.rate) == (50, 0.0)
    assert bands(np.zeros(0), np.zeros(0)) == []


def test_the_same_people_are_stable_and_others_raise_the_alarm():
    before = np.array([0.2, 0.3, 0.5])
    assert stability_index(before, before) == 0.0
    assert stability_index(before, np.array([0.21, 0.3, 0.49])) < 0.1
    assert stability_index(before, np.array([0.5, 0.3, 0.2])) > 0.2
    assert np.isfinite(stability_index(before, np.array([0.0, 0.0, 1.0])))
