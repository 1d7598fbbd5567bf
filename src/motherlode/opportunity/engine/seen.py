"""What a company has on record, and the plays that it can carry out: all that the engine may see."""

from collections.abc import Mapping
from datetime import date

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Play(msgspec.Struct, frozen=True):
    """What a company knows of a play that it can carry out.

    Attributes
    ----------
    stage
        The stage of life that custom gives it to, "" for none.
    contact_cost
        Money a customer; `rebate` is the share (0 to 1) of what is paid in `rebate_days` that is given back, and
        `voucher` the money given at a first payment in them.
    lifts
        What the company believes of it, by stage (intro, trial, mature, decline, lost): the share of a year's margin
        of a customer in its prime that exists only because of the play. Empty where it has no belief.
    """

    name: str
    stage: str
    contact_cost: float
    rebate: float = 0.0
    voucher: float = 0.0
    rebate_days: int = 56
    lifts: tuple[float, ...] = ()


class Seen(msgspec.Struct, frozen=True):
    """Records up to `as_of`.

    Attributes
    ----------
    margin_share
        Gross margin as a share (0 to 1) of what is paid.
    tables
        Canonical input tables (`motherlode.schemas`) by name; those that are missing count as empty.
    customer_ids
        The order of customers in all arrays.
    """

    as_of: date
    margin_share: float
    plays: tuple[Play, ...]
    tables: Mapping[str, pa.Table]
    customer_ids: NDArray[np.str_]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(play.name for play in self.plays)
