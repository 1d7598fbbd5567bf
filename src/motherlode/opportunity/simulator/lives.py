"""How accounts move between the stages of their life, and what they spend there."""

import msgspec
import numpy as np

from motherlode.opportunity.simulator.accounts import Accounts, Floats, Ints
from motherlode.opportunity.simulator.nature import INTRO, LOST, MOVES, TOWARDS, Nature

# What a step of results, of an industry's mood and of trouble at home do to moves towards the company and away.
BY_RESULTS, BY_MOOD_TOWARDS, BY_MOOD_AWAY = 2.4, 0.7, 1.0
TROUBLE_TOWARDS, TROUBLE_AWAY = 0.45, 3.0
TROUBLE_SPEND = 0.55


class Condition(msgspec.Struct, frozen=True):
    """What an account's week depends on; arrays end in an entry an account.

    Attributes
    ----------
    results
        What the service does for the account, 0 to 1.
    products
        Number of products in use, a mean where it is not sure.
    trouble
        Trouble of the account's own business: 1, 0, or the chance of it.
    season, mood
        Of the account's industry in this week.
    """

    results: Floats
    products: Floats
    trouble: Floats
    season: Floats
    mood: Floats


def results(fit: Floats, skill: Floats) -> Floats:
    """What the service does for an account."""
    return 0.5 * fit + 0.5 * skill


def rates(condition: Condition, nature: Nature) -> Floats:
    """Weekly rates of `MOVES` without anybody's doing: an array of moves first, accounts last."""
    better = BY_RESULTS * (condition.results - 0.48)
    towards = np.exp(better + BY_MOOD_TOWARDS * condition.mood) * TROUBLE_TOWARDS**condition.trouble
    away = np.exp(-better - BY_MOOD_AWAY * condition.mood) * TROUBLE_AWAY**condition.trouble
    return np.stack([base * (towards if move in TOWARDS else away) for move, base in enumerate(nature.hazards)])


def chances(rate: Floats) -> Floats:
    """Chances of each move within a week, of accounts in the stage that it leaves: competing risks."""
    total = np.zeros((len(MOVES), *rate.shape[1:]))
    for stage in range(INTRO, LOST + 1):
        leaving = [move for move, (source, _) in enumerate(MOVES) if source == stage]
        total[leaving] = rate[leaving].sum(axis=0)
    safe = np.maximum(total, 1e-12)
    return rate * -np.expm1(-safe) / safe


def spread(odds: Floats, chance: Floats) -> Floats:
    """The odds of the stages (first axis) a week later."""
    after = odds.copy()
    for move, (source, target) in enumerate(MOVES):
        flow = odds[source] * chance[move]
        after[source] -= flow
        after[target] += flow
    return after


def moved(stage: Ints, chance: Floats, draw: Floats) -> Ints:
    """The stage a week later of accounts in `stage`, by a number drawn for each."""
    after = stage.copy()
    used = np.zeros(len(stage))
    for move, (source, target) in enumerate(MOVES):
        here = np.where(stage == source, chance[move], 0.0)
        after[(draw >= used) & (draw < used + here)] = target
        used += here
    return after


def full_spend(accounts: Accounts, condition: Condition) -> Floats:
    """Mean money a week of an account in its prime; other stages spend a part of it."""
    trouble = 1 - (1 - TROUBLE_SPEND) * condition.trouble
    return (
        accounts.wallet
        * wallet_share(condition.results, condition.products)
        * condition.season
        * np.exp(condition.mood)
        * trouble
    )


def wallet_share(result: Floats, products: Floats) -> Floats:
    """The part of its wallet that an account in its prime spends here: more with better results and more products."""
    return (0.15 + 0.75 * result) * (1 - 0.55**products)
