"""Contracts on arrays: fit how a cohort renews, and ask how it will go on (shifted-beta-geometric).

>>> from motherlode.predict import renewals
>>> fit = renewals.fit_shifted_beta_geometric([1000, 869, 743, 653, 593, 551, 517, 491])
>>> renewals.survivor_share(fit, [8, 9, 10]).round(3).tolist()
[0.46, 0.436, 0.414]
>>> round(float(renewals.discounted_residual_lifetime(fit, 7, 0.1)), 2)
7.53
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from motherlode.errors import InputError
from motherlode.predict import given_arrays
from motherlode.predict.buying_models import fit_renewing
from motherlode.predict.fitted import Fitted, fitted, parameters_of, shaped
from motherlode.predict.shifted_beta_geometric import discounted_lifetime, retention, survival
from motherlode.predict.special_functions import Numbers


class ShiftedBetaGeometric(NamedTuple):
    """Chances to leave at a renewal are Beta(`alpha`, `beta`)."""

    alpha: float
    beta: float


def fit_shifted_beta_geometric(survivors: npt.ArrayLike) -> Fitted[ShiftedBetaGeometric]:
    """Fit the shifted-beta-geometric model of a cohort under contract.

    Parameters
    ----------
    survivors
        Customers at the beginning and after the first, second, ... renewal, shape (at least 3,); never rising, and
        falling at least once. Shares instead of numbers give the same parameters, but no standard errors.

    Raises
    ------
    InputError
        For numbers that are negative, not finite, too few, rising, or that do not fall at all.

    Notes
    -----
    Fader and Hardie 2007, How to Project Customer Retention, Journal of Interactive Marketing 21(1), appendix A.
    """
    (there,) = given_arrays.numbers({"survivors": survivors})
    given_arrays.refuse("survivors", there, np.diff(there, prepend=np.inf) > 0, "nobody joins a cohort later")
    if there.size < 3 or there[-1] == there[0]:
        raise InputError(
            f"`survivors` holds {there.size} numbers from {there[0]:g} to {there[-1]:g}",
            hint="give at least three, of which the last is lower than the first",
        )
    return fitted(ShiftedBetaGeometric, fit_renewing(there), float(there[0]))


def survivor_share(model: Fitted[ShiftedBetaGeometric] | ShiftedBetaGeometric, renewals: npt.ArrayLike) -> Numbers:
    """S(t): share of a cohort still there after so many renewals (Fader and Hardie 2007, eq. 6)."""
    (asked,) = given_arrays.numbers({"renewals": np.ravel(renewals)})
    return shaped(survival(parameters_of(model), asked), np.shape(renewals))


def retention_rate(model: Fitted[ShiftedBetaGeometric] | ShiftedBetaGeometric, renewal: npt.ArrayLike) -> Numbers:
    """Share that renews of those who face their first, second, ... renewal (Fader and Hardie 2007, eq. 8)."""
    (asked,) = given_arrays.numbers({"renewal": np.ravel(renewal)})
    given_arrays.refuse("renewal", asked, asked < 1, "the first renewal is 1")
    return shaped(retention(parameters_of(model), asked), np.shape(renewal))


def discounted_residual_lifetime(
    model: Fitted[ShiftedBetaGeometric] | ShiftedBetaGeometric, renewed: npt.ArrayLike, discount: float
) -> Numbers:
    """DERL: periods still to come, discounted to now, of who renewed so often and is about to decide again.

    Parameters
    ----------
    model
        What `fit_shifted_beta_geometric` gave, or parameters.
    renewed
        Renewals made so far, a number or an array.
    discount
        Rate a period by which later ones count less, above 0: 0.1 is 10 %.

    Notes
    -----
    Fader and Hardie 2010, Customer-Base Valuation in a Contractual Setting, Marketing Science 29(1), eq. 6.
    """
    (asked,) = given_arrays.numbers({"renewed": np.ravel(renewed)})
    rate = given_arrays.positive("discount", discount)
    return shaped(discounted_lifetime(parameters_of(model), asked, rate), np.shape(renewed))
