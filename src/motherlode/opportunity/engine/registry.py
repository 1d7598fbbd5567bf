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

# Of a normal distribution: a simpler ranking must be better for all but one chance in a hundred.
SURELY = 2.33
LEAST_ROWS = 500
ENGINE, COLD = "engine", "cold_start"


class Rank(msgspec.Struct, frozen=True):
    """An order of past contacts, with a play each: the highest score first, none of a score of 0 or less."""

    score: Floats
    play: Ints


class Shadow(msgspec.Struct, frozen=True):
    """What a ranking would have brought a contact by lot; `ahead` is its lead on the engine, `ahead_low` for sure."""

    policy: str
    value: float
    error: float
    ahead: float
    ahead_low: float


class _Lots(msgspec.Struct, frozen=True):
    """Past contacts by lot, and what was foretold of each of them with every play (first axis) and without."""

    play: Ints
    chance: Floats
    profit: Floats
    alone: Floats
    net: Floats
    believed: Floats


def shadows(base: Basis, belief: Belief, depth: float, others: Mapping[str, Sequence[Rank]]) -> list[Shadow]:
    """Every ranking on past contacts, the engine first; empty where lots were too few.

    Parameters
    ----------
    depth
        Share of customers contacted.
    others
        By name, a rank of all customers for each of the snapshots of `base`.
    """
    lots, places = _lots(base, belief)
    if len(lots.play) < LEAST_ROWS:
        return []
    ranks = {ENGINE: _best(lots.net), COLD: _best(lots.believed)}
    for name, given in others.items():
        score, play = (np.array([getattr(rank, part) for rank in given])[places] for part in ("score", "play"))
        ranks[name] = Rank(score, play)
    brought = {name: _brought(lots, rank, depth) for name, rank in ranks.items()}
    return [_shadow(name, values, brought[ENGINE]) for name, values in brought.items()]


def chosen(tried: Sequence[Shadow]) -> str:
    """The ranking to use: the engine, unless another is surely better."""
    surely = [shadow for shadow in tried if shadow.ahead_low > 0]
    return max(surely, key=lambda shadow: shadow.ahead).policy if surely else ENGINE


def _shadow(name: str, values: Floats, engine: Floats) -> Shadow:
    count = np.sqrt(len(values))
    ahead = values - engine
    lead, error = float(ahead.mean()), float(ahead.std() / count)
    return Shadow(name, float(values.mean()), float(values.std() / count), lead, lead - SURELY * error)


def _best(net: Floats) -> Rank:
    return Rank(net.max(axis=0), net.argmax(axis=0))


def _brought(lots: _Lots, rank: Rank, depth: float) -> Floats:
    """Estimated profit beyond doing nothing, of each contact."""
    order = np.argsort(-rank.score, kind="stable")[: round(depth * len(rank.score))]
    who = order[rank.score[order] > 0]
    play = rank.play[who]
    foretold = lots.net[play, who]
    wrong = lots.profit[who] - lots.alone[who]
    did, nothing = lots.play[who] == play, lots.play[who] == HELD_OUT
    brought: Floats = np.zeros(len(rank.score))
    brought[who] = foretold + (did * (wrong - foretold) - nothing * wrong) / lots.chance[who]
    return brought


def _lots(base: Basis, belief: Belief) -> tuple[_Lots, tuple[Ints, Ints]]:
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
    lots = _Lots(touched.play, touched.propensity, profit, alone, found * prime - cost, believed * prime - cost)
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
