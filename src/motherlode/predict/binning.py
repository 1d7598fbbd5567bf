"""Values put into few answers, each with its weight of evidence (Good 1950; Siddiqi 2006, chapter 6).

A column is first cut into fine slots without looking at the outcome; only counts by slot decide which neighbours become
one answer. So trying a cut again on a part of the cases costs no second look at the values.
"""

from typing import Literal, TypeAlias

import msgspec
import numpy as np

from motherlode.predict.special_functions import Numbers

Course: TypeAlias = Literal["any", "rising", "falling", "free"]

MOST_SLOTS = 32
# An answer holds at least this share of the cases, and this many.
LEAST_SHARE, LEAST_CASES = 0.02, 10
# What a further answer must add to the log likelihood, in halves of the logarithm of cases (which is Schwarz's price):
# less where the rate may only rise or only fall, which cannot follow noise as easily.
FREE_PRICE, MONOTONE_PRICE = 0.5, 0.2
# Cases at everybody's rate that each answer is mixed with.
PRIOR_CASES = 20.0


class Binning(msgspec.Struct, frozen=True):
    """How the values of one column become answers.

    Attributes
    ----------
    marks
        Numbers at which a slot begins, or the codes of categories, in order.
    answers
        Answer of each slot. After those of `marks`, the last but one is for numbers above or codes never seen, and the
        last for unknown values.
    course
        How the rate of the outcome moves with the value: only `rising`, only `falling` or `free`.
    cases, happened
        Counts by answer.
    """

    categorical: bool
    marks: Numbers
    answers: Numbers
    course: Course
    cases: Numbers
    happened: Numbers

    @property
    def evidence(self) -> Numbers:
        """Weight of evidence by answer: logarithm of its odds over everybody's; above 0 it happens more often."""
        return weight_of_evidence(self.cases, self.happened)

    @property
    def information_value(self) -> float:
        """How far the answers tell apart: below 0.02 hardly, from 0.3 strongly (Siddiqi 2006)."""
        missed = self.cases - self.happened
        apart = self.happened / max(self.happened.sum(), 1.0) - missed / max(missed.sum(), 1.0)
        return float((apart * self.evidence).sum())

    def answer(self, values: Numbers) -> Numbers:
        """Number of the answer of each value."""
        return self.answers[slot(values, self.marks, self.categorical)]


def marks_of(values: Numbers, categorical: bool) -> Numbers:
    """Where slots begin: at quantiles of numbers, or a slot a code."""
    known = values[~np.isnan(values)]
    if categorical or known.size == 0:
        return np.unique(known)
    parts = np.arange(1, MOST_SLOTS) / MOST_SLOTS
    marks: Numbers = np.unique(np.quantile(known, parts, method="inverted_cdf"))
    return marks


def slot(values: Numbers, marks: Numbers, categorical: bool) -> Numbers:
    """Slot of each value: the number of marks up to it; for codes their place."""
    side: Literal["left", "right"] = "left" if categorical else "right"
    place = np.searchsorted(marks, values, side=side)
    if categorical and marks.size:
        place[marks[np.minimum(place, marks.size - 1)] != values] = marks.size
    place[np.isnan(values)] = marks.size + 1
    return place


def bin_slots(marks: Numbers, categorical: bool, cases: Numbers, happened: Numbers, course: Course = "any") -> Binning:
    """Join slots to answers by their counts.

    Parameters
    ----------
    cases, happened
        Cases a slot, and how many of them the outcome happened to.
    course
        `rising` or `falling` lets the rate of the outcome move with the value in that direction only; `any` prefers
        one direction where the cases do not clearly speak against it.
    """
    least = max(LEAST_SHARE * cases.sum(), LEAST_CASES)
    if categorical:
        answers, course = _common(cases, least), "free"
    else:
        answers, course = _neighbours(cases[:-1], happened[:-1], least, course)
    answers = np.append(answers, answers.max() + 1)
    counted = (np.bincount(answers, part) for part in (cases, happened))
    return Binning(categorical, marks, answers, course, *counted)


def weight_of_evidence(cases: Numbers, happened: Numbers) -> Numbers:
    """Logarithm of odds over everybody's odds, mixed with `PRIOR_CASES` at everybody's rate."""
    rate = np.clip(happened.sum() / max(cases.sum(), 1.0), 1e-6, 1 - 1e-6)
    odds = (happened + PRIOR_CASES * rate) / (cases - happened + PRIOR_CASES * (1 - rate))
    evidence: Numbers = np.log(odds) - np.log(rate / (1 - rate))
    return evidence


def pooled(weights: Numbers, sums: Numbers) -> Numbers:
    """Blocks of neighbours whose means rise: the pool-adjacent-violators algorithm (Ayer et al. 1955)."""
    blocks: list[tuple[float, float, int]] = []
    for weight, total in zip(weights.tolist(), sums.tolist(), strict=True):
        block = (weight, total, 1)
        while blocks and blocks[-1][1] * block[0] >= block[1] * blocks[-1][0]:
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2] + block[2])
        blocks.append(block)
    return np.repeat(np.arange(len(blocks)), [size for _, _, size in blocks])


def _common(cases: Numbers, least: float) -> Numbers:
    """Each common category is an answer of its own; the rare ones and those never seen share the last."""
    common = cases[:-1] >= least
    common[-1] = False
    return np.where(common, np.cumsum(common) - 1, common.sum())


def _neighbours(cases: Numbers, happened: Numbers, least: float, course: Course) -> tuple[Numbers, Course]:
    """The best way to join neighbouring numbers, and the course that it follows."""
    price = np.log(max(cases.sum(), 2.0)) / 2
    found: list[tuple[float, Numbers, Course]] = []
    if course != "falling":
        found.append((*_joined(cases, happened, least, price * MONOTONE_PRICE, pooled(cases, happened)), "rising"))
    if course in ("any", "falling"):
        falling = pooled(cases, -happened)
        found.append((*_joined(cases, happened, least, price * MONOTONE_PRICE, falling), "falling"))
    if course == "any":
        worth, answers = _joined(cases, happened, least, price * FREE_PRICE, np.arange(cases.size))
        found.append((worth - price, answers, "free"))
    _, answers, chosen = max(found, key=lambda way: way[0])
    return answers, chosen


def _joined(cases: Numbers, happened: Numbers, least: float, price: float, block: Numbers) -> tuple[float, Numbers]:
    """Worth and answers of the best way to join neighbouring blocks."""
    worth, answers = partition(np.bincount(block, cases), np.bincount(block, happened), least, price)
    return worth, answers[block]


def partition(cases: Numbers, happened: Numbers, least: float, price: float) -> tuple[float, Numbers]:
    """Runs of neighbours with the highest log likelihood less `price` a run, each of at least `least` cases.

    Exact, by dynamic programming over where the last run begins (Fisher 1958; Jackson et al. 2005).
    """
    upto, hits = np.append(0.0, cases.cumsum()), np.append(0.0, happened.cumsum())
    if upto[-1] < 2 * least:
        return float(_log_likelihood(upto[-1:], hits[-1:])[0] - price), np.zeros(cases.size, dtype=np.int64)
    best, begin = np.full(upto.size, -np.inf), np.zeros(upto.size, dtype=np.int64)
    best[0] = 0.0
    for end in range(1, upto.size):
        size = upto[end] - upto[:end]
        worth = np.where(size >= least, best[:end] + _log_likelihood(size, hits[end] - hits[:end]) - price, -np.inf)
        begin[end] = worth.argmax()
        best[end] = worth[begin[end]]
    starts, end = np.zeros(cases.size, dtype=np.int64), cases.size
    while end > 0:
        end = begin[end]
        starts[end] = 1
    return float(best[-1]), starts.cumsum() - 1


def _log_likelihood(cases: Numbers, happened: Numbers) -> Numbers:
    """Of cases that share one rate, at that rate."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hit = np.nan_to_num(happened * np.log(happened / cases))
        miss = np.nan_to_num((cases - happened) * np.log1p(-happened / cases))
    return np.asarray(hit + miss)
