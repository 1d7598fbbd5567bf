"""Arrays from outside, looked at before anything is computed with them."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from motherlode.errors import InputError
from motherlode.predict.special_functions import Numbers


def numbers(given: Mapping[str, npt.ArrayLike]) -> list[Numbers]:
    """Finite numbers of at least nil, one-dimensional and of one length; anything else is an `InputError`."""
    arrays = {name: np.atleast_1d(_floats(name, values)) for name, values in given.items()}
    lengths = {name: array.size for name, array in arrays.items()}
    if any(array.ndim > 1 for array in arrays.values()) or len(set(lengths.values())) > 1:
        raise _differ(arrays)
    if 0 in lengths.values():
        raise InputError(f"no numbers in `{'`, `'.join(arrays)}`", hint="give at least one customer")
    for name, array in arrays.items():
        refuse(name, array, ~np.isfinite(array), "leave out customers of whom it is not known")
        refuse(name, array, array < 0, "counts, times and values begin at 0")
    return list(arrays.values())


def histories(x: npt.ArrayLike, t_x: npt.ArrayLike, age: npt.ArrayLike) -> tuple[Numbers, Numbers, Numbers]:
    """Histories that can have happened: `x` whole, and a last transaction between the first one and the end."""
    orders, recency, ages = numbers({"x": x, "t_x": t_x, "T": age})
    whole(orders)
    # Times that were computed by two ways may differ in their last digits.
    refuse(
        "t_x",
        recency,
        recency > ages * (1 + 1e-9),
        "the last transaction is not after the end `T` of the time observed",
    )
    refuse("t_x", recency, (orders == 0) & (recency > 0), "without a repeat transaction (`x` = 0) `t_x` is 0")
    return orders, np.minimum(recency, ages), ages


def paid(x: npt.ArrayLike, m: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """Numbers of transactions and their mean values, which are nil, whatever was given, where there are none."""
    known = np.where(np.equal(x, 0), 0.0, m) if np.shape(x) == np.shape(m) else m
    orders, means = numbers({"x": x, "m": known})
    whole(orders)
    return orders, means


def broadcast(given: Mapping[str, npt.ArrayLike]) -> tuple[list[Numbers], tuple[int, ...]]:
    """Arrays of one shape, made flat, and that shape."""
    arrays = {name: _floats(name, values) for name, values in given.items()}
    try:
        together = np.broadcast_arrays(*arrays.values())
    except ValueError as error:
        raise _differ(arrays) from error
    return [array.ravel() for array in together], together[0].shape


def whole(orders: Numbers) -> None:
    """Numbers of transactions are whole."""
    refuse("x", orders, orders != np.rint(orders), "it counts transactions")


def weights(counts: npt.ArrayLike | None, size: int) -> Numbers | None:
    """How many customers each history stands for; `None` where each stands for one."""
    if counts is None:
        return None
    (number,) = numbers({"counts": counts})
    if number.size != size or number.sum() == 0:
        raise InputError(
            f"`counts` has {number.size} numbers that sum up to {number.sum():g}, for {size} histories",
            hint="give the number of customers who have each history",
        )
    return number


def positive(name: str, value: float) -> float:
    """A finite number above nil."""
    refuse(name, np.atleast_1d(_floats(name, value)), ~(np.isfinite(value) & (np.asarray(value) > 0)), "it is above 0")
    return float(value)


def refuse(name: str, array: Numbers, wrong: Numbers, hint: str) -> None:
    """Stop at the first number that is wrong."""
    places = np.flatnonzero(wrong)
    if places.size:
        raise InputError(f"`{name}` is {array[places[0]]:g} at position {places[0]}", hint=hint)


def _floats(name: str, values: npt.ArrayLike) -> Numbers:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{name}` does not hold numbers: {error}", hint="give an array of numbers") from error


def _differ(arrays: Mapping[str, Numbers]) -> InputError:
    told = ", ".join(f"`{name}` {array.shape}" for name, array in arrays.items())
    return InputError(f"arrays of different shapes: {told}", hint="give one number a customer in each of them")
