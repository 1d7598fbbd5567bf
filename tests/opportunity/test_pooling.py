"""Lifts of cells borrow from each other what they do not know themselves: no more than the trials allow."""

from typing import Any

import numpy as np
import pytest

from motherlode.opportunity.pooling import CELLS, PLAY_SHARE, STAGES, Pooled, Told, held_against, pooled, reading

WIDTH = 0.02


def told(*readings: tuple[dict[tuple[str, str], float], float, float]) -> Told:
    grams, moments = zip(*(reading(*each) for each in readings), strict=True)
    return Told(sum(grams), sum(moments), WIDTH)


def cells(*readings: Any) -> dict[tuple[str, str], Pooled]:
    (found,) = pooled([told(*readings)])
    return dict(zip(CELLS, found, strict=True))


def one(stage: str, tier: str, lift: float, error: float) -> tuple[dict[tuple[str, str], float], float, float]:
    return {(stage, tier): 1.0}, lift, error


def test_a_cell_measured_well_keeps_what_was_measured() -> None:
    found = cells(one("mature", "high", 0.05, 0.0005))["mature", "high"]
    assert found.lift == pytest.approx(0.05, abs=1e-4)
    assert found.lift_error == pytest.approx(0.0005, rel=0.01)


def test_a_small_cell_is_drawn_to_the_others_of_its_stage_and_a_large_one_is_not() -> None:
    others = [one("mature", "high", 0.03, 0.002), one("mature", "mid", 0.03, 0.002)]
    small = cells(*others, one("mature", "low", 0.10, 0.03))["mature", "low"]
    large = cells(*others, one("mature", "low", 0.10, 0.003))["mature", "low"]
    assert 0.03 < small.lift < 0.06 < 0.09 < large.lift
    assert small.lift_error < 0.03


def test_what_was_not_tried_is_less_sure_in_another_stage_than_in_another_tier() -> None:
    found = cells(one("mature", "high", 0.04, 0.004))
    own, tier, stage = found["mature", "high"], found["mature", "mid"], found["decline", "mid"]
    assert own.lift_error < tier.lift_error < stage.lift_error
    assert tier.lift == pytest.approx(0.04, rel=0.05)


def test_stages_that_came_out_alike_are_taken_together_and_others_are_not() -> None:
    def untried(*lifts: float) -> Pooled:
        return cells(*(one(stage, "mid", lift, 0.003) for stage, lift in zip(STAGES, lifts, strict=False)))[
            "lost", "mid"
        ]

    alike, apart = untried(0.03, 0.031, 0.029, 0.03), untried(0.0, 0.09, -0.03, 0.06)
    assert alike.lift == pytest.approx(apart.lift, abs=1e-3)
    assert alike.lift_error < 0.6 * apart.lift_error


def test_given_the_play_the_cell_is_as_unsure_as_the_whole() -> None:
    for cell in cells(one("mature", "high", 0.05, 0.01), one("trial", "low", 0.02, 0.02)).values():
        assert cell.offset + cell.follows * cell.play_lift == pytest.approx(cell.lift)
        whole = cell.offset_error**2 + (cell.follows * cell.play_error) ** 2
        assert whole == pytest.approx(cell.lift_error**2, rel=1e-6)


def test_a_trial_that_tells_nothing_leaves_a_belief_as_it_was() -> None:
    cell = cells(one("mature", "high", 0.5, 10.0))["trial", "low"]
    belief, sd = 0.02, WIDTH
    own = PLAY_SHARE * sd**2
    weight = own / (own + cell.play_error**2)
    play = belief + weight * (cell.play_lift - belief)
    spread = (cell.offset_error**2 + cell.follows**2 * own * (1 - weight)) ** 0.5
    assert cell.offset + cell.follows * play == pytest.approx(belief, abs=0.001)
    assert spread == pytest.approx(sd, rel=0.02)


def test_intervals_hold_the_lifts_of_cells_as_often_as_they_say() -> None:
    dice = np.random.default_rng(3)
    inside = []
    for _ in range(120):
        mean, stage = dice.normal(0.02, 0.02), dict(zip(STAGES, dice.normal(0, 0.01, 5), strict=True))
        truth = {cell: mean + stage[cell[0]] + dice.normal(0, 0.007) for cell in CELLS}
        tried = [cell for cell in CELLS if cell[1] in ("high", "mid", "low")][: 15 - 4]
        found = cells(*(one(*cell, truth[cell] + dice.normal(0, 0.01), 0.01) for cell in tried))
        inside += [abs(found[cell].lift - truth[cell]) < 1.2816 * found[cell].lift_error for cell in tried]
    assert 0.75 < np.mean(inside) < 0.87


def test_one_level_for_all_cells_of_a_stage_does_not_average_out() -> None:
    gram = np.diag([1 / 0.001**2] * len(CELLS))
    doubt = np.eye(len(STAGES)) * 0.01**2
    against, _ = held_against(gram, gram @ np.full(len(CELLS), 0.02), doubt)
    (free,), (held,) = (pooled([Told(each, each @ np.full(len(CELLS), 0.02), WIDTH)]) for each in (gram, against))
    place = CELLS.index(("mature", "high"))
    assert free[place].lift == pytest.approx(0.02, abs=1e-4) == held[place].lift
    assert free[place].lift_error < 0.0011 < 0.005 < held[place].lift_error < 0.011
