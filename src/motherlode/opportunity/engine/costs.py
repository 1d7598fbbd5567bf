"""What each play is expected to cost: an incentive costs where it is redeemed, and that is not only where it works."""

from collections.abc import Sequence

import numpy as np

from motherlode.opportunity.engine import trees
from motherlode.opportunity.engine.panel import Floats
from motherlode.opportunity.engine.seen import Play
from motherlode.opportunity.engine.traits import Known, Traits, traits
from motherlode.opportunity.engine.trials import Contacts

# So many contacts weigh as much as what was expected of redemption.
PAST_WEIGHT = 50.0
# Beginnings of periods from which redemption is learnt.
MOST_STARTS = 4


def costs(plays: Sequence[Play], past: Known, contacts: Contacts, asked: Sequence[Traits]) -> list[Floats]:
    """For every `asked` (of the beginnings of waves, and others), what each play costs with each customer, in money.

    Parameters
    ----------
    contacts
        Past contacts, of which those with a known cost set right what was foretold from untreated customers.
    """
    rows = [_cost(number, play, past, contacts, asked) for number, play in enumerate(plays)]
    return [np.array([row[place] for row in rows]) for place in range(len(asked))]


def _cost(number: int, play: Play, past: Known, contacts: Contacts, asked: Sequence[Traits]) -> Floats:
    money: Floats = np.zeros((len(asked), past.panel.customers))
    periods = max(round(play.rebate_days / past.panel.days), 1)
    if play.rebate:
        money += play.rebate * np.maximum(_soon(past, periods, asked, "tweedie"), 0.0)
    if play.voucher:
        money += play.voucher * np.clip(_soon(past, periods, asked, "binary"), 0.0, 1.0)
    places = {each.until: place for place, each in enumerate(asked)}
    used = contacts.rows((contacts.play == number) & ~np.isnan(contacts.cost) & np.isin(contacts.wave, list(places)))
    if (play.rebate or play.voucher) and used.who.size:
        place = np.array([places[int(wave)] for wave in used.wave])
        odds = np.array([each.odds for each in asked])[place, used.who]
        spent = np.maximum(used.cost - play.contact_cost, 0.0)
        more, beyond = _corrections(money[place, used.who], spent, odds)
        money = np.array(
            [row * (each.odds @ more) + each.odds @ beyond for row, each in zip(money, asked, strict=True)]
        )
    return play.contact_cost + np.maximum(money, 0.0)


def _corrections(guessed: Floats, spent: Floats, odds: Floats) -> tuple[Floats, Floats]:
    """By stage, the factor by which treated customers redeem more than was foretold, and what they redeem besides."""
    usual = PAST_WEIGHT * guessed.mean()
    more = (spent @ odds + usual) / (guessed @ odds + usual + 1e-9)
    # Where next to nothing was foretold, a factor says nothing: such stages redeem what they were seen to redeem.
    beyond = (spent - guessed * (odds @ more)) @ odds / (odds.sum(axis=0) + PAST_WEIGHT)
    return more, beyond


def _soon(past: Known, periods: int, asked: Sequence[Traits], objective: str) -> Floats:
    """For every `asked`, the money paid in so many periods after, or the chance of paying at all."""
    panel = past.panel
    fold = trees.folds(panel.customers)
    starts = list(range(panel.today - periods, 1, -periods))[:MOST_STARTS]
    if not starts:
        return np.zeros((len(asked), panel.customers))
    here = [panel.born < start for start in starts]
    paid = [panel.spend[who, at : at + periods].sum(axis=1) for who, at in zip(here, starts, strict=True)]
    outcome = np.concatenate(paid)
    values = np.concatenate([traits(past, at).values[who] for who, at in zip(here, starts, strict=True)])
    if objective == "binary":
        outcome = (outcome > 0).astype(float)
    lessons = trees.Lessons(values, outcome, np.concatenate([fold[who] for who in here]))
    return np.array(trees.across(lessons, [each.values for each in asked], fold, objective))
