"""What is believed of plays before any of them was tried: assumptions, and said to be.

A lift is the share of a customer's value in its prime (`worth`) that exists a year long only because of the play. Where
the company says what it believes, that counts. Where it does not, its habits tell: who calls customers of a stage for
so much money thinks that it pays, with the customer in the middle of them at the least. So the belief comes from costs
and from what customers are worth, not from a table of figures, and is corrected by trials (`lifts`). The rules say for
whom a play does more; they are the trade's, by the stage that a play is made for.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

from motherlode.opportunity.engine.panel import Floats
from motherlode.opportunity.engine.seen import Play
from motherlode.opportunity.engine.stages import STAGES
from motherlode.opportunity.engine.traits import Traits

# What a play is believed to do at least in the stage that it was made for, where nothing else is known.
LITTLE = 0.03
# However dear a play is: no contact is believed to add more than a fifth of a year in the prime.
MOST_LIFT = 0.20
# What helps customers who buy in one stage helps those in the other stages of buyers half as much.
BUYERS, ELSEWHERE = ("trial", "mature", "decline"), 0.5
# Who has a play for a stage, and does not use a dearer one of another stage there, thinks no more of the dearer one. So
# far, as a share of the way in logarithms, this counts beside what the dearer one costs.
CHOSEN = 1 / 3
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


# By the stage that a play is made for: help goes to who has poor results, offers to who has good ones and buys little
# of what there is, and who left is called back when the industry can use it.
CUSTOM: dict[str, Rule] = {
    "trial": Rule((), by_results=-1.0),
    "mature": Rule((), by_results=1.0, by_room=True),
    "lost": Rule((), wants_mood=True),
}


class Belief(msgspec.Struct, frozen=True):
    """Rules in the order of the plays, and the stage that each play was made for ("" for none)."""

    rules: tuple[Rule, ...]
    stages: tuple[str, ...]

    @property
    def lifts(self) -> Floats:
        """Stages first, plays second."""
        return np.array([rule.lifts for rule in self.rules]).reshape(-1, len(STAGES)).T


def belief(plays: Sequence[Play], now: Traits, prime: Floats, costs: Floats) -> Belief:
    """What the company says that it believes of its plays, or else what it must believe as it carries them out.

    Parameters
    ----------
    now, prime, costs
        What is known of customers today, the money of a year in the prime, and what each play (first axis) costs.
    """
    stage = now.odds.argmax(axis=1)
    rules = []
    for play, cost in zip(plays, costs, strict=True):
        here = stage == STAGES.index(play.stage) if play.stage else np.ones(len(stage), dtype=bool)
        rules.append(Rule(tuple(play.lifts)) if play.lifts else _implied(play.stage, prime[here], cost[here]))
    return Belief(_as_chosen(plays, rules), tuple(play.stage for play in plays))


def _implied(stage: str, prime: Floats, cost: Floats) -> Rule:
    """The lift at which a play earns its cost with the customer in the middle of those for whom it is made."""
    even = min(float(np.median(cost)) / float(np.median(prime)), MOST_LIFT) if len(prime) else LITTLE
    alike = BUYERS if stage in BUYERS else (stage,)
    lifts = tuple(even * (name == stage or not stage or (name in alike) * ELSEWHERE) for name in STAGES)
    return msgspec.structs.replace(CUSTOM.get(stage, Rule(())), lifts=lifts)


def _as_chosen(plays: Sequence[Play], rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Beliefs from costs, drawn down in stages for which another play is made to what that one does there."""
    made_for = {play.stage for play in plays}
    own = {
        name: max(rule.lifts[place] for play, rule in zip(plays, rules, strict=True) if play.stage == name)
        for place, name in enumerate(STAGES)
        if name in made_for
    }
    drawn = []
    for play, rule in zip(plays, rules, strict=True):
        lifts = rule.lifts
        if play.stage and not play.lifts:
            most = [
                own.get(name, lift) if name != play.stage else lift for name, lift in zip(STAGES, lifts, strict=True)
            ]
            lifts = tuple(
                min(lift, lift ** (1 - CHOSEN) * max(limit, 0.0) ** CHOSEN)
                for lift, limit in zip(lifts, most, strict=True)
            )
        drawn.append(msgspec.structs.replace(rule, lifts=lifts))
    return tuple(drawn)


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
