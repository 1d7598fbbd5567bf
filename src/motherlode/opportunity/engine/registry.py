"""Rankings that run in shadow: what each would have brought, on past contacts drawn by lot, and which one to use.

The value of a ranking is estimated doubly robustly (Dudik, Langford, Li 2011, ICML, "Doubly robust policy evaluation
and learning"): what was foretold of everybody it would have contacted, and, where the lot did just what it would have
done, what was foretold wrongly, over the chance of that. No customer is valued by lifts that learnt from it.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from motherlode.opportunity.engine import lifts, trees
from motherlode.opportunity.engine.outlook import Basis, trial
from motherlode.opportunity.engine.panel import Floats, Ints
from motherlode.opportunity.engine.rulebook import Belief, expected
from motherlode.opportunity.engine.trials import HELD_OUT

# The chance that any simpler ranking, of all that are tried, is taken for better than the engine when none is.
MISTAKEN = 0.01
LEAST_ROWS = 500
ENGINE, COLD = "engine", "cold_start"


class Rank(msgspec.Struct, frozen=True):
    """An order of customers, with a play each: the highest score first, none of a score of 0 or less."""

    score: Floats
    play: Ints


class Shadow(msgspec.Struct, frozen=True):
    """What a ranking would have brought a contact by lot; `ahead` is its lead on the engine, `ahead_low` for sure."""

    policy: str
    value: float
    error: float
    ahead: float
    ahead_low: float


class Lots(msgspec.Struct, frozen=True):
    """Past contacts by lot: what was done and came of it, and what was foretold with every play (first axis) or none.

    Attributes
    ----------
    play, chance
        What the lot said, and how likely that was.
    profit, alone
        Margin of the year after, less what the contact cost; and what was foretold without any.
    gains, believed, costs
        What each play was foretold to add, by the engine and by belief alone, and its cost.
    """

    play: Ints
    chance: Floats
    profit: Floats
    alone: Floats
    gains: Floats
    believed: Floats
    costs: Floats


def shadows(base: Basis, belief: Belief, depth: float, figures: Mapping[str, Sequence[Floats]]) -> list[Shadow]:
    """Every ranking on past contacts, the engine first; empty where lots were too few.

    Parameters
    ----------
    depth
        Share of customers contacted.
    figures
        By name, a figure of all customers for each of the snapshots of `base`. Customers of a stage get the play that
        brings most with all of them (`best_of_stages`), and what it brings in all is spread by the figure (`spread`).
    """
    lots, (shot, who) = lots_of(base, belief)
    if len(lots.play) < LEAST_ROWS:
        return []
    ranks = {ENGINE: _best(lots.gains - lots.costs), COLD: _best(lots.believed - lots.costs)}
    stage = np.array([each.traits.odds.argmax(axis=1) for each in base.shots])[shot, who]
    play = best_of_stages(lots.gains - lots.costs, stage)
    for name, given in figures.items():
        score = np.array(given[: len(base.shots)])[shot, who]
        ranks[name] = spread(Rank(score, play), lots.gains, lots.costs)
    return compared({name: brought(lots, rank, depth) for name, rank in ranks.items()})


def compared(values: Mapping[str, Floats]) -> list[Shadow]:
    """Rankings by what each brought each of the same customers, held against the engine, which is among them."""
    others = max(len(values) - 1, 1)
    return [_shadow(name, each, values[ENGINE], surely(others)) for name, each in values.items()]


def surely(others: int) -> float:
    """How many standard errors one of so many rankings must lie ahead (Bonferroni)."""
    from scipy.stats import norm

    return float(norm.isf(MISTAKEN / others))


def chosen(tried: Sequence[Shadow]) -> str:
    """The ranking to use: the engine, unless another is surely better."""
    better = [shadow for shadow in tried if shadow.ahead_low > 0]
    return max(better, key=lambda shadow: shadow.ahead).policy if better else ENGINE


def best_of_stages(net: Floats, stage: Ints) -> Ints:
    """A play for everybody: the one that brings most with all customers of the stage, by profit (play, customer)."""
    play: Ints = np.zeros(len(stage), dtype=int)
    for here in (stage == each for each in np.unique(stage)):
        play[here] = net[:, here].sum(axis=1).argmax()
    return play


def spread(figure: Rank, gains: Floats, costs: Floats) -> Rank:
    """Customers by profit, where what each play brings in all is divided among its customers by a figure of theirs.

    Parameters
    ----------
    figure
        Everybody's figure (nil or more), and the play meant for them.
    gains, costs
        By play and customer.
    """
    worth = np.zeros(len(figure.score))
    who = np.arange(len(worth))
    for play in range(len(gains)):
        here = figure.play == play
        whole = figure.score[here].sum()
        if whole > 0:
            worth[here] = figure.score[here] * gains[play, here].sum() / whole
    return Rank(worth - costs[figure.play, who], figure.play)


def _shadow(name: str, values: Floats, engine: Floats, sure: float) -> Shadow:
    count = np.sqrt(len(values))
    ahead = values - engine
    lead, error = float(ahead.mean()), float(ahead.std() / count)
    return Shadow(name, float(values.mean()), float(values.std() / count), lead, lead - sure * error)


def _best(net: Floats) -> Rank:
    return Rank(net.max(axis=0), net.argmax(axis=0))


def brought(lots: Lots, rank: Rank, depth: float) -> Floats:
    """Estimated profit beyond doing nothing, of each contact, had only the first by a ranking been contacted."""
    order = np.argsort(-rank.score, kind="stable")[: round(depth * len(rank.score))]
    who = order[rank.score[order] > 0]
    play = rank.play[who]
    foretold = lots.gains[play, who] - lots.costs[play, who]
    wrong = lots.profit[who] - lots.alone[who]
    did, nothing = lots.play[who] == play, lots.play[who] == HELD_OUT
    values: Floats = np.zeros(len(rank.score))
    values[who] = foretold + (did * (wrong - foretold) - nothing * wrong) / lots.chance[who]
    return values


def lots_of(base: Basis, belief: Belief) -> tuple[Lots, tuple[Ints, Ints]]:
    """Lots of customers who were known, and their places: snapshot and customer."""
    starts = [shot.start for shot in base.shots]
    touched = base.contacts.rows(base.contacts.drawn & np.isin(base.contacts.wave, starts))
    shot = np.searchsorted(starts, touched.wave)
    here = np.array([each.here for each in base.shots])[shot, touched.who]
    touched, shot = touched.rows(here), shot[here]
    places = (shot, touched.who)
    margin = base.seen.margin_share
    prime, alone = (np.array(each[: len(starts)])[places] for each in (base.prime, base.alone))
    cost = np.array(base.past_costs)[shot, :, touched.who].T
    paid = np.where(np.isnan(touched.cost), cost[np.maximum(touched.play, 0), np.arange(len(shot))], touched.cost)
    profit = margin * np.array([each.year for each in base.shots])[places] - paid * (touched.play != HELD_OUT)
    found = _cross_fitted(base, belief, touched.who, places)
    believed = np.array([expected(belief, each.traits) for each in base.shots])[shot, :, touched.who].T
    lots = Lots(touched.play, touched.propensity, profit, alone, found * prime, believed * prime, cost)
    return lots, places


def _cross_fitted(base: Basis, belief: Belief, who: Ints, places: tuple[Ints, Ints]) -> Floats:
    """The lift of every play for each contact, learnt from contacts with other customers."""
    fold = trees.folds(base.past.panel.customers)
    rows = [lifts.features(belief, each.traits) for each in base.shots]
    plays = len(belief.rules)
    found: Floats = np.zeros((plays, len(who)))
    for here in range(trees.FOLDS):
        kept = base.contacts.rows(fold[base.contacts.who] != here)
        known = lifts.learnt(trial(msgspec.structs.replace(base, contacts=kept), belief), plays)
        for play in range(plays):
            mean = np.array([row[play] @ known.means[play] for row in rows])[places]
            found[play, fold[who] == here] = mean[fold[who] == here]
    return found
