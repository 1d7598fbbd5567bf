"""Belief and trial are joined by evidence: good beliefs stay, wrong ones go, and the interval holds."""

import numpy as np
import pytest

from motherlode.opportunity.engine import lifts
from motherlode.opportunity.engine.lifts import MODIFIERS, WIDTH, Trial, believed, learnt

NOISE, NONE = 0.3, np.zeros((5, 5))
TRUE = np.array([0.0, 0.02, 0.06, 0.01, 0.0])


def trial(contacts, book, lift=TRUE, seed=3):
    """A play of true lifts `lift` by stage, of which `book` is believed."""
    chance = np.random.default_rng(seed)
    odds = np.eye(5)[chance.integers(0, 5, contacts)]
    rest = np.zeros((contacts, WIDTH - 2 - 5))
    design = np.column_stack([odds @ np.asarray(book), odds[:, 2] * 0.03, odds, rest])
    outcome = odds @ np.asarray(lift) + chance.normal(0, NOISE, contacts)
    nought = np.zeros(contacts, dtype=int)
    return Trial(nought, [design], outcome, np.full(contacts, NOISE**-2), NONE, nought)


def rows(book):
    odds = np.eye(5)
    return [np.column_stack([np.asarray(book), odds[:, 2] * 0.03, odds, np.zeros((5, WIDTH - 7))])]


def test_before_any_trial_the_lift_is_the_one_believed():
    mean, spread = believed(1).of(rows(TRUE))
    assert mean[0] == pytest.approx(TRUE)
    assert spread[0] == pytest.approx(0.5 * TRUE, abs=1e-5)


def test_a_good_belief_is_hardly_moved_by_a_small_noisy_trial():
    mean, _ = learnt(trial(200, TRUE), 1).of(rows(TRUE))
    assert np.abs(mean[0] - TRUE).max() < 0.012


def test_a_wrong_belief_is_given_up_when_there_is_evidence():
    wrong = np.roll(TRUE, 2) * 3
    mean, _ = learnt(trial(20_000, wrong), 1).of(rows(wrong))
    assert np.abs(mean[0] - TRUE).max() < 0.02


def test_no_belief_at_all_still_learns():
    none = np.zeros(5)
    mean, _ = learnt(trial(20_000, none), 1).of(rows(none))
    assert np.abs(mean[0] - TRUE).max() < 0.02


def test_without_a_belief_small_trials_are_believed_and_say_how_sure_they_are():
    none = np.zeros(5)
    found = [learnt(trial(600, none, TRUE, seed), 1).of(rows(none)) for seed in range(40)]
    assert np.mean([mean[0].sum() for mean, _ in found]) == pytest.approx(TRUE.sum(), rel=0.5)
    assert np.mean([np.abs(mean[0] - TRUE) <= 1.2816 * spread[0] for mean, spread in found]) >= 0.8


def test_nothing_is_claimed_where_treated_and_held_out_do_not_differ():
    """An A/A trial: the interval of the claim holds nought as often as it should."""
    inside = []
    for seed in range(20):
        mean, spread = learnt(trial(4000, np.zeros(5), np.zeros(5), seed), 1).of(rows(np.zeros(5)))
        inside.append(np.abs(mean[0]) <= 1.96 * spread[0])
    assert np.mean(inside) >= 0.9


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    chance = np.random.default_rng(5)
    inside = []
    for seed in range(40):
        lift = TRUE * chance.normal(1, 0.3) + chance.normal(0, 0.005, 5)
        mean, spread = learnt(trial(2000, TRUE, lift, seed), 1).of(rows(TRUE))
        inside.append(np.abs(mean[0] - lift) <= 1.2816 * spread[0])
    assert 0.70 <= np.mean(inside) <= 0.95


def test_what_all_plays_are_wrongly_held_against_speaks_against_no_belief():
    """Those held out of one stage did better by chance: every play looks worse there, and none of them is."""
    off = 0.06 * np.eye(5)[2]
    alone = [trial(1500, TRUE, TRUE - off, seed) for seed in range(6)]
    plays = np.repeat(np.arange(6), 1500)
    outcome, precision = (np.concatenate([getattr(one, name) for one in alone]) for name in ("outcome", "precision"))
    design = np.concatenate([one.designs[0] for one in alone])
    known, doubted = (
        learnt(Trial(plays, [design] * 6, outcome, precision, doubt, plays), 6).of(rows(TRUE) * 6)
        for doubt in (NONE, np.diag(off**2 + 1e-6))
    )
    assert known[0][:, 2].mean() < 0.03
    assert doubted[0][:, 2].mean() > 0.045
    assert (np.abs(doubted[0][:, 2] - 0.06) < 1.5 * doubted[1][:, 2]).all()


def test_more_trial_is_less_doubt():
    small, large = (learnt(trial(count, TRUE), 1).of(rows(TRUE))[1] for count in (500, 50_000))
    assert (large[0, :4] < small[0, :4]).all()


def test_modifiers_are_learnt_where_the_trial_shows_them():
    chance = np.random.default_rng(8)
    odds, room = np.eye(5)[np.full(20_000, 2)], chance.uniform(-1, 1, 20_000)
    rest = np.column_stack([room, np.zeros((20_000, 2))])
    design = np.column_stack([odds @ TRUE, odds[:, 2] * 0.03, odds, rest])
    outcome = 0.06 + 0.05 * room + chance.normal(0, NOISE, 20_000)
    nought = np.zeros(20_000, dtype=int)
    found = learnt(Trial(nought, [design], outcome, np.full(20_000, NOISE**-2), NONE, nought), 1)
    assert found.means[0][MODIFIERS][0] == pytest.approx(0.05, abs=0.015)


def test_those_held_out_are_believed_where_they_differ_from_those_nobody_touched():
    chance = np.random.default_rng(4)
    odds = np.eye(5)[chance.integers(0, 5, 3000)]
    outcome, precision = odds[:, 2] * -0.2 + chance.normal(0, NOISE, 3000), np.full(3000, NOISE**-2)
    level, doubt = lifts.levels(odds, outcome, precision)
    assert level == pytest.approx([0, 0, -0.2, 0, 0], abs=0.04)
    same, less = lifts.levels(odds, chance.normal(0, NOISE, 3000), precision)
    assert np.abs(same).max() < 0.015
    assert np.trace(less) < np.trace(doubt)


def test_where_all_tried_plays_bring_a_third_of_what_was_believed_one_never_tried_is_believed_a_third_of():
    book = 3 * TRUE
    tried = [trial(6000, book, TRUE, seed) for seed in range(5)]
    plays = np.repeat(np.arange(5), 6000)
    outcome, precision = (np.concatenate([getattr(one, name) for one in tried]) for name in ("outcome", "precision"))
    design = np.concatenate([one.designs[0] for one in tried])
    mean, _ = learnt(Trial(plays, [design] * 6, outcome, precision, NONE, plays), 6).of(rows(book) * 6)
    assert mean[5] == pytest.approx(TRUE, abs=0.01)
    as_said = Trial(plays, [design] * 6, design @ np.eye(WIDTH)[0], precision, NONE, plays)
    alone, _ = learnt(as_said, 6).of(rows(book) * 6)
    assert alone[5] == pytest.approx(book, abs=0.01)
