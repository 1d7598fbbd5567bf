"""What a customer could pay: the frontier of comparable customers, moved by where the customer stands among them.

The realistic wallet is a high conditional quantile of comparable customers (Perlich et al. 2007, KDD, "High-quantile
modeling for customer wallet estimation"). What a customer pays in a full period is strong evidence of its wallet: the
frontier less its spend alone would destroy that evidence, so its place among its peers moves the frontier first. Who
buys few categories has more room.
"""

import msgspec
import numpy as np

from motherlode.opportunity.engine import trees
from motherlode.opportunity.engine.panel import Flags, Floats
from motherlode.opportunity.engine.rulebook import room
from motherlode.opportunity.engine.traits import Known, Traits

# How much of a customer's distance from the middle of its peers is its wallet's.
OWN_WEIGHT, ROOM_WEIGHT = 0.9, 0.3
ACTIVE_PERIODS = 10
FRONTIER, MIDDLE, LOWER, UPPER = 0.90, 0.50, 0.75, 0.97
LEAST_CUSTOMERS = 100


class Headroom(msgspec.Struct, frozen=True):
    """Money a year; NaN where too little was bought to tell."""

    spend: Floats
    wallet: Floats
    wallet_low: Floats
    wallet_high: Floats

    @property
    def headroom(self) -> Floats:
        return np.maximum(self.wallet - self.spend, 0.0)


def headroom(past: Known, now: Traits) -> Headroom:
    """The wallet of every active customer, with the 75 % and 97 % quantiles of comparable ones for an interval."""
    panel = past.panel
    spend = panel.spend[:, -panel.weeks(52) :].sum(axis=1)
    active = (panel.spend[:, -panel.weeks(52) :] > 0).sum(axis=1) >= min(ACTIVE_PERIODS, panel.weeks(13))
    blank = np.full(panel.customers, np.nan)
    if active.sum() < LEAST_CUSTOMERS:
        return Headroom(spend, blank, blank, blank)
    told = _comparable(now)
    logs = np.log(past.level[:, -1] * panel.weeks(52))
    middle = _quantile(told, logs, active, MIDDLE)
    wallets = []
    for share in (FRONTIER, LOWER, UPPER):
        frontier = np.maximum(_quantile(told, logs, active, share), middle)
        wallet = np.exp(frontier + OWN_WEIGHT * (logs - middle)) * room(now) ** ROOM_WEIGHT
        wallets.append(np.where(active, wallet, np.nan))
    return Headroom(spend, *wallets)


def _comparable(now: Traits) -> Floats:
    """What makes customers comparable, and is not what they pay."""
    names = ("industry", "size", "log_employees")
    return np.column_stack([now.values[:, now.names.index(name)] for name in names])


def _quantile(values: Floats, logs: Floats, active: Flags, share: float) -> Floats:
    fold = trees.folds(len(values))
    lessons = trees.Lessons(values[active], logs[active], fold[active])
    return trees.across(lessons, [values], fold, "quantile", alpha=share)[0]
