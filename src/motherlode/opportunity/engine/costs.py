"""What each play is expected to cost: an incentive costs where it is redeemed, and that is not only where it works."""

import numpy as np

from motherlode.opportunity.engine import trees
from motherlode.opportunity.engine.panel import Floats
from motherlode.opportunity.engine.seen import Play, Seen
from motherlode.opportunity.engine.traits import Known, Traits, traits
from motherlode.opportunity.engine.trials import Contacts

# So many redeemed vouchers, and so much money given back (in contacts), weigh as much as what was expected.
PAST_WEIGHT = 50.0


def costs(seen: Seen, past: Known, contacts: Contacts, now: Traits) -> Floats:
    """Money that each play (first axis) is expected to cost with each customer."""
    rows = [_cost(number, play, past, contacts, now) for number, play in enumerate(seen.plays)]
    return np.array(rows).reshape(len(seen.plays), past.panel.customers)


def _cost(number: int, play: Play, past: Known, contacts: Contacts, now: Traits) -> Floats:
    contact = np.full(past.panel.customers, play.contact_cost)
    if not play.rebate and not play.voucher:
        return contact
    used = contacts.rows((contacts.play == number) & ~np.isnan(contacts.cost))
    waves = np.unique(used.wave)
    known = {int(wave): traits(past, int(wave)) for wave in waves}
    periods = max(round(play.rebate_days / past.panel.days), 1)
    asked = [*known.values(), now]
    money: Floats = np.zeros((len(asked), past.panel.customers))
    if play.rebate:
        money += play.rebate * np.maximum(_soon(past, periods, asked, "tweedie"), 0.0)
    if play.voucher:
        money += play.voucher * np.clip(_soon(past, periods, asked, "binary"), 0.0, 1.0)
    if not len(waves):
        return np.asarray(contact + money[-1])
    place = np.searchsorted(waves, used.wave)
    guessed = money[place, used.who]
    spent = np.maximum(used.cost - play.contact_cost, 0.0)
    odds: Floats = np.array([each.odds for each in known.values()])[place, used.who]
    expected: Floats = contact + _corrected(money[-1], now.odds, guessed, spent, odds)
    return expected


def _corrected(money: Floats, stage: Floats, guessed: Floats, spent: Floats, odds: Floats) -> Floats:
    """What was foretold from untreated customers, moved by what treated ones of each stage redeemed beyond it."""
    usual = guessed.mean() if guessed.size else 0.0
    more = ((spent + 0.0) @ odds + PAST_WEIGHT * usual) / (guessed @ odds + PAST_WEIGHT * usual + 1e-9)
    # Where next to nothing was foretold, a factor says nothing: such stages redeem what they were seen to redeem.
    beyond = (spent - guessed * (odds @ more)) @ odds / (odds.sum(axis=0) + PAST_WEIGHT)
    result: Floats = money * (stage @ more) + stage @ beyond
    return np.maximum(result, 0.0)


def _soon(past: Known, periods: int, asked: list[Traits], objective: str) -> Floats:
    """For every `asked`, the money paid in so many periods after, or the chance of paying at all."""
    panel = past.panel
    fold = trees.folds(panel.customers)
    starts = list(range(panel.today - periods, 1, -periods))[:4]
    values, outcome, folded = [], [], []
    for start in starts:
        here = panel.born < start
        paid = panel.spend[here, start : start + periods].sum(axis=1)
        values.append(traits(past, start).values[here])
        outcome.append(paid if objective == "tweedie" else (paid > 0).astype(float))
        folded.append(fold[here])
    if not starts:
        return np.zeros((len(asked), panel.customers))
    known = trees.Lessons(np.concatenate(values), np.concatenate(outcome), np.concatenate(folded))
    return np.array(trees.across(known, [each.values for each in asked], fold, objective))
