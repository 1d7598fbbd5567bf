"""What a fit from arrays gives back, and what may be asked in its place."""

from typing import Generic, TypeVar

import msgspec
import numpy as np

from motherlode.predict import given_arrays
from motherlode.predict.buying_models import Fit
from motherlode.predict.special_functions import Numbers

# A named tuple.
Parameters = TypeVar("Parameters", bound=tuple[float, ...])


class Fitted(msgspec.Struct, Generic[Parameters], frozen=True):
    """A fitted model.

    Attributes
    ----------
    parameters
        The likeliest ones: a named tuple.
    standard_errors
        Of the parameters themselves, from the curvature of the log likelihood; not numbers where the data do not
        decide the parameters.
    low, high
        Intervals of 95 %, from the normal distribution of the logarithms of the parameters.
    log_likelihood
        At the parameters, summed over customers; without the terms that do not depend on parameters.
    customers
        How many the fit rests on: the sum of the counts.
    converged
        Whether a maximum was reached: slope nil, and lower ground in every direction.
    method
        `likelihood`; or `weak_prior` where the likelihood rises for ever, as when nobody is seen to leave: then each
        parameter is thought to be 1 (times in units of the mean `T`), give or take a factor of e^3.
    """

    parameters: Parameters
    standard_errors: Parameters
    low: Parameters
    high: Parameters
    log_likelihood: float
    customers: float
    converged: bool
    method: str


def fitted(kind: type[Parameters], fit: Fit, customers: float) -> Fitted[Parameters]:
    """A fit with its parameters named."""

    def named(values: Numbers) -> Parameters:
        return kind(*values.tolist())

    return Fitted(
        named(fit.parameters),
        named(fit.standard_errors),
        named(fit.low),
        named(fit.high),
        fit.log_likelihood,
        customers,
        fit.converged,
        fit.method,
    )


def parameters_of(model: Fitted[Parameters] | Parameters) -> Numbers:
    """The numbers of a fit or of parameters, all of them above 0."""
    named = model.parameters if isinstance(model, Fitted) else model
    names = getattr(named, "_fields", range(len(named)))
    return np.array([given_arrays.positive(str(name), value) for name, value in zip(names, named, strict=True)])


def shaped(values: Numbers, shape: tuple[int, ...]) -> Numbers:
    """In the shape of what was asked; a plain number where that was one."""
    found: Numbers = np.asarray(values).reshape(shape)[()]
    return found
