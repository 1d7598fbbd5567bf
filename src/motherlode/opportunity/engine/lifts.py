"""Belief and trial joined: the lift of every play for every customer, with its uncertainty.

The lift of a play is a linear model of what was believed, of stage, and of room and results. How much of the belief to
keep is not set by hand: it may be right, all of it too large or too small, right but for the size of each play's lifts,
or void; stages may keep to it or not, each by itself; and each combination is weighed by how well it foretold the
trials (marginal likelihood of a Gaussian linear model, see Bishop 2006, Pattern Recognition and Machine Learning,
3.4-3.5). The answers of all are averaged by these weights. So a good belief stays, and a wrong one is given up, by
evidence.
"""

from collections.abc import Sequence
from itertools import product

import msgspec
import numpy as np

from motherlode.opportunity.engine.panel import Floats, Ints
from motherlode.opportunity.engine.rulebook import Belief, expected, fallback, room
from motherlode.opportunity.engine.traits import Traits

# The believed, the void belief, the five stages, and of customers who are active room, results and both.
BELIEVED, VOID, STAGES, MODIFIERS = 0, 1, slice(2, 7), slice(7, 10)
# What does not depend on any belief.
SHARED = slice(2, 10)
WIDTH = 10
# Of a coefficient that a hypothesis does without.
NOTHING = 1e-6
RULE_WIDTHS = (0.003, 0.01, 0.03)
LEVEL_WIDTHS = (0.003, 0.02, 0.1)
NARROW_WIDTHS, WIDE_WIDTH = (0.003, 0.01), 0.06


class Hypothesis(msgspec.Struct, frozen=True):
    """A way in which the belief may be right.

    Attributes
    ----------
    column
        What the lifts follow: `BELIEVED` or `VOID`.
    width
        Standard deviation of the factor by which a play's lifts differ from that, as a share of `size`.
    chance
        How likely this is before any trial; `strays` how likely a stage is to go its own way.
    size
        The factor that all plays have in common.
    """

    column: int
    width: float
    chance: float
    strays: float
    size: float = 1.0


HYPOTHESES = (
    Hypothesis(BELIEVED, 0.15, 0.82, 0.05),
    Hypothesis(BELIEVED, 0.15, 0.015, 0.05, size=1 / 3),
    Hypothesis(BELIEVED, 0.15, 0.015, 0.05, size=3.0),
    Hypothesis(BELIEVED, 0.50, 0.10, 0.05),
    Hypothesis(VOID, 1.00, 0.05, 0.30),
)
STRAYING = np.array(list(product((False, True), repeat=5)))


class Trial(msgspec.Struct, frozen=True):
    """Contacts and hold-outs drawn by lot.

    Attributes
    ----------
    play
        Number of the play, -1 for held out.
    designs
        By play, a row of `features` a contact, as known before it.
    outcome
        Margin of the year after, less what was foretold without any play, as a share of a year in the prime.
    precision
        One over the variance of the outcome, of each contact.
    doubt
        Covariance of the levels of the stages without any play, which every play is held against.
    tier
        Value tier of each contact before it.
    """

    play: Ints
    designs: Sequence[Floats]
    outcome: Floats
    precision: Floats
    doubt: Floats
    tier: Ints


class Lifts(msgspec.Struct, frozen=True):
    """By play, the mean of the coefficients of `features`, and their covariance."""

    means: tuple[Floats, ...]
    covariances: tuple[Floats, ...]

    def of(self, rows: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the lift, plays first, by a list of `features`."""
        mean = np.array([row @ each for row, each in zip(rows, self.means, strict=True)])
        spread = [((row @ each) * row).sum(axis=1) for row, each in zip(rows, self.covariances, strict=True)]
        return mean, np.sqrt(np.maximum(np.array(spread), 0.0))


class _Fit(msgspec.Struct, frozen=True):
    evidence: float
    mean: Floats
    covariance: Floats


def features(belief: Belief, traits: Traits) -> list[Floats]:
    """By play, a row a customer."""
    active = traits.odds[:, 1:4].sum(axis=1)
    spare, good = room(traits) - 1.0, 2 * traits.results - 1.0
    shared = np.column_stack([traits.odds, active * spare, active * good, active * spare * good])
    void = traits.odds @ fallback(belief)
    return [np.column_stack([lift, void[:, play], shared]) for play, lift in enumerate(expected(belief, traits))]


def believed(plays: int, doubt: float = 0.5) -> Lifts:
    """What is known before any trial."""
    mean = np.eye(WIDTH)[BELIEVED]
    width = np.full(WIDTH, NOTHING)
    width[BELIEVED] = doubt
    return Lifts((mean,) * plays, (np.diag(width**2),) * plays)


def learnt(trial: Trial, plays: int) -> Lifts:
    """What is known after the trial."""
    sums = [_sums(trial, play) for play in range(plays)]
    tried = []
    # Where nothing at all was promised, nothing was believed that could be right.
    promised = any(design[:, BELIEVED].any() for design in trial.designs)
    ways = [way for way in HYPOTHESES if promised or way.column == VOID]
    for hypothesis, rule, narrow in product(ways, RULE_WIDTHS, NARROW_WIDTHS):
        fits = [_averaged(_fits(gram, moment, hypothesis, rule, narrow)) for gram, moment in sums]
        # One hypothesis is true of the whole rulebook: every play's trial speaks for it or against it.
        together = float(np.log(hypothesis.chance)) + sum(fit.evidence for fit in fits)
        tried.append([msgspec.structs.replace(fit, evidence=together) for fit in fits])
    answers = [_averaged([fits[play] for fits in tried]) for play in range(plays)]
    return Lifts(tuple(each.mean for each in answers), tuple(each.covariance for each in answers))


def levels(odds: Floats, outcome: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """By how much those held out differ, stage by stage, from what was foretold of them, and the covariance of that.

    Foretold from customers whom nobody touched. Where people chose whom to touch by what is not on record, these are
    others than those held out by lot; by how much is weighed by evidence as beliefs are.
    """
    weighted = odds * precision[:, None]
    gram, moment = weighted.T @ odds, weighted.T @ outcome
    fits = []
    for width in LEVEL_WIDTHS:
        covariance = np.linalg.inv(gram + np.eye(5) / width**2)
        mean = covariance @ moment
        evidence = (np.linalg.slogdet(covariance)[1] - 10 * np.log(width) + mean @ moment) / 2
        fits.append(_Fit(float(evidence), mean, covariance))
    found = _averaged(fits)
    return found.mean, found.covariance


def _sums(trial: Trial, play: int) -> tuple[Floats, Floats]:
    here = trial.play == play
    weighted = trial.designs[play][here] * trial.precision[here, None]
    gram, moment = weighted.T @ trial.designs[play][here], weighted.T @ trial.outcome[here]
    # Every arm is held against the same few who were held out: what they may be wrong by is no sign of a lift, nor
    # evidence for or against a belief, and is integrated out (Woodbury).
    aside = gram[:, STAGES] @ trial.doubt @ np.linalg.inv(np.eye(5) + gram[STAGES, STAGES] @ trial.doubt)
    return gram - aside @ gram[STAGES], moment - aside @ moment[STAGES]


def _fits(gram: Floats, moment: Floats, hypothesis: Hypothesis, rule: float, narrow: float) -> list[_Fit]:
    """A fit for every way in which stages may stray."""
    mean = np.eye(WIDTH)[hypothesis.column] * hypothesis.size
    width = np.full((len(STRAYING), WIDTH), NOTHING)
    width[:, hypothesis.column] = hypothesis.width * hypothesis.size
    width[:, STAGES] = np.where(STRAYING, WIDE_WIDTH, narrow)
    width[:, MODIFIERS] = rule
    covariance = np.linalg.inv(gram + np.eye(WIDTH) * (width**-2)[:, None, :])
    shift = covariance @ (moment - gram @ mean)
    size = np.linalg.slogdet(covariance)[1] - 2 * np.log(width).sum(axis=1)
    fit = shift @ (moment - gram @ mean) + 2 * mean @ moment - mean @ gram @ mean
    chance = np.where(STRAYING, hypothesis.strays, 1 - hypothesis.strays).prod(axis=1)
    evidence = (size + fit) / 2 + np.log(chance)
    return [_Fit(float(e), mean + s, c) for e, s, c in zip(evidence, shift, covariance, strict=True)]


def _averaged(fits: Sequence[_Fit]) -> _Fit:
    """One answer of many, each weighed by its evidence."""
    evidence = np.array([fit.evidence for fit in fits])
    best = evidence.max()
    weights = np.exp(evidence - best)
    total = weights.sum()
    weights /= total
    means = np.array([fit.mean for fit in fits])
    middle = weights @ means
    off = means - middle
    within = np.einsum("k,kij->ij", weights, np.array([fit.covariance for fit in fits]))
    return _Fit(float(best + np.log(total)), middle, within + (off * weights[:, None]).T @ off)
