"""Who stands behind a mark of a picture: the same arrays that the picture was counted from."""

from datetime import date

import msgspec
import numpy as np

from motherlode.measure.funnel import Funnel, climbed
from motherlode.measure.moments import Moments, first_of_each, meant
from motherlode.measure.paths import NOTHING, OTHER, Paths, ways_of
from motherlode.measure.retained import Retention, months_of, returned


class AtStep(msgspec.Struct, frozen=True, tag="at_step"):
    """Who reached a step of a funnel, or reached the one before and not this."""

    funnel: Funnel
    step: int
    lost: bool = False


class InPeriod(msgspec.Struct, frozen=True, tag="in_period"):
    """Of a cohort (a month such as 2024-05, or "" for everybody) who came back in a period that is over, or did not.

    With `back` at `None`, everybody for whom it is over.
    """

    retention: Retention
    cohort: str
    period: int
    back: bool | None = True


class OnWay(msgspec.Struct, frozen=True, tag="on_way"):
    """Whose ways lead at a step from one thing to the next."""

    paths: Paths
    step: int
    doing: str
    then: str


class Did(msgspec.Struct, frozen=True, tag="did_it"):
    """Who ever did something."""

    doing: str


Mark = AtStep | InPeriod | OnWay | Did


def behind(mark: Mark, moments: Moments, numbers: dict[str, int], as_of: date) -> np.ndarray:
    """Whether each customer stands behind a mark."""
    who = np.zeros(moments.customers, dtype=bool)
    if isinstance(mark, AtStep):
        climb = climbed(moments, numbers, mark.funnel, as_of)
        there = climb.depth == mark.step - 1 if mark.lost else climb.depth >= mark.step
        who[climb.owner[there & (climb.depth > 0)]] = True
    elif isinstance(mark, InPeriod):
        who = _in_period(mark, moments, numbers, as_of)
    elif isinstance(mark, OnWay):
        ways = ways_of(moments, numbers, mark.paths)
        codes = {NOTHING: -1, OTHER: -2, **numbers}
        here = ways.doing[:, mark.step - 1] == codes.get(mark.doing, -3)
        who[ways.owner[here & (ways.doing[:, mark.step] == codes.get(mark.then, -3))]] = True
    else:
        rows = np.flatnonzero(meant(mark.doing, numbers)[moments.doing])
        who[moments.owner[rows[first_of_each(moments.owner[rows])]]] = True
    return who


def _in_period(mark: InPeriod, moments: Moments, numbers: dict[str, int], as_of: date) -> np.ndarray:
    returns = returned(moments, numbers, mark.retention, as_of)
    cohort = (returns.began_on >= 0) & (returns.over >= mark.period)
    if mark.cohort:
        names, place = months_of(returns)
        cohort &= place == (names.index(mark.cohort) if mark.cohort in names else len(names))
    if not mark.period or mark.back is None:
        return cohort
    owner, period = returns.pairs
    back = np.zeros(moments.customers, dtype=bool)
    back[owner[period == mark.period]] = True
    return cohort & (back if mark.back else ~back)
