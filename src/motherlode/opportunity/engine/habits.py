"""What the use of a play tells of it: whom it is made for, and what of its cost is an incentive."""

from collections.abc import Mapping

import msgspec
import numpy as np

from motherlode.opportunity.engine.costs import costs
from motherlode.opportunity.engine.outlook import Basis
from motherlode.opportunity.engine.panel import Floats, Ints
from motherlode.opportunity.engine.seen import Play
from motherlode.opportunity.engine.stages import STAGES

# A play is made for a stage if so many of those whom people chose for it were in it, that many times as many as of all.
LEAST_PICKS, MADE_FOR_SHARE, MADE_FOR_TIMES = 20, 0.5, 1.5
# Costs are split into those of every contact and those that follow purchases where that explains so much of them.
LEAST_COSTS, EXPLAINED = 20, 0.5
# Less than this share of what is paid is no rebate.
LEAST_REBATE = 0.005


def as_used(base: Basis, stated: Mapping[str, str]) -> Basis:
    """The same with plays whose stage and costs are those that the records tell; `stated` stages (by play) count first.

    Parameters
    ----------
    base
        Made with plays of one cost a contact each.
    """
    plays = tuple(
        _with_costs(base, number, msgspec.structs.replace(play, stage=stated.get(play.name, _made_for(base, number))))
        for number, play in enumerate(base.seen.plays)
    )
    asked = [*(shot.traits for shot in base.shots), base.now]
    *before, today = costs(plays, base.past, base.contacts, asked)
    seen = msgspec.structs.replace(base.seen, plays=plays)
    return msgspec.structs.replace(base, seen=seen, costs=today, past_costs=tuple(before))


def _made_for(base: Basis, number: int) -> str:
    """The stage of most of those whom people chose for the play, if it is found among them more than among all."""
    touched = base.contacts
    mine = touched.rows((touched.play == number) & ~touched.drawn)
    if len(mine.who) < LEAST_PICKS:
        return ""
    odds = base.past.odds
    chosen = odds[mine.period - 1, mine.who].mean(axis=0)
    every = odds[mine.period - 1].mean(axis=(0, 1))
    most = int(chosen.argmax())
    made = chosen[most] >= MADE_FOR_SHARE and chosen[most] >= MADE_FOR_TIMES * every[most]
    return STAGES[most] if made else ""


def _with_costs(base: Basis, number: int, play: Play) -> Play:
    """The play with its cost split into what a contact costs, a share of purchases and a voucher at the first."""
    from scipy.optimize import nnls

    touched, panel = base.contacts, base.past.panel
    mine = touched.rows((touched.play == number) & ~np.isnan(touched.cost))
    if len(mine.who) < LEAST_COSTS or np.ptp(mine.cost) == 0:
        return play
    periods = max(round(play.rebate_days / panel.days), 1)
    paid = _paid_after(panel.spend, mine.who, mine.period, periods)
    rows = np.column_stack([np.ones(len(paid)), paid, paid > 0])
    (contact, rebate, voucher), rest = nnls(rows, mine.cost)
    if rest**2 > (1 - EXPLAINED) * ((mine.cost - mine.cost.mean()) ** 2).sum():
        return play
    share = min(rebate, 1.0) if rebate >= LEAST_REBATE else 0.0
    return msgspec.structs.replace(play, contact_cost=float(contact), rebate=float(share), voucher=float(voucher))


def _paid_after(spend: Floats, who: Ints, period: Ints, periods: int) -> Floats:
    """What each customer paid in so many periods from a period on."""
    sums = np.concatenate([np.zeros((len(spend), 1)), spend.cumsum(axis=1)], axis=1)
    until = np.minimum(period + periods, spend.shape[1])
    paid: Floats = sums[who, until] - sums[who, period]
    return paid
