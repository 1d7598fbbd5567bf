"""Weibull: how long things last, in two numbers that reach beyond what was seen."""

from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from motherlode.errors import InputError
from motherlode.predict import given_arrays
from motherlode.predict.buying_models import fit_scored
from motherlode.predict.fitted import Fitted, fitted
from motherlode.predict.special_functions import Numbers


class Weibull(NamedTuple):
    """exp(-(t / `scale`)^`shape`) last longer than t; with a `shape` above 1 the old end sooner."""

    scale: float
    shape: float


def fit_weibull(durations: npt.ArrayLike, ended: npt.ArrayLike) -> Fitted[Weibull]:
    """Fit a Weibull distribution to durations of which some have not ended.

    Parameters
    ----------
    durations, ended
        As in `kaplan_meier`; durations above 0.

    Raises
    ------
    InputError
        As `kaplan_meier`; also for durations of 0, and when nothing ended.
    """
    lasted, over = given_arrays.numbers({"durations": durations, "ended": ended})
    given_arrays.refuse("durations", lasted, lasted == 0, "give durations above 0, such as half a day for a day")
    if not over.any():
        raise InputError("nothing ended: `ended` is 0 throughout", hint="give durations of which some have ended")
    unit = float(lasted.mean())
    score_of = partial(score, durations=lasted / unit, ended=(over > 0).astype(np.float64))
    fit = fit_scored(score_of, 2, float(lasted.size), np.array([unit, 1.0]), float((over > 0).sum() * np.log(unit)))
    return fitted(Weibull, fit, float(lasted.size))


def score(point: Numbers, durations: Numbers, ended: Numbers) -> tuple[float, Numbers]:
    """Mean log likelihood and its slope, in logarithms of scale and shape."""
    shape = float(np.exp(point[1]))
    logs = np.log(durations) - point[0]
    power = np.exp(shape * logs)
    value = ended * (point[1] - point[0] + (shape - 1) * logs) - power
    slope = [shape * (power - ended), ended + shape * logs * (ended - power)]
    return float(value.mean()), np.array([part.mean() for part in slope])
