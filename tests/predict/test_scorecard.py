"""A scorecard ranks, adds up, keeps the directions asked for, and reaches what is known of public data."""

import csv
import gzip

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import StratifiedKFold

from motherlode.predict.scorecard import Scorecard

CHANCE = np.random.default_rng(5)
CASES = 4_000
VALUES = np.column_stack([CHANCE.normal(size=CASES), CHANCE.integers(0, 4, CASES), CHANCE.normal(size=CASES)])
VALUES[::7, 0] = np.nan
LOGIT = np.nan_to_num(VALUES[:, 0]) * 1.5 + np.array([-1.0, 0.0, 1.0, 0.5])[VALUES[:, 1].astype(int)] - 1
HAPPENED = (CHANCE.random(CASES) < 1 / (1 + np.exp(-LOGIT))).astype(float)
CARD = Scorecard(categorical=(1,)).fit(VALUES, HAPPENED)


def test_what_was_learnt_ranks_new_cases():
    model = Scorecard(categorical=(1,)).fit(VALUES[:2_500], HAPPENED[:2_500])
    assert np.corrcoef(model.score(VALUES[2_500:]), LOGIT[2_500:])[0, 1] > 0.93
    assert model.predict(VALUES[2_500:]).mean() == pytest.approx(HAPPENED[2_500:].mean(), abs=0.03)


def test_two_fits_on_the_same_rows_say_the_same():
    assert np.array_equal(CARD.score(VALUES), Scorecard(categorical=(1,)).fit(VALUES, HAPPENED).score(VALUES))


def test_contributions_add_up_to_the_score_and_to_nothing_on_average():
    parts = CARD.explain(VALUES)
    assert parts.sum(axis=1) == pytest.approx(CARD.score(VALUES))
    assert parts[:, :-1].mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-9)


def test_points_of_answers_add_up_to_the_points_of_a_case_and_say_its_odds():
    row = VALUES[[np.flatnonzero(np.isnan(VALUES[:, 0]) & (VALUES[:, 1] == 2))[0]]]
    by_hand = sum(
        line.points
        for line in CARD.points()
        if line.kind == "base"
        or (line.column, line.kind) == (0, "unknown")
        or line.codes == (2.0,)
        or (line.column == 2 and line.kind == "number" and line.low <= row[0, 2] < line.high)
    )
    assert CARD.total_points(row)[0] == by_hand
    # 20 points double the odds; each answer is rounded to a whole point.
    told = 600 + CARD.score(VALUES) * 20 / np.log(2)
    assert np.abs(CARD.total_points(VALUES) - told).max() <= 2


def test_the_lines_of_a_column_hold_every_case_once():
    for column in range(3):
        lines = [line for line in CARD.points() if line.column == column]
        assert sum(line.cases for line in lines) == CASES
        assert sum(line.happened for line in lines) == HAPPENED.sum()


def test_points_fall_with_the_odds_where_safety_is_what_scores():
    safe = Scorecard(categorical=(1,), doubling_points=-20).fit(VALUES, HAPPENED)
    assert np.corrcoef(safe.total_points(VALUES), CARD.total_points(VALUES))[0, 1] < -0.999


def test_points_keep_the_direction_that_is_asked_for():
    noisy = np.column_stack([VALUES[:, 0], -VALUES[:, 0] + CHANCE.normal(size=CASES)])
    for places in ({"rising": (0, 1)}, {"rising": (0,), "falling": (1,)}, {"falling": (0, 1)}):
        model = Scorecard(**places).fit(noisy, HAPPENED)
        for course, columns in places.items():
            for column in columns:
                points = [line.points for line in model.points() if (line.column, line.kind) == (column, "number")]
                assert (np.diff(points) * (1 if course == "rising" else -1) >= 0).all()


def test_a_column_of_noise_has_no_information_and_next_to_no_points():
    assert CARD.information_values()[2] < 0.02 < 0.3 < CARD.information_values()[0]
    noise, signal = (max(abs(line.points) for line in CARD.points() if line.column == column) for column in (2, 0))
    assert noise < 7 < 40 < signal


def test_shares_of_the_cases_learnt_from_add_up_by_column():
    assert [share.sum() for share in CARD.shares(VALUES)] == pytest.approx([1.0, 1.0, 1.0])


@pytest.mark.parametrize("target", [np.zeros(60), np.ones(60), np.arange(60.0) % 2])
def test_cases_that_teach_nothing_crash_nothing(target):
    chance = Scorecard().fit(np.full((60, 2), np.nan), target).predict(np.full((3, 2), np.nan))
    assert chance == pytest.approx(np.full(3, target.mean()), abs=1e-3)


def columns_of(path, target, yes, left_out=()):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in (target, *left_out)]
    columns, categorical = [], []
    for place, name in enumerate(names):
        try:
            columns.append([float(row[name]) for row in rows])
        except ValueError:
            codes = {value: code for code, value in enumerate(sorted({row[name] for row in rows}))}
            columns.append([codes[row[name]] for row in rows])
            categorical.append(place)
    return np.array(columns, dtype=float).T, np.array([row[target] == yes for row in rows], dtype=float), categorical


PUBLIC = {
    # Data set: address, outcome, left out, repeats of five folds, AUC and Kolmogorov-Smirnov distance to reach.
    "german_credit": ("germancredit.csv.gz", ("creditability", "bad"), (), 4, 0.787, 0.485),
    "taiwan_default": ("UCI_Credit_Card.csv.gz", ("default.payment.next.month", "1"), ("ID",), 1, 0.768, 0.415),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLIC)
def test_public_credit_data_are_ranked_as_well_as_is_known_to_be_possible(shared_data, name):
    file, outcome, left_out, repeats, least_auc, least_distance = PUBLIC[name]
    values, happened, categorical = columns_of(shared_data / name / file, *outcome, left_out)
    found = []
    for seed in range(repeats):
        for learn, tell in StratifiedKFold(5, shuffle=True, random_state=seed).split(values, happened):
            score = Scorecard(categorical=categorical).fit(values[learn], happened[learn]).score(values[tell])
            false, true, _ = roc_curve(happened[tell], score)
            found.append((roc_auc_score(happened[tell], score), (true - false).max()))
    auc, distance = np.mean(found, axis=0)
    assert auc >= least_auc and distance >= least_distance
