"""Scorecards: points for each answer, which add up to the odds of an outcome."""

from collections.abc import Sequence

import msgspec
import numpy as np

from motherlode.predict.binning import Binning, Course, bin_slots, marks_of, pooled, slot
from motherlode.predict.logistic import penalised
from motherlode.predict.special_functions import Numbers

FOLDS = 5
# Cases by which a column's weight is held at 1, its value were all columns independent, and an answer's own
# correction at 0. Chosen on samples of five public data sets; German credit was looked at on the way.
WEIGHT_PRIOR, ANSWER_PRIOR = 5.0, 20.0
# Beyond so many cases the points hardly change.
MOST_CASES = 100_000


class Answer(msgspec.Struct, frozen=True):
    """One line of a scorecard.

    Attributes
    ----------
    column
        Place of the column in the matrix; -1 is the line of the base points, which everybody has.
    low, high
        Numbers of this answer are at least `low` and below `high`; infinite at the ends, not numbers for categories.
    codes
        Codes of categories of this answer; empty for numbers, unknown values, and categories too rare or never seen.
    kind
        `base`, `number`, `category`, `other` or `unknown`.
    rate
        Share of the cases that it happened to.
    """

    column: int
    kind: str
    low: float
    high: float
    codes: tuple[float, ...]
    cases: int
    happened: int
    rate: float
    evidence: float
    points: int


class Scorecard:
    """Weights of evidence put together by penalised logistic regression, on a matrix with a column a question.

    Unknown values are not numbers. Weights of evidence that a column's weight is learnt with come from other cases
    than those they stand for, so that a column of noise gets next to no weight.

    Parameters
    ----------
    categorical
        Places of columns whose numbers are codes without order.
    rising, falling
        Places of columns whose points may only rise, or only fall, with the value.
    base_points, base_odds, doubling_points
        Points of somebody with these odds (happens to happens not), and the points that double the odds. Below 0,
        points fall with the odds: the custom with credit, where many points are safe.
    """

    def __init__(
        self,
        *,
        categorical: Sequence[int] = (),
        rising: Sequence[int] = (),
        falling: Sequence[int] = (),
        base_points: float = 600.0,
        base_odds: float = 1.0,
        doubling_points: float = 20.0,
    ) -> None:
        self.categorical = frozenset(categorical)
        self.courses: dict[int, Course] = {**dict.fromkeys(rising, "rising"), **dict.fromkeys(falling, "falling")}
        self.base_points = base_points
        self.base_odds = base_odds
        self.doubling_points = doubling_points

    def fit(self, values: Numbers, target: Numbers) -> "Scorecard":
        """Learn from cases: a row of `values` and 1 (happened) or 0 of `target` each."""
        values, target = _bounded(np.asarray(values, dtype=np.float64), np.asarray(target, dtype=np.float64))
        places = range(values.shape[1])
        marks = [marks_of(values[:, place], place in self.categorical) for place in places]
        slots = [slot(values[:, place], marks[place], place in self.categorical) for place in places]
        rows = np.arange(target.size)
        self.binnings_ = [self._binning(place, marks[place], slots[place], target, rows) for place in places]
        told = np.zeros(values.shape)
        for fold in _folds(target):
            others = np.setdiff1d(rows, fold, assume_unique=True)
            for place in places:
                binning = self._binning(place, marks[place], slots[place], target, others)
                told[fold, place] = binning.evidence[binning.answers[slots[place][fold]]]
        self.weights_ = _weights(told, target)
        answers = [binning.answers[slots[place]] for place, binning in enumerate(self.binnings_)]
        self.effects_, self.base_ = self._effects(answers, target)
        return self

    def score(self, values: Numbers) -> Numbers:
        """Logits."""
        return np.asarray(self.explain(values).sum(axis=1))

    def predict(self, values: Numbers) -> Numbers:
        """Probability that it happens."""
        return np.asarray(1 / (1 + np.exp(-self.score(values))))

    def explain(self, values: Numbers) -> Numbers:
        """What each answer adds to the logit of each row, and last what every row has: they add up to `score`.

        A column adds nothing on average over the cases that were learnt from.
        """
        parts = [effect[answer] for effect, answer in zip(self.effects_, self._answers(values), strict=True)]
        return np.column_stack([*parts, np.full(len(values), self.base_)])

    def total_points(self, values: Numbers) -> Numbers:
        """Sum of the points of each row's answers, base points included: what one would add up by hand."""
        points = [self._points(effect) for effect in self.effects_]
        parts = [point[answer] for point, answer in zip(points, self._answers(values), strict=True)]
        return np.asarray(np.sum(parts, axis=0, dtype=np.int64) + self._base_points())

    def points(self) -> list[Answer]:
        """The card: the base points, then a line an answer."""
        cases, happened = (int(getattr(self.binnings_[0], name).sum()) for name in ("cases", "happened"))
        base = Answer(-1, "base", np.nan, np.nan, (), cases, happened, happened / cases, 0.0, self._base_points())
        return [base, *(line for place in range(len(self.binnings_)) for line in self._lines(place))]

    def information_values(self) -> Numbers:
        """How far each column tells apart on its own."""
        return np.array([binning.information_value for binning in self.binnings_])

    def shares(self, values: Numbers) -> list[Numbers]:
        """By column, the part of the rows that each answer has: what the stability of a population is seen by."""
        sizes = [binning.cases.size for binning in self.binnings_]
        found = zip(self._answers(values), sizes, strict=True)
        return [np.bincount(answer, minlength=size) / max(len(values), 1) for answer, size in found]

    def _answers(self, values: Numbers) -> list[Numbers]:
        matrix = np.asarray(values, dtype=np.float64)
        return [binning.answer(matrix[:, place]) for place, binning in enumerate(self.binnings_)]

    def _binning(self, place: int, marks: Numbers, slots: Numbers, target: Numbers, rows: Numbers) -> Binning:
        size = marks.size + 2
        cases = np.bincount(slots[rows], minlength=size).astype(np.float64)
        happened = np.bincount(slots[rows], target[rows], minlength=size)
        return bin_slots(marks, place in self.categorical, cases, happened, self.courses.get(place, "any"))

    def _effects(self, answers: list[Numbers], target: Numbers) -> tuple[list[Numbers], float]:
        """Effect of each answer on the logit, and the base: the weighted evidence, corrected jointly.

        An answer's evidence is what it says alone. What it adds to the other answers may differ, and is let differ by
        as much as the cases insist on.
        """
        binnings = self.binnings_
        starts = [weight * binning.evidence for weight, binning in zip(self.weights_, binnings, strict=True)]
        begins = np.cumsum([0, *(start.size for start in starts)])
        asked = np.zeros((target.size, begins[-1]))
        for begin, answer in zip(begins, answers, strict=False):
            asked[np.arange(target.size), begin + answer] = 1.0
        effects, base = penalised(asked, target, ANSWER_PRIOR, np.concatenate([*starts, []]))
        found = []
        for begin, binning in zip(begins, binnings, strict=False):
            effect = _in_course(effects[begin : begin + binning.cases.size], binning)
            mean = float((effect * binning.cases).sum() / binning.cases.sum())
            found.append(effect - mean)
            base += mean
        return found, base

    def _points(self, effect: Numbers) -> Numbers:
        return np.asarray(np.rint(effect * self.doubling_points / np.log(2)), dtype=np.int64)

    def _base_points(self) -> int:
        off = (self.base_ - np.log(self.base_odds)) * self.doubling_points / np.log(2)
        return int(np.rint(self.base_points + off))

    def _lines(self, place: int) -> list[Answer]:
        binning, points = self.binnings_[place], self._points(self.effects_[place])
        evidence = binning.evidence
        lines = []
        for answer, (cases, happened) in enumerate(zip(binning.cases, binning.happened, strict=True)):
            if cases == 0:
                continue
            counts = int(cases), int(happened), float(happened / cases)
            lines.append(
                Answer(place, *_meaning(binning, answer), *counts, float(evidence[answer]), int(points[answer]))
            )
        return lines


def _meaning(binning: Binning, answer: int) -> tuple[str, float, float, tuple[float, ...]]:
    """Kind, low, high and codes of an answer."""
    last = binning.cases.size - 1
    if answer == last:
        return "unknown", np.nan, np.nan, ()
    if binning.categorical:
        codes = tuple(binning.marks[binning.answers[:-2] == answer].tolist())
        return ("other" if answer == last - 1 else "category"), np.nan, np.nan, codes
    within = np.flatnonzero(binning.answers[:-1] == answer)
    ends = np.concatenate([[-np.inf], binning.marks, [np.inf]])
    return "number", float(ends[within[0]]), float(ends[within[-1] + 1]), ()


def _in_course(effects: Numbers, binning: Binning) -> Numbers:
    """Effects that move with the value as its rate does: neighbours that do not share their mean."""
    if binning.course == "free":
        return effects
    sign = 1.0 if binning.course == "rising" else -1.0
    # Unknown values, the last, have no place in an order.
    weights = np.maximum(binning.cases[:-1], 1e-9)
    block = pooled(weights, sign * effects[:-1] * weights)
    means = np.bincount(block, effects[:-1] * weights) / np.bincount(block, weights)
    return np.append(means[block], effects[-1])


def _weights(told: Numbers, target: Numbers) -> Numbers:
    """Weight of each column's evidence; a column whose evidence would count against itself is left out."""
    weights = np.zeros(told.shape[1])
    kept = np.flatnonzero(told.std(axis=0) > 1e-9)
    while True:
        found, _ = penalised(told[:, kept], target, WEIGHT_PRIOR, np.ones(kept.size))
        if (found >= 0).all():
            weights[kept] = found
            return weights
        kept = kept[found > 0]


def _folds(target: Numbers) -> list[Numbers]:
    """Parts of the cases with the same share of outcomes each."""
    drawn = np.random.default_rng(7).random(target.size)
    ordered = np.lexsort((drawn, target))
    return [ordered[part::FOLDS] for part in range(FOLDS)]


def _bounded(values: Numbers, target: Numbers) -> tuple[Numbers, Numbers]:
    if target.size <= MOST_CASES:
        return values, target
    chosen = np.sort(np.random.default_rng(7).choice(target.size, MOST_CASES, replace=False))
    return values[chosen], target[chosen]
