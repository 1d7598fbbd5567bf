"""Lifts by play, stage and value tier, of which each borrows from the others what it does not know itself.

A cell (a play with customers of one stage and tier) differs from its stage, and a stage from the play, by amounts that
are drawn from normal distributions (a hierarchical normal model: Gelman and others 2013, Bayesian Data Analysis, 5).
How wide these are is not set by hand: each width is weighed by how well it foretells what was measured (its marginal
likelihood). Where stages came out alike they are taken together, and where they did not each is left to itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

STAGES = ("intro", "trial", "mature", "decline", "lost")
# The last is of what was measured before tiers were told apart.
TIERS = ("high", "mid", "low", "none", "")
CELLS = tuple((stage, tier) for stage in STAGES for tier in TIERS)
# Variance of stages about their play and of cells about their stage, as a multiple of the variance of the belief about
# the play; and how likely each is before anything is known.
WIDTHS = ((0.1, 0.05, 0.40), (0.25, 0.15, 0.35), (0.5, 0.25, 0.15), (1.0, 0.5, 0.07), (2.0, 1.0, 0.03))
# What is left of the variance of a belief for the play as a whole, so that a cell without any trial is as unsure as the
# belief says.
PLAY_SHARE = 0.5
# Nothing is known of a play before its trials: its width is so many times that of the belief.
FLAT = 300.0
IN_STAGE = np.array([[a[0] == b[0] for b in CELLS] for a in CELLS], dtype=np.float64)
OF_STAGE = np.array([[cell[0] == stage for stage in STAGES] for cell in CELLS], dtype=np.float64)

Numbers = NDArray[np.floating[Any]]


class Told(msgspec.Struct, frozen=True):
    """What trials say of the cells of one play: precision matrix of the measurements, and that times the lifts.

    `width` is the standard deviation of the belief about the play, by which all is scaled.
    """

    gram: Numbers
    moment: Numbers
    width: float


class Pooled(NamedTuple):
    """The lift of a cell, from trials alone, and how it hangs together with that of the whole play.

    Given the lift of the play, that of the cell is `offset + follows * play`, with standard error `offset_error`: so
    a belief about the play, too, says something of the cell.
    """

    lift: float
    lift_error: float
    play_lift: float
    play_error: float
    follows: float
    offset: float
    offset_error: float


def reading(weights: Mapping[tuple[str, str], float], lift: float, error: float) -> tuple[Numbers, Numbers]:
    """What one measurement adds to `Told`: the mean lift of some cells, weighed by how many of each were treated."""
    row = np.array([weights.get(cell, 0.0) for cell in CELLS])
    row /= row.sum()
    return np.outer(row, row) / error**2, row * lift / error**2


def held_against(gram: Numbers, moment: Numbers, doubt: Numbers) -> tuple[Numbers, Numbers]:
    """The same, where all cells of a stage were held against one level, known with covariance `doubt`."""
    shared = gram @ OF_STAGE
    inner = np.linalg.inv(np.linalg.inv(doubt) + OF_STAGE.T @ shared)
    return gram - shared @ inner @ shared.T, moment - shared @ inner @ (OF_STAGE.T @ moment)


def pooled(plays: Sequence[Told]) -> list[list[Pooled]]:
    """For each play, its cells in the order of `CELLS`; the widths are weighed by all plays together."""
    fits = [[_fit(told, stage, cell) for told in plays] for stage, cell, _ in WIDTHS]
    evidence = np.array([sum(fit[0] for fit in row) for row in fits], dtype=np.float64)
    evidence += np.log([chance for *_, chance in WIDTHS])
    weights = np.exp(evidence - evidence.max())
    weights /= weights.sum()
    return [_cells([row[play][1:] for row in fits], weights) for play in range(len(plays))]


def _fit(told: Told, stage: float, cell: float) -> tuple[float, Numbers, Numbers]:
    """Logarithm of the marginal likelihood, and mean and covariance of the play (first) and its cells."""
    count, variance = len(CELLS), told.width**2
    prior = np.full((count + 1, count + 1), FLAT**2 * variance)
    prior[1:, 1:] += variance * (stage * IN_STAGE + cell * np.eye(count))
    gram, moment = np.zeros_like(prior), np.zeros(count + 1)
    gram[1:, 1:], moment[1:] = told.gram, told.moment
    # (prior^-1 + gram)^-1, without turning a prior round that is all but singular.
    whole = np.eye(count + 1) + prior @ gram
    covariance = np.linalg.solve(whole, prior)
    mean = covariance @ moment
    return float(moment @ mean - np.linalg.slogdet(whole)[1]) / 2, mean, covariance


def _cells(fits: Sequence[tuple[Numbers, Numbers]], weights: Numbers) -> list[Pooled]:
    """One answer of all widths: the moments of their mixture."""
    means, covariances = np.array([fit[0] for fit in fits]), np.array([fit[1] for fit in fits])
    mean = weights @ means
    off = means - mean
    covariance = np.einsum("k,kij->ij", weights, covariances) + (off * weights[:, None]).T @ off
    error = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    follows = covariance[0, 1:] / covariance[0, 0]
    rest = np.maximum(np.diag(covariance)[1:] - follows**2 * covariance[0, 0], 0.0)
    offset = mean[1:] - follows * mean[0]
    return [
        Pooled(*map(float, row))
        for row in zip(
            mean[1:], error[1:], np.full(len(CELLS), mean[0]), np.full(len(CELLS), error[0]), follows, offset,
            np.sqrt(rest), strict=True,
        )
    ]  # fmt: skip
