"""How many come back, by the time at which they began."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.measure.funnel import EPOCH
from motherlode.measure.moments import Moments, first_of_each, meant, moments_of, numbers_of, table_of
from motherlode.tables import table

COLUMNS = {
    "cohort": "string",
    "period": "int64",
    "days": "int64",
    "of": "int64",
    "returned": "int64",
    "share": "float64",
}
# All who began, whenever that was.
EVERYBODY = ""


class Retention(msgspec.Struct, frozen=True):
    """Which return is asked about.

    Attributes
    ----------
    start, back
        What has to be done first, and what again; `:anything` for whatever is done.
    period_days, periods
        How long a period is, and how many are looked at.
    """

    start: str = ":first_order"
    back: str = ":order"
    period_days: int = 30
    periods: int = 12


class Returns(msgspec.Struct, frozen=True):
    """When each customer began, and in which periods each came back.

    Attributes
    ----------
    began_on
        Day since 1970 of each customer; -1 of who never began.
    pairs
        Customers and the periods in which they came back, each pair once; periods count from 1.
    over
        How many whole periods are over for each customer.
    """

    began_on: np.ndarray
    pairs: tuple[np.ndarray, np.ndarray]
    over: np.ndarray


@table(key=("cohort", "period"), subject=None, columns=COLUMNS, purpose="analytics")
def retained(
    histories: pa.Table,
    doings: pa.Table,
    *,
    as_of: date,
    start: str = ":first_order",
    back: str = ":order",
    period_days: int = 30,
    periods: int = 12,
) -> pa.Table:
    """What share of the customers who began in a month came back in the first, second, third period after that day.

    Only customers count for whom a period is over, so a young cohort is not taken for a bad one: `of` says how many.
    The rows without a cohort are those of all customers.

    Parameters
    ----------
    start, back
        Events by name, words of ours such as `:order`, or `:anything`.
    period_days
        Length of a period: days 1 to 30 after the first day are the first of 30.
    periods
        How many are looked at.
    """
    asked, numbers = Retention(start, back, period_days, periods), numbers_of(doings)
    returns = returned(moments_of(histories, numbers), numbers, asked, as_of)
    return table_of(COLUMNS, by_cohort(returns, *months_of(returns), asked))


def returned(moments: Moments, numbers: dict[str, int], asked: Retention, as_of: date) -> Returns:
    """When each began, and in which periods each came back."""
    starts = np.flatnonzero(meant(asked.start, numbers)[moments.doing])
    starts = starts[first_of_each(moments.owner[starts])]
    began_on = np.full(moments.customers, -1, dtype=np.int64)
    began_on[moments.owner[starts]] = moments.day(starts)
    rows = np.flatnonzero(meant(asked.back, numbers)[moments.doing])
    owner = moments.owner[rows]
    since = moments.day(rows) - began_on[owner]
    period = -(-since // asked.period_days)
    come = (began_on[owner] >= 0) & (since > 0) & (period <= asked.periods)
    owner, period = owner[come], period[come]
    # Moments are in order of time, so that the same pair stands side by side.
    new = first_of_each(owner)
    if len(new):
        new[1:] |= period[1:] != period[:-1]
    days = (as_of - EPOCH).days
    over = np.where(began_on >= 0, np.clip((days - began_on) // asked.period_days, 0, asked.periods), 0)
    return Returns(began_on, (owner[new], period[new]), over)


def months_of(returns: Returns) -> tuple[list[str], np.ndarray]:
    """The months in which customers began, such as 2024-05, and the place of each customer's; -1 of who never did."""
    began = returns.began_on >= 0
    known, place = np.unique(
        returns.began_on[began].astype("datetime64[D]").astype("datetime64[M]"), return_inverse=True
    )
    places = np.full(len(began), -1, dtype=np.int64)
    places[began] = place
    return [str(month) for month in known], places


def by_cohort(returns: Returns, names: Sequence[str], place: np.ndarray, asked: Retention) -> list[dict[str, Any]]:
    """A row a cohort and period that is over for somebody, those of everybody first.

    Parameters
    ----------
    names, place
        The cohorts, and the place of each customer's among them; -1 for none.
    """
    owner, period = returns.pairs
    # Who came back before the period was over does not count yet.
    settled = period <= returns.over[owner]
    owner, period = owner[settled], period[settled]
    began = returns.began_on >= 0
    # One more for those without a cohort: the last, and so also the one at -1.
    whole = (len(names) + 1, asked.periods + 1)
    back, old = np.zeros(whole, dtype=np.int64), np.zeros(whole, dtype=np.int64)
    np.add.at(back, (place[owner], period), 1)
    np.add.at(old, (place[began], returns.over[began]), 1)
    # For whom the third is over, the first is too.
    old = np.cumsum(old[:, ::-1], axis=1)[:, ::-1]
    rows = _rows(EVERYBODY, old.sum(axis=0), back.sum(axis=0), asked)
    for number, name in enumerate(names):
        rows += _rows(name, old[number], back[number], asked)
    return rows


def _rows(cohort: str, of: np.ndarray, back: np.ndarray, asked: Retention) -> list[dict[str, Any]]:
    # The period before the first is the cohort itself.
    first = {"cohort": cohort, "period": 0, "days": 0, "of": int(of[0]), "returned": int(of[0]), "share": 1.0}
    rows = [first] if of[0] else []
    for period in range(1, asked.periods + 1):
        if of[period]:
            share = int(back[period]) / int(of[period])
            counts = {"of": int(of[period]), "returned": int(back[period]), "share": share}
            rows.append({"cohort": cohort, "period": period, "days": period * asked.period_days, **counts})
    return rows
