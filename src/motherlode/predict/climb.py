"""Climb to the top of a log likelihood in a few logarithms of parameters."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec
import numpy as np

from motherlode.predict.special_functions import Numbers

# Mean log likelihood of a customer and its slope, at logarithms of parameters.
Score: TypeAlias = Callable[[Numbers], tuple[float, Numbers]]

# Parameters beyond e^14 or below e^-14 say that the data do not decide them.
FARTHEST = 14.0
LONGEST_STEP = 2.0
FLAT = 1e-12
# A slope below this is one of rounding.
NEARLY_FLAT = 1e-6


class Peak(msgspec.Struct, frozen=True):
    """Where a climb ended; `converged` where the slope is nil and the ground falls off in every direction."""

    point: Numbers
    value: float
    curvature: Numbers
    converged: bool


def climb(score: Score, start: Numbers, *, rough: Score | None = None, steps: int = 200) -> Peak:
    """The maximum of `score`, first sought on `rough`, which is the same on fewer or coarser rows."""
    point = ascend(rough or score, start, steps=steps)
    # Two steps with the curvature of rough rows come so near that one exact curvature serves the rest.
    point, value, slope = polish(score, point, curvature(rough or score, point), steps=2)
    exact = curvature(score, point)
    if np.abs(slope).max() > FLAT:
        point, value, slope = polish(score, point, exact)
    within = float(np.abs(point).max()) < FARTHEST
    return Peak(point, value, exact, within and falls_off(exact) and bool(np.abs(slope).max() < NEARLY_FLAT))


def ascend(score: Score, start: Numbers, *, steps: int, flat: float = 1e-7) -> Numbers:
    """Quasi-Newton steps (BFGS), halved until they rise, until the slope is nearly flat."""
    point = start
    value, slope = score(point)
    inverse = np.eye(point.size)
    for _ in range(steps):
        if np.abs(slope).max() < flat:
            break
        step = _shortened(inverse @ slope)
        if step @ slope <= 0:
            inverse, step = np.eye(point.size), _shortened(slope)
        ahead = _risen(score, point, value, slope, step)
        if ahead is None:
            break
        moved, new_value, new_slope = ahead
        inverse = _updated(inverse, moved - point, slope - new_slope)
        point, value, slope = moved, new_value, new_slope
    return point


def polish(score: Score, point: Numbers, curved: Numbers, *, steps: int = 8) -> tuple[Numbers, float, Numbers]:
    """Newton steps with one curvature for all; stays where it stands when the ground does not fall off."""
    value, slope = score(point)
    for _ in range(steps if falls_off(curved) else 0):
        if np.abs(slope).max() < FLAT:
            break
        moved = np.clip(point + _shortened(np.linalg.solve(-curved, slope)), -FARTHEST, FARTHEST)
        new_value, new_slope = score(moved)
        if np.abs(new_slope).max() >= np.abs(slope).max() or new_value < value - 1e-9:
            break
        point, value, slope = moved, new_value, new_slope
    return point, value, slope


def curvature(score: Score, point: Numbers, *, step: float = 1e-3) -> Numbers:
    """Second derivatives, from differences of the slope to both sides: six digits, and no noise of rounding."""
    sides = [(score(point + step * axis)[1], score(point - step * axis)[1]) for axis in np.eye(point.size)]
    rows = np.array([(ahead - behind) / (2 * step) for ahead, behind in sides])
    return np.asarray((rows + rows.T) / 2)


def falls_off(curved: Numbers) -> bool:
    """Whether a curvature is that of a top, steep enough for a standard error to mean something."""
    return bool(np.isfinite(curved).all() and np.linalg.eigvalsh(curved).max() < -1e-10)


def covariance(curved: Numbers, customers: float) -> Numbers:
    """Covariance of the logarithms of parameters at a peak."""
    spread: Numbers = np.linalg.inv(-curved * customers)
    return spread


def with_weak_prior(score: Score, customers: float, spread: float = 3.0) -> Score:
    """The score with each parameter thought to be 1, give or take a factor of e^`spread`, before any data."""

    def pulled(point: Numbers) -> tuple[float, Numbers]:
        value, slope = score(point)
        pull = point / (spread * spread * customers)
        return value - float(pull @ point) / 2, slope - pull

    return pulled


def _risen(
    score: Score, point: Numbers, value: float, slope: Numbers, step: Numbers
) -> tuple[Numbers, float, Numbers] | None:
    for _ in range(30):
        moved = np.clip(point + step, -FARTHEST, FARTHEST)
        new_value, new_slope = score(moved)
        if np.isfinite(new_value) and new_value >= value + 1e-4 * float(slope @ (moved - point)) > value:
            return moved, new_value, new_slope
        step = step / 2
    return None


def _updated(inverse: Numbers, step: Numbers, change: Numbers) -> Numbers:
    """The BFGS update of the inverse curvature (of the score turned upside down)."""
    along = float(step @ change)
    if along <= 1e-14:
        return inverse
    turn = np.eye(step.size) - np.outer(step, change) / along
    updated: Numbers = turn @ inverse @ turn.T + np.outer(step, step) / along
    return updated


def _shortened(step: Numbers) -> Numbers:
    longest = float(np.abs(step).max())
    return step if longest <= LONGEST_STEP else step * (LONGEST_STEP / longest)
