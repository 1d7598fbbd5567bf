"""What can be done with an account, what it does to its life, and what it costs."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from motherlode.opportunity.simulator.accounts import Accounts, Floats
from motherlode.opportunity.simulator.nature import (
    ACTIVATE,
    DECLINE,
    DROP,
    FADE,
    GIVE_UP,
    INTRO,
    LEAVE,
    LOST,
    MATURE,
    MOVES,
    RECOVER,
    RETURN,
    SETTLE,
    TOWARDS,
    TRIAL,
)

# How much faster those leave who do not like to be contacted, after they were.
HARM = 2.2


class Treatment(msgspec.Struct, frozen=True):
    """A play of the world.

    Attributes
    ----------
    fits
        The stage that custom gives it to; -1 for none.
    cost
        Of the contact, in money.
    rebate
        Share of what is paid in `weeks` that is given back; `voucher` is money given at the first payment in them.
    weeks
        How long it moves the account faster.
    """

    name: str
    fits: int
    channel: str
    cost: float
    rebate: float = 0.0
    voucher: float = 0.0
    weeks: int = 8


TREATMENTS = (
    Treatment("onboard_first_order", INTRO, "phone", 150.0),
    Treatment("coach_skill", TRIAL, "consultant", 600.0),
    Treatment("cross_sell", MATURE, "email", 100.0),
    Treatment("discount", DECLINE, "email", 20.0, rebate=0.20),
    Treatment("win_back", LOST, "phone", 80.0, voucher=300.0),
    Treatment("nudge_email", -1, "email", 1.0, weeks=4),
)
ONBOARD, COACH, CROSS_SELL, DISCOUNT, WIN_BACK, NUDGE = range(6)
NAMES = tuple(treatment.name for treatment in TREATMENTS)


class Effect(msgspec.Struct, frozen=True):
    """What a treatment does to each account.

    `boosts` multiply the rates of moves (first axis) for the treatment's weeks, `spends` multiplies what is paid in
    them; `learns` adds to skill and `adopts` is the chance of one more product, both for good.
    """

    boosts: Floats
    spends: Floats
    learns: Floats
    adopts: Floats


def effect(number: int, accounts: Accounts, skill: Floats, odds: Floats) -> Effect:
    """What treatment `number` does to accounts of such skill, contacted in the stages of `odds` (first axis)."""
    boosts = np.ones((len(MOVES), accounts.count))
    for move, strength in _strengths(number, accounts, skill).items():
        boosts[move] *= strength
    for move in (DROP, FADE, LEAVE, GIVE_UP):
        boosts[move] *= np.where(accounts.averse, HARM, 1.0)
    none = np.zeros(accounts.count)
    return Effect(
        boosts=boosts,
        spends=1 + 0.20 * accounts.price_sensitive if number == DISCOUNT else none + 1,
        learns=_learns(number, accounts, skill, odds),
        adopts=_adopts(accounts, skill, odds) if number == CROSS_SELL else none,
    )


def _strengths(number: int, accounts: Accounts, skill: Floats) -> dict[int, Floats]:
    """By move, how much faster a treatment makes it."""
    will, price = accounts.willing, accounts.price_sensitive
    if number == ONBOARD:
        return {ACTIVATE: 1 + 4.0 * will, GIVE_UP: 1 - 0.4 * will, SETTLE: 1 + 0.4 * will}
    if number == COACH:
        need = 1 - skill
        return {SETTLE: 1 + 3.0 * will * need, DROP: 1 - 0.8 * will * need, RECOVER: 1 + 2.5 * will * need}
    if number == CROSS_SELL:
        # Who has poor results takes one more proposal amiss.
        return {FADE: 1 + 0.8 * np.maximum(0.5 - accounts.fit, 0)}
    if number == DISCOUNT:
        return {RECOVER: 1 + 4.0 * price, SETTLE: 1 + 0.8 * price, RETURN: 1 + 2.0 * price, LEAVE: 1 - 0.3 * price}
    if number == WIN_BACK:
        return {RETURN: 1 + 16.0 * will * np.sqrt(price)}
    return dict.fromkeys(TOWARDS, 1 + 0.5 * will)


def _learns(number: int, accounts: Accounts, skill: Floats, odds: Floats) -> Floats:
    learns: Floats = np.zeros(accounts.count)
    if number == COACH:
        listens = 0.3 * odds[INTRO] + odds[TRIAL] + odds[MATURE] + 0.8 * odds[DECLINE]
        learns = 0.38 * accounts.willing * (1 - skill) * listens
    if number == ONBOARD:
        learns = 0.06 * accounts.willing * (1 - skill) * (odds[INTRO] + odds[TRIAL])
    return learns


def _adopts(accounts: Accounts, skill: Floats, odds: Floats) -> Floats:
    ready = odds[MATURE] + 0.35 * odds[TRIAL] + 0.2 * odds[DECLINE]
    room = accounts.products < 6
    adopts: Floats = np.minimum(1.4 * accounts.willing * (accounts.fit * skill) ** 0.8, 1.0) * ready * room
    return adopts


def one_hot(stage: NDArray[np.int64]) -> Floats:
    """Odds of the stages (first axis) where the stage is known."""
    known: Floats = (np.arange(5)[:, None] == stage[None, :]).astype(float)
    return known
