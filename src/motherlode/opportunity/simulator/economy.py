"""Industries: their seasons, and how well they do."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from motherlode.opportunity.simulator.nature import Nature

INDUSTRIES = (
    "food", "health", "education", "utilities", "legal",
    "fashion", "travel", "toys", "garden", "sports", "weddings", "heating",
)  # fmt: skip
RIGID = 5
# Which industries are in a slump, came out of one, and are booming.
SLUMP, RECOVERED, BOOM = (1, 8), 6, 10


class Economy(msgspec.Struct, frozen=True):
    """By industry and week, oldest first: `season` multiplies spending, `mood` is the logarithm of its fortune.

    Today is the last of `past` weeks; what follows is the mean path.
    """

    season: NDArray[np.float64]
    mood: NDArray[np.float64]
    past: int


def draw_economy(chance: np.random.Generator, nature: Nature) -> Economy:
    """Seasons and fortunes of the twelve industries."""
    weeks = np.arange(-nature.lived_weeks + 1, nature.ahead_weeks + 1)
    return Economy(_seasons(chance, weeks), _moods(chance, weeks), nature.lived_weeks)


def _seasons(chance: np.random.Generator, weeks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Two waves a year; hardly any in rigid industries. Averages 1 over a year."""
    count = len(INDUSTRIES)
    height = np.where(np.arange(count) < RIGID, 0.04, chance.uniform(0.25, 0.50, count))
    phase = chance.uniform(0, 2 * np.pi, (2, count))
    angle = 2 * np.pi * weeks[None, :] / 52
    season = 1 + height[:, None] * (np.cos(angle + phase[0][:, None]) + 0.3 * np.cos(2 * angle + phase[1][:, None]))
    bounded: NDArray[np.float64] = np.maximum(season, 0.15)
    return bounded


def _moods(chance: np.random.Generator, weeks: NDArray[np.int64]) -> NDArray[np.float64]:
    """A slow wander in the past, which fades after today, and the fates of four industries."""
    wander = np.zeros((len(INDUSTRIES), len(weeks)))
    for week in range(1, len(weeks)):
        news = chance.normal(0, 0.015, len(INDUSTRIES)) if weeks[week] <= 0 else 0.0
        wander[:, week] = 0.98 * wander[:, week - 1] + news
    fade = np.exp(-np.maximum(weeks, 0) / 40.0)
    for slump in SLUMP:
        wander[slump] += -0.55 * np.clip((weeks + 26) / 20, 0, 1) * fade
    wander[RECOVERED] += -0.55 * np.clip((weeks + 80) / 15, 0, 1) * np.clip(-(weeks + 15) / 15, 0, 1)
    wander[BOOM] += 0.35 * np.clip((weeks + 30) / 25, 0, 1) * fade
    return wander
