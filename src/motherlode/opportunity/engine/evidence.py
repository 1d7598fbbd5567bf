"""How well a play is proven, stage by stage, and how small it is kept while it is not.

A pilot is drawn by lot among customers of whom a mistake costs little: the lift is measured as a share of a year in the
prime, so a small customer teaches as much as a large one.
"""

import numpy as np

from motherlode.opportunity.engine.lifts import STAGES, Lifts
from motherlode.opportunity.engine.outlook import Basis, Outlook
from motherlode.opportunity.engine.panel import Flags, Floats
from motherlode.opportunity.engine.trials import HELD_OUT

LEVELS = ("E0", "E1", "E2", "E3", "E4")
BELIEVED, OBSERVED, POOLED, STAGED, CONFIRMED = range(5)
# So many drawn by lot, treated and held out each, make an experiment, with all stages or with one.
POOLED_NEEDS, STAGE_NEEDS = 50, 50
FRESH_DAYS, SURE = 90, 1.2815515655446004
PILOT_CUSTOMERS, PILOT_SHARE, PILOT_SMALLEST = 40, 0.01, 0.5


def levels(base: Basis, found: Lifts) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """The level of evidence of every stage (first axis) and play.

    E0 nobody was contacted; E1 somebody was, but not by lot; E2 lots were drawn, over all stages; E3 lots were drawn in
    the stage; E4 so, within the last 90 days, and the lift is surely above nought (90 %).
    """
    touched = base.contacts
    shots = {shot.start: shot.traits.odds for shot in base.shots}
    drawn = touched.drawn & np.isin(touched.wave, list(shots))
    odds = np.array([shots[int(wave)][who] for wave, who in zip(touched.wave[drawn], touched.who[drawn], strict=True)])
    odds = odds.reshape(-1, 5)
    held = touched.play[drawn] == HELD_OUT
    plays = len(base.seen.plays)
    level = np.zeros((5, plays), dtype=np.int64)
    for play in range(plays):
        treated = touched.play[drawn] == play
        level[:, play] = OBSERVED if (touched.play == play).any() else BELIEVED
        if min(treated.sum(), held.sum()) >= POOLED_NEEDS:
            level[:, play] = POOLED
            enough = np.minimum(odds[treated].sum(axis=0), odds[held].sum(axis=0)) >= STAGE_NEEDS
            level[enough, play] = STAGED
            level[enough & _fresh(base, play) & _sure(found, base, play), play] = CONFIRMED
    return level


def _fresh(base: Basis, play: int) -> bool:
    periods = base.contacts.period[base.contacts.drawn & (base.contacts.play == play)]
    panel = base.past.panel
    return bool(periods.size and (panel.today - periods.max()) * panel.days <= FRESH_DAYS)


def _sure(found: Lifts, base: Basis, play: int) -> Flags:
    """Whether the lift of customers surely in a stage lies above nought."""
    usual = (base.now.odds / np.maximum(base.now.odds.sum(axis=0), 1e-9)).T
    rows = np.zeros((5, len(found.means[play])))
    rows[:, STAGES] = usual @ base.now.odds
    mean, spread = rows @ found.means[play], np.sqrt(np.einsum("ij,jk,ik->i", rows, found.covariances[play], rows))
    sure: Flags = mean > SURE * spread
    return sure


def piloted(view: Outlook, level: np.ndarray[tuple[int, int], np.dtype[np.int64]], odds: Floats, seed: int) -> Flags:
    """By play and customer, who may be contacted: all where there is an experiment, or else a few drawn by lot.

    Parameters
    ----------
    odds
        Of the stages of customers today.
    """
    proven = level.T[:, odds.argmax(axis=1)] >= POOLED
    best = (view.net == view.net.max(axis=0)) & (view.net > 0)
    allowed = proven.copy()
    for play in range(len(view.net)):
        could = np.flatnonzero(best[play] & ~proven[play])
        small = could[np.argsort(view.prime[could], kind="stable")][: max(int(PILOT_SMALLEST * len(could)), 1)]
        size = min(PILOT_CUSTOMERS, round(PILOT_SHARE * len(view.prime)), len(small))
        allowed[play, np.random.default_rng(seed + play).permutation(small)[:size]] = True
    return allowed
