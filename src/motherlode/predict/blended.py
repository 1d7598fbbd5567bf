"""What customers do against what they buy: two opinions of a chance, weighed stage by stage."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from motherlode import opinions
from motherlode.opinions import WEIGHTS, Weight
from motherlode.predict.estimators import Scored
from motherlode.predict.special_functions import Numbers

STAGES = ("trial", "mature", "decline", "lost")
TRIAL, MATURE, DECLINE, LOST = range(4)
# Stages by what was bought: as profile.lifecycle has them, in own gaps, without its season.
TRIAL_DAYS, TRIAL_ORDERS = 70, 2
LOST_GAPS, LOST_DAYS = 5.0, 56.0
DECLINED = 0.55
QUARTERS = 4.0
# What is seen of a customer besides buying, and what stages are told by.
BEHAVIOUR = (
    "events_28d", "events_13w", "sessions_28d", "views_28d", "carts_28d", "event_kinds_13w", "unseen_days"
)  # fmt: skip
TOLD_BY = ("active_days", "idle_days", "tenure_days", "spend_13w", "spend_prior_52w")
# The trade's seven to three, and how many cases it is worth; below so many nothing is learnt.
PRIOR, DECISIONS, LEAST_CASES = 0.7, 30.0, 200
# More cases of a stage than these say nothing new of its weight.
MOST_CASES = 4_000
STEPS = 6


class StageWeight(NamedTuple):
    """The weight of behaviour in a stage: as learnt, of how many cases, and what is in force."""

    learnt: Weight
    cases: int
    in_force: float


class Blended:
    """Chances by behaviour and by transactions, pooled in logits, with a weight for each stage.

    `logit p = w x logit p(behaviour) + (1 - w) x logit p(transactions) + b`: each of the two is learnt alone; the
    weight is the one by which they, learnt from other cases, tell best what came, drawn to seven to three; `b` sets the
    level right.

    Parameters
    ----------
    behaviour, transactions
        Places of the columns of either kind.
    stage
        The stage (0 to 3) of each row.
    build
        Makes the estimator of either kind.
    """

    def __init__(
        self,
        behaviour: Sequence[int],
        transactions: Sequence[int],
        stage: Callable[[Numbers], Numbers],
        build: Callable[[], Scored],
    ) -> None:
        self.kinds = (list(behaviour), list(transactions))
        self.stage = stage
        self.build = build

    def fit(self, values: Numbers, target: Numbers) -> "Blended":
        if not behaves(values[:, self.kinds[0]]):
            return self._without_behaviour(values, target)
        happened = (target > 0.5).astype(np.float64)
        fold = np.random.default_rng(7).integers(0, 2, len(values))
        told = np.zeros((2, len(values)))
        for other in (0, 1):
            for kind, member in enumerate(self._members(values[fold != other], target[fold != other])):
                told[kind, fold == other] = member.score(values[fold == other][:, self.kinds[kind]])
        stage = self.stage(values)
        self.weights_, self.level_ = {}, {}
        for number in range(len(STAGES)):
            here = stage == number
            self.weights_[number] = _weight(told[:, here], happened[here])
            self.level_[number] = _level(_pooled(told[:, here], self.weights_[number].in_force), happened[here])
        self.members_ = self._members(values, target)
        return self

    def score(self, values: Numbers) -> Numbers:
        told, (weight, level) = self.told(values), self._by_stage(values)
        return np.asarray(weight * told[0] + (1 - weight) * told[1] + level)

    def predict(self, values: Numbers) -> Numbers:
        return opinions.chance(self.score(values))

    def explain(self, values: Numbers) -> Numbers:
        """What each column adds to the score, and last what every row of its stage has."""
        weight, level = self._by_stage(values)
        added = np.zeros((len(values), values.shape[1] + 1))
        for member, kind, share in zip(self.members_, self.kinds, (weight, 1 - weight), strict=True):
            part = member.explain(values[:, kind]) * share[:, None]
            added[:, kind] += part[:, :-1]
            added[:, -1] += part[:, -1]
        added[:, -1] += level
        return added

    def told(self, values: Numbers) -> Numbers:
        """Logits by behaviour (first) and by transactions."""
        return np.array([member.score(values[:, kind]) for member, kind in zip(self.members_, self.kinds, strict=True)])

    def _by_stage(self, values: Numbers) -> tuple[Numbers, Numbers]:
        stage = self.stage(values)
        weight = np.array([self.weights_[number].in_force for number in range(len(STAGES))])
        level = np.array([self.level_[number] for number in range(len(STAGES))])
        return weight[stage], level[stage]

    def _without_behaviour(self, values: Numbers, target: Numbers) -> "Blended":
        """Transactions speak alone where nobody was seen to do anything else."""
        self.kinds = ([], self.kinds[1])
        member = self.build().fit(values[:, self.kinds[1]], target)
        self.members_ = [_Silent(), member]
        nothing = StageWeight(Weight(0.0, 0.0, 0.0), 0, 0.0)
        self.weights_, self.level_ = dict.fromkeys(range(len(STAGES)), nothing), dict.fromkeys(range(len(STAGES)), 0.0)
        return self

    def _members(self, values: Numbers, target: Numbers) -> list[Scored]:
        return [self.build().fit(values[:, kind], target) for kind in self.kinds]


class _Silent:
    """Says nothing of anybody."""

    def fit(self, values: Numbers, target: Numbers) -> "_Silent":
        return self

    def predict(self, values: Numbers) -> Numbers:
        return np.full(len(values), 0.5)

    def score(self, values: Numbers) -> Numbers:
        return np.zeros(len(values))

    def explain(self, values: Numbers) -> Numbers:
        return np.zeros((len(values), 1))


def behaves(values: Numbers) -> bool:
    """Whether columns of behaviour tell anybody from anybody else."""
    return bool(values.shape[1]) and bool((np.ptp(np.nan_to_num(values), axis=0) > 0).any())


def seen_of(columns: Sequence[str]) -> tuple[list[int], list[int]]:
    """Places of the columns of behaviour, and of the others."""
    behaviour = [place for place, name in enumerate(columns) if name in BEHAVIOUR]
    return behaviour, [place for place in range(len(columns)) if place not in behaviour]


def stages_of(columns: Sequence[str]) -> Callable[[Numbers], Numbers]:
    """A function that tells the stage of each row of such columns: of all `mature` where they do not say."""
    if not set(TOLD_BY) <= set(columns):
        return lambda values: np.full(len(values), MATURE)
    places = [list(columns).index(name) for name in TOLD_BY]

    def stage(values: Numbers) -> Numbers:
        days, idle, tenure, quarter, before = np.nan_to_num(values[:, places].T.astype(np.float64))
        gap = (tenure - idle) / np.maximum(days - 1, 1)
        lost = idle > np.maximum(LOST_GAPS * gap, LOST_DAYS)
        young = (tenure <= TRIAL_DAYS) | (days <= TRIAL_ORDERS)
        declined = quarter < DECLINED * before / QUARTERS
        return np.select([lost, young, declined], [LOST, TRIAL, DECLINE], MATURE)

    return stage


def _weight(told: Numbers, happened: Numbers) -> StageWeight:
    """The weight that makes what came likeliest, at the best level for each."""
    cases = happened.size
    told, happened = told[:, :MOST_CASES], happened[:MOST_CASES]
    likelihood = np.zeros(len(WEIGHTS))
    if happened.size and 0 < happened.sum() < happened.size:
        odds = WEIGHTS[:, None] * told[0] + (1 - WEIGHTS[:, None]) * told[1]
        odds += _levels(odds, happened)[:, None]
        likelihood = (happened * odds - np.logaddexp(0.0, odds)).sum(axis=1)
    learnt = opinions.learnt(likelihood, PRIOR, DECISIONS)
    return StageWeight(learnt, cases, learnt.weight if cases >= LEAST_CASES else PRIOR)


def _pooled(told: Numbers, weight: float) -> Numbers:
    return np.asarray(weight * told[0] + (1 - weight) * told[1])


def _level(odds: Numbers, happened: Numbers) -> float:
    return float(_levels(odds[None, :], happened)[0]) if happened.size >= LEAST_CASES else 0.0


def _levels(odds: Numbers, happened: Numbers) -> Numbers:
    """What is to be added to logits (a row a try) that they may tell as often as it happened: Newton's steps."""
    level = np.zeros(len(odds))
    for _ in range(STEPS):
        chance = opinions.chance(odds + level[:, None])
        slope = (chance * (1 - chance)).sum(axis=1) + 1.0
        level += (happened.sum() - chance.sum(axis=1) - level) / slope
    return level
