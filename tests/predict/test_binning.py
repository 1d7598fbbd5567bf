"""Values become few answers: exactly the best ones, in one direction where asked."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from motherlode.predict.binning import bin_slots, marks_of, partition, pooled, slot, weight_of_evidence

CHANCE = np.random.default_rng(2)


def binned(values, happened, *, categorical=False, course="any"):
    marks = marks_of(values, categorical)
    slots = slot(values, marks, categorical)
    counts = (np.bincount(slots, part, minlength=marks.size + 2) for part in (np.ones(values.size), happened))
    return bin_slots(marks, categorical, *counts, course=course)


def log_likelihood(cases, happened):
    rate = happened / cases
    return sum(n * np.log(r) for n, r in ((happened, rate), (cases - happened, 1 - rate)) if n)


def test_no_other_runs_of_neighbours_are_better_than_those_found():
    cases = CHANCE.integers(5, 40, 9).astype(float)
    happened = CHANCE.binomial(cases.astype(int), CHANCE.random(9)).astype(float)

    def worth(cuts):
        ends = [0, *cuts, 9]
        parts = [(cases[a:b].sum(), happened[a:b].sum()) for a, b in pairwise(ends)]
        return sum(log_likelihood(*part) - 1.5 for part in parts) if min(n for n, _ in parts) >= 20 else -np.inf

    best = max(worth(cuts) for size in range(9) for cuts in combinations(range(1, 9), size))
    found, answers = partition(cases, happened, 20, 1.5)
    assert found == pytest.approx(best)
    assert worth([at for at in range(1, 9) if answers[at] != answers[at - 1]]) == pytest.approx(best)


def test_a_step_is_found_where_it_is():
    values = CHANCE.uniform(0, 100, 4_000)
    binning = binned(values, (CHANCE.random(4_000) < np.where(values < 50, 0.1, 0.5)).astype(float))
    low, high = binning.answer(np.array([46.0, 54.0]))
    assert low != high and binning.evidence[low] < 0 < binning.evidence[high]
    assert binning.course == "rising"


def test_a_valley_keeps_its_two_sides_unless_a_direction_is_asked_for():
    values = CHANCE.uniform(-1, 1, 6_000)
    happened = (CHANCE.random(6_000) < 0.1 + 0.5 * values**2).astype(float)
    free = binned(values, happened)
    middle, left, right = free.evidence[free.answer(np.array([0.0, -0.99, 0.99]))]
    assert free.course == "free" and middle < min(left, right)
    for course, sign in (("rising", 1), ("falling", -1)):
        asked = binned(values, happened, course=course)
        ordered = asked.evidence[asked.answer(np.linspace(-1, 1, 200))]
        assert (sign * np.diff(ordered) >= 0).all()


def test_noise_is_one_answer():
    binning = binned(CHANCE.normal(size=3_000), (CHANCE.random(3_000) < 0.3).astype(float))
    assert binning.answers[:-1].max() <= 1
    assert binning.information_value < 0.02


def test_rare_categories_and_those_never_seen_share_an_answer():
    codes = np.repeat([0.0, 1.0, 2.0, 3.0], [500, 480, 12, 8])
    binning = binned(codes, (CHANCE.random(1_000) < 0.3).astype(float), categorical=True)
    seen = binning.answer(np.array([0.0, 1.0, 2.0, 3.0, 9.0, np.nan]))
    assert seen.tolist() == [0, 1, 2, 2, 2, 3]


def test_unknown_values_have_an_answer_of_their_own_which_says_nothing_when_there_were_none():
    values = np.where(np.arange(2_000) % 4 == 0, np.nan, CHANCE.normal(size=2_000))
    telling = binned(values, np.isnan(values).astype(float))
    assert telling.evidence[telling.answer(np.array([np.nan]))][0] > 3
    complete = binned(CHANCE.normal(size=2_000), (CHANCE.random(2_000) < 0.3).astype(float))
    assert complete.evidence[-1] == pytest.approx(0.0)


@pytest.mark.parametrize("values", [np.full(40, np.nan), np.full(40, 3.0), np.arange(40.0) % 2])
def test_columns_with_next_to_nothing_in_them_crash_nothing(values):
    for categorical in (False, True):
        assert np.isfinite(binned(values, np.arange(40.0) % 2, categorical=categorical).evidence).all()


def test_pooled_blocks_have_rising_means_and_keep_the_sum():
    weights, sums = CHANCE.uniform(1, 5, 30), CHANCE.normal(size=30)
    block = pooled(weights, sums)
    means = np.bincount(block, sums) / np.bincount(block, weights)
    assert (np.diff(means) > 0).all()
    assert pooled(np.ones(4), np.array([1.0, 2, 3, 4])).tolist() == [0, 1, 2, 3]
    assert pooled(np.ones(4), np.array([4.0, 3, 2, 1])).tolist() == [0, 0, 0, 0]


def test_few_cases_say_little():
    few, many = (weight_of_evidence(np.array([n, 1_000.0]), np.array([n / 2, 100.0]))[0] for n in (4.0, 400.0))
    assert 0 < few < many / 2
