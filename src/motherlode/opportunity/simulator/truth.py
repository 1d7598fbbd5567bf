"""What each treatment would bring every account in the coming year: computed on the odds of the stages, not tried.

The odds of the five stages go forward week by week with the same rates by which the past was lived. Moods and troubles
follow their mean paths, so nothing is drawn and the answer carries no noise.
"""

import msgspec
import numpy as np

from motherlode.opportunity.simulator import lives
from motherlode.opportunity.simulator.accounts import Accounts, Floats
from motherlode.opportunity.simulator.economy import Economy
from motherlode.opportunity.simulator.history import Past
from motherlode.opportunity.simulator.nature import MOVES, Nature
from motherlode.opportunity.simulator.treatments import TREATMENTS, Effect, Treatment, effect, one_hot


class Truth(msgspec.Struct, frozen=True):
    """In money over the coming year; the first axis of `gains` and `costs` is the treatment, the last the account.

    `margins` is the discounted margin without any treatment, `gains` what a treatment adds to it, before its cost.
    """

    margins: Floats
    gains: Floats
    costs: Floats


class _Course(msgspec.Struct, frozen=True):
    margins: Floats
    rebated: Floats
    redeems: Floats


def truth(accounts: Accounts, economy: Economy, past: Past, nature: Nature) -> Truth:
    """Margins with every treatment and with none."""
    odds = one_hot(past.stage)
    alone = _course(accounts, economy, past, nature, None, _nothing(accounts))
    margins, costs = [], []
    for number, treatment in enumerate(TREATMENTS):
        course = _course(accounts, economy, past, nature, treatment, effect(number, accounts, past.skill, odds))
        margins.append(course.margins)
        costs.append(treatment.cost + treatment.rebate * course.rebated + treatment.voucher * course.redeems)
    return Truth(alone.margins, np.stack(margins) - alone.margins, np.stack(costs))


def _nothing(accounts: Accounts) -> Effect:
    none = np.zeros(accounts.count)
    return Effect(np.ones((len(MOVES), accounts.count)), none + 1, none, none)


def _course(
    accounts: Accounts, economy: Economy, past: Past, nature: Nature, treatment: Treatment | None, does: Effect
) -> _Course:
    """The year of every account, all with one treatment or with none."""
    odds = one_hot(past.stage)
    unredeemed, weeks = odds.copy(), treatment.weeks if treatment else 0
    margins, rebated = np.zeros(accounts.count), np.zeros(accounts.count)
    trouble, result = past.trouble.copy(), lives.results(accounts.fit, past.skill + does.learns)
    spends, pays = np.asarray(nature.stage_spend), np.asarray(nature.stage_pace)
    more = _adopted(past.products.astype(float), does.adopts)
    for week in range(1, nature.ahead_weeks + 1):
        at = economy.past - 1 + week
        season, mood = economy.season[accounts.industry, at], economy.mood[accounts.industry, at]
        condition = lives.Condition(result, past.products.astype(float), trouble, season, mood)
        paid = lives.full_spend(accounts, condition) * more * (spends @ odds)
        rate = lives.rates(condition, nature)
        if week <= weeks:
            paid = paid * does.spends
            rebated += paid
            unredeemed = unredeemed * (1 - pays[:, None] * accounts.pace)
            unredeemed = lives.spread(unredeemed, lives.chances(rate * does.boosts))
            rate = rate * does.boosts
        margins += paid * nature.margin * (1 + nature.yearly_discount) ** (-week / 52)
        odds = lives.spread(odds, lives.chances(rate))
        trouble = trouble * (1 - nature.trouble_ends) + (1 - trouble) * nature.trouble_begins
    return _Course(margins, rebated, 1 - unredeemed.sum(axis=0))


def _adopted(products: Floats, adopts: Floats) -> Floats:
    """What the chance of one more product makes of an account's mean share of wallet."""
    missing = 0.55**products
    return (1 - missing * (1 - 0.45 * adopts)) / (1 - missing)
