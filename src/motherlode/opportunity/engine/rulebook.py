"""What is believed of plays before any of them was tried: assumptions, and said to be.

A lift is the share of a customer's value in its prime (`worth`) that exists a year long only because of the play. The
figures are round numbers of judgement, to be corrected by trials (`lifts`); the rules say for whom a play does more.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from motherlode.opportunity.engine.panel import Floats
from motherlode.opportunity.engine.seen import Play
from motherlode.opportunity.engine.stages import STAGES
from motherlode.opportunity.engine.traits import Traits

# Of a play that nobody has a belief of: it does a little in the stage that it was made for.
LITTLE = 0.03
# An industry that fell by this much (logarithm) has no use for who is called back; they gain so little of it.
SLUMP, SLUMP_LEFT = -0.2, 0.3
LEAST_ROOM, MOST_ROOM = 0.3, 2.0


class Rule(msgspec.Struct, frozen=True):
    """Beliefs about one play.

    Attributes
    ----------
    lifts
        By stage: intro, trial, mature, decline, lost.
    by_results
        How much more it does for who has the best results than for who has the worst, as a share of the lift.
    by_room
        Whether it does more for those who buy fewer categories than is usual.
    wants_mood
        Whether it is of little use while the industry is in a slump.
    """

    lifts: tuple[float, ...]
    by_results: float = 0.0
    by_room: bool = False
    wants_mood: bool = False


RULES: dict[str, Rule] = {
    "onboard_first_order": Rule((0.10, 0.02, 0.0, 0.0, 0.0)),
    "coach_skill": Rule((0.02, 0.10, 0.05, 0.05, 0.0), by_results=-0.9),
    "cross_sell": Rule((0.0, 0.01, 0.04, 0.01, 0.0), by_results=1.1, by_room=True),
    "discount": Rule((0.0, 0.02, 0.01, 0.05, 0.0)),
    "win_back": Rule((0.0, 0.0, 0.0, 0.0, 0.04), wants_mood=True),
    "nudge_email": Rule((0.005, 0.005, 0.0, 0.002, 0.001)),
}  # fmt: skip


class Belief(msgspec.Struct, frozen=True):
    """Rules in the order of the plays, and the stage that each play was made for ("" for none)."""

    rules: tuple[Rule, ...]
    stages: tuple[str, ...]

    @property
    def lifts(self) -> Floats:
        """Stages first, plays second."""
        return np.array([rule.lifts for rule in self.rules]).reshape(-1, len(STAGES)).T


def belief(plays: Sequence[Play]) -> Belief:
    """What the company believes of its plays, or else this rulebook, or else next to nothing."""
    return Belief(tuple(_rule(play) for play in plays), tuple(play.stage for play in plays))


def _rule(play: Play) -> Rule:
    if play.lifts:
        return Rule(tuple(play.lifts))
    return RULES.get(play.name, Rule(tuple(LITTLE * (stage == play.stage) for stage in STAGES)))


def fallback(belief: Belief) -> Floats:
    """By stage and play, what would be believed without any rulebook."""
    made_for = np.array([[stage == made for made in belief.stages] for stage in STAGES])
    return np.where(made_for, LITTLE, 0.0)


def room(traits: Traits) -> Floats:
    """How few categories a customer buys against what is usual: 1 is usual, more is more room."""
    buys = traits.breadth > 0
    usual = np.median(traits.breadth[buys]) if buys.any() else 1.0
    return np.where(buys, np.clip(usual / np.maximum(traits.breadth, 1.0), LEAST_ROOM, MOST_ROOM), 1.0)


def expected(belief: Belief, traits: Traits) -> Floats:
    """The lift believed of every play (first axis) for every customer."""
    usual = (traits.odds @ belief.lifts).T
    slump = np.where(traits.mood < SLUMP, SLUMP_LEFT, 1.0)
    rows = []
    for rule, lift in zip(belief.rules, usual, strict=True):
        lift = lift * (1 + rule.by_results * (traits.results - 0.5))
        lift = lift * (room(traits) if rule.by_room else 1.0)
        rows.append(lift * (slump if rule.wants_mood else 1.0))
    return np.array(rows).reshape(len(belief.rules), len(traits.odds))
