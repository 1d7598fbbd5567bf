"""Two opinions of one chance put together, and how much of each to take, by what happened.

Opinions are pooled in logits (a logarithmic opinion pool: Genest and Zidek 1986). The weight of the first of them is
believed to be some number before anything is known; the belief is a beta distribution and worth so many decisions, so
that a few outcomes hardly move it and many do.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]

# The weights that are tried.
WEIGHTS = np.linspace(0.0, 1.0, 201)
LEAST_CHANCE = 1e-4
# Ends of the interval that is told of a weight.
ENDS = (0.025, 0.975)


class Weight(NamedTuple):
    """Mean and 95 % interval of the weight of the first opinion, 0 to 1."""

    weight: float
    low: float
    high: float


def logit(chance: Numbers) -> Numbers:
    """Logarithm of the odds of a chance (0 to 1); what is surer than sure is taken as nearly so, and stays finite."""
    inner = np.clip(chance, LEAST_CHANCE, 1 - LEAST_CHANCE)
    return np.asarray(np.log(inner) - np.log1p(-inner))


def chance(odds: Numbers) -> Numbers:
    """The chance (0 to 1) whose logit this is."""
    return np.asarray(1 / (1 + np.exp(-odds)))


def pool(one: Numbers, other: Numbers, weight: float) -> Numbers:
    """Two opinions of a chance as one: the mean of their logits, `weight` on the first."""
    return chance(weight * logit(one) + (1 - weight) * logit(other))


def told_by_outcomes(one: Numbers, other: Numbers, happened: Numbers) -> Numbers:
    """Log likelihood, at each of `WEIGHTS`, of what happened (1) or did not (0)."""
    odds = WEIGHTS[:, None] * logit(one) + (1 - WEIGHTS[:, None]) * logit(other)
    return np.asarray((happened * odds - np.logaddexp(0.0, odds)).sum(axis=1))


def learnt(likelihood: Numbers, prior: float, decisions: float) -> Weight:
    """The weight after what happened.

    Parameters
    ----------
    likelihood
        Log likelihood at each of `WEIGHTS`; noughts where nothing happened yet.
    prior, decisions
        Mean of the beta distribution that was believed before, and how many decisions it is worth.
    """
    inner = np.clip(WEIGHTS, WEIGHTS[1] / 4, 1 - WEIGHTS[1] / 4)
    believed = (decisions * prior - 1) * np.log(inner) + (decisions * (1 - prior) - 1) * np.log1p(-inner)
    log = likelihood + believed
    share = np.exp(log - log.max())
    share /= share.sum()
    low, high = np.interp(ENDS, share.cumsum(), WEIGHTS)
    return Weight(float(share @ WEIGHTS), float(low), float(high))
