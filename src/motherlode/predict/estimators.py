"""Simple estimators: a rate by level, a column as it stands, a logistic curve, and mixtures.

All have `fit(values, target)`, `predict(values)`, `score(values)` (logits of chances, logarithms of money), and
`explain(values)`: what each column adds to the score of each row, and last what every row has.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from motherlode.predict.outlook import logit
from motherlode.predict.special_functions import Numbers

# Two cases of the average are added to each level's own.
PRIOR_CASES = 2.0
# Logarithms of forecast money begin here.
LEAST_MONEY = 0.01


class Estimator(Protocol):
    """What a model's function gives."""

    def fit(self, values: Numbers, target: Numbers) -> Any: ...

    def predict(self, values: Numbers) -> Numbers: ...


class Scored(Protocol):
    """An estimator whose scores are sums over columns."""

    def fit(self, values: Numbers, target: Numbers) -> Any: ...

    def predict(self, values: Numbers) -> Numbers: ...

    def score(self, values: Numbers) -> Numbers: ...

    def explain(self, values: Numbers) -> Numbers: ...


class Rate:
    """The mean of the target at each level of one column, or of two crossed: the rule that needs no model.

    Parameters
    ----------
    bounds
        For each column, in order, the values at which the next level begins.
    column
        Place of the first of these columns.
    """

    def __init__(self, *bounds: Sequence[float], column: int = 0) -> None:
        self.bounds = bounds
        self.column = column

    def fit(self, values: Numbers, target: Numbers) -> "Rate":
        level = self._level(values)
        cases = np.bincount(level, minlength=self._levels)
        summed = np.bincount(level, target, self._levels)
        self.mean_ = target.mean()
        self.rates_ = (summed + PRIOR_CASES * target.mean()) / (cases + PRIOR_CASES)
        return self

    def predict(self, values: Numbers) -> Numbers:
        return np.asarray(self.rates_[self._level(values)])

    def score(self, values: Numbers) -> Numbers:
        return logit(self.predict(values))

    def explain(self, values: Numbers) -> Numbers:
        """The level is one answer of all its columns together; the first of them stands for it."""
        return _all_on_one(self.score(values), float(logit(self.mean_)), self.column, values.shape[1])

    @property
    def _levels(self) -> int:
        return int(np.prod([len(bounds) + 1 for bounds in self.bounds]))

    def _level(self, values: Numbers) -> np.ndarray:
        level = np.zeros(len(values), dtype=np.int64)
        for place, bounds in enumerate(self.bounds):
            column = np.nan_to_num(values[:, self.column + place])
            level = level * (len(bounds) + 1) + np.searchsorted(bounds, column, side="right")
        return level


class AsItStands:
    """A column that is a forecast already; a logit is turned where the target is its opposite."""

    def __init__(self, *, logits: bool = False, opposite: bool = False) -> None:
        self.logits = logits
        self.opposite = opposite

    def fit(self, values: Numbers, target: Numbers) -> "AsItStands":
        self.mean_ = float(target.mean())
        return self

    def predict(self, values: Numbers) -> Numbers:
        told = values[:, 0].astype(np.float64)
        if self.logits:
            told = 1 / (1 + np.exp(told if self.opposite else -told))
        return np.where(np.isfinite(told), told, self.mean_)

    def score(self, values: Numbers) -> Numbers:
        told = self.predict(values)
        return logit(told) if self.logits else np.log(np.maximum(told, LEAST_MONEY))

    def explain(self, values: Numbers) -> Numbers:
        mean = logit(np.array(self.mean_)) if self.logits else np.log(max(self.mean_, LEAST_MONEY))
        return _all_on_one(self.score(values), float(mean), 0, values.shape[1])


class Logistic:
    """Logistic regression on logarithms of columns, standardised, with a weak ridge; unknown values are average."""

    def __init__(self, strength: float = 1.0) -> None:
        self.strength = strength

    def fit(self, values: Numbers, target: Numbers) -> "Logistic":
        from sklearn.linear_model import LogisticRegression

        logs = _logarithms(values)
        self.centre_, self.spread_ = _centre(logs), _spread(logs)
        happened = target > 0.5
        if happened.all() or not happened.any():
            # Nothing to tell apart: everybody has the same chance, a little off certain.
            self.weights_ = np.zeros(values.shape[1])
            self.constant_ = float(logit(np.array((happened.sum() + 0.5) / (happened.size + 1.0))))
            return self
        curve = LogisticRegression(C=self.strength, solver="newton-cholesky", max_iter=500)
        fitted = curve.fit(self._standard(values), happened)
        self.weights_, self.constant_ = fitted.coef_[0], float(fitted.intercept_[0])
        return self

    def score(self, values: Numbers) -> Numbers:
        return np.asarray(self._standard(values) @ self.weights_ + self.constant_)

    def predict(self, values: Numbers) -> Numbers:
        return np.asarray(1 / (1 + np.exp(-self.score(values))))

    def explain(self, values: Numbers) -> Numbers:
        return np.column_stack([self._standard(values) * self.weights_, np.full(len(values), self.constant_)])

    def _standard(self, values: Numbers) -> Numbers:
        standard = (_logarithms(values) - self.centre_) / self.spread_
        # Beyond eight deviations a value says no more than that it is far out.
        return np.asarray(np.clip(np.nan_to_num(standard), -8.0, 8.0))


class OneHot:
    """An estimator that sees a column for each category of columns of codes; unknown is none of them.

    Parameters
    ----------
    sizes
        Number of categories by place of the column.
    """

    def __init__(self, inner: Scored, sizes: Mapping[int, int]) -> None:
        self.inner = inner
        self.sizes = dict(sizes)

    def fit(self, values: Numbers, target: Numbers) -> "OneHot":
        self.inner.fit(self._wide(values), target)
        return self

    def predict(self, values: Numbers) -> Numbers:
        return self.inner.predict(self._wide(values))

    def score(self, values: Numbers) -> Numbers:
        return self.inner.score(self._wide(values))

    def explain(self, values: Numbers) -> Numbers:
        """What the categories of a column add is what the column adds."""
        wide, column = self.inner.explain(self._wide(values)), self._columns(values.shape[1])
        added = np.zeros((len(values), values.shape[1] + 1))
        for place, number in enumerate(column):
            added[:, number] += wide[:, place]
        added[:, -1] = wide[:, -1]
        return added

    def _columns(self, columns: int) -> list[int]:
        """The column that each of the wide ones is of."""
        plain = [place for place in range(columns) if place not in self.sizes]
        return plain + [place for place, size in self.sizes.items() for _ in range(size)]

    def _wide(self, values: Numbers) -> Numbers:
        plain = [place for place in range(values.shape[1]) if place not in self.sizes]
        hot = [(values[:, [place]] == np.arange(size)).astype(np.float64) for place, size in self.sizes.items()]
        return np.hstack([values[:, plain], *hot])


class Filled:
    """An estimator to which columns that are not known are as in the middle of those that are: so it cannot learn from
    who is known, which may have been found out only later.

    Parameters
    ----------
    columns
        Places of these columns.
    codes
        Those of them whose numbers have no order: in their middle is the commonest.
    """

    def __init__(self, inner: Any, columns: Sequence[int], codes: Container[int]) -> None:
        self.inner = inner
        self.columns = columns
        self.codes = codes

    def fit(self, values: Numbers, target: Numbers) -> "Filled":
        self.middles_ = {place: _middle(values[:, place], commonest=place in self.codes) for place in self.columns}
        self.inner.fit(self._filled(values), target)
        return self

    def predict(self, values: Numbers) -> Numbers:
        return np.asarray(self.inner.predict(self._filled(values)))

    def score(self, values: Numbers) -> Numbers:
        return np.asarray(self.inner.score(self._filled(values)))

    def explain(self, values: Numbers) -> Numbers:
        return np.asarray(self.inner.explain(self._filled(values)))

    def _filled(self, values: Numbers) -> Numbers:
        filled = values.copy()
        for place, middle in self.middles_.items():
            filled[np.isnan(filled[:, place]), place] = middle
        return filled


def explains(estimator: Any) -> bool:
    """Whether an estimator says what each column adds."""
    return hasattr(estimator.inner if isinstance(estimator, Filled) else estimator, "explain")


class Blend:
    """The mean of several estimators' logits: no worse than the best by much, and better calibrated than most."""

    def __init__(self, *members: Scored) -> None:
        self.members = members

    def fit(self, values: Numbers, target: Numbers) -> "Blend":
        for member in self.members:
            member.fit(values, target)
        return self

    def score(self, values: Numbers) -> Numbers:
        return np.asarray(np.mean([member.score(values) for member in self.members], axis=0))

    def predict(self, values: Numbers) -> Numbers:
        return np.asarray(1 / (1 + np.exp(-self.score(values))))

    def explain(self, values: Numbers) -> Numbers:
        return np.asarray(np.mean([member.explain(values) for member in self.members], axis=0))


class ByGroup:
    """One estimator a group of rows, where groups are levels of a column; small groups share one for all."""

    def __init__(
        self, bounds: Sequence[float], build: Callable[[], Any], *, column: int, least_cases: int = 500
    ) -> None:
        self.bounds = bounds
        self.build = build
        self.column = column
        self.least_cases = least_cases

    def fit(self, values: Numbers, target: Numbers) -> "ByGroup":
        self.for_all_ = self.build().fit(values, target)
        group = self._group(values)
        self.own_ = {
            number: self.build().fit(values[group == number], target[group == number])
            for number in np.unique(group).tolist()
            if (group == number).sum() >= self.least_cases and np.ptp(target[group == number]) > 0
        }
        return self

    def predict(self, values: Numbers) -> Numbers:
        return self._by_group(values, "predict")

    def score(self, values: Numbers) -> Numbers:
        return self._by_group(values, "score")

    def explain(self, values: Numbers) -> Numbers:
        return self._by_group(values, "explain")

    def _by_group(self, values: Numbers, question: str) -> Numbers:
        told, group = np.asarray(getattr(self.for_all_, question)(values)), self._group(values)
        for number, estimator in self.own_.items():
            if (group == number).any():
                told[group == number] = getattr(estimator, question)(values[group == number])
        return told

    def _group(self, values: Numbers) -> np.ndarray:
        return np.searchsorted(self.bounds, np.nan_to_num(values[:, self.column]), side="right")


class TwoPart:
    """Money with many zeros: the chance that any comes, times what comes then (Duan et al. 1983).

    What comes is learnt on logarithms; the mean is brought back by Duan's smearing, in tenths of the forecast, so that
    forecasts add up to what came. With `mean=False` it is left out: that is nearer to the median.
    """

    def __init__(self, chance: Scored, logarithm: Scored, *, mean: bool = True) -> None:
        self.chance = chance
        self.logarithm = logarithm
        self.mean = mean

    def fit(self, values: Numbers, target: Numbers) -> "TwoPart":
        came = target > 0
        self.chance.fit(values, came.astype(np.float64))
        self.logarithm.fit(values[came], np.log(target[came]))
        forecast = self.logarithm.score(values[came])
        self.bounds_ = np.quantile(forecast, np.linspace(0.1, 0.9, 9))
        part = np.searchsorted(self.bounds_, forecast)
        summed, typical = (np.bincount(part, money, 10) for money in (target[came], np.exp(forecast)))
        self.smearing_ = np.where(typical > 0, summed / np.maximum(typical, 1e-12), 1.0)
        return self

    def predict(self, values: Numbers) -> Numbers:
        return np.exp(self.score(values))

    def score(self, values: Numbers) -> Numbers:
        logarithm = self.logarithm.score(values)
        return np.asarray(_log_chance(self.chance.score(values)) + logarithm + self._log_smearing(logarithm))

    def explain(self, values: Numbers) -> Numbers:
        """What each column adds to the logarithm of the forecast.

        The logarithm of a chance is no sum; its distance from that of the average is shared out as the logits are.
        """
        logits = self.chance.explain(values)
        base = logits[:, -1]
        off = logits.sum(axis=1) - base
        moved = _log_chance(base + off) - _log_chance(base)
        by_unit = np.where(np.abs(off) > 1e-9, moved / np.where(np.abs(off) > 1e-9, off, 1.0), 0.0)
        added = self.logarithm.explain(values)
        smearing = self._log_smearing(added.sum(axis=1))
        added[:, :-1] += logits[:, :-1] * by_unit[:, None]
        added[:, -1] += _log_chance(base) + smearing
        return added

    def _log_smearing(self, logarithm: Numbers) -> Numbers:
        part = np.searchsorted(self.bounds_, logarithm)
        return np.asarray(np.log(self.smearing_)[part]) if self.mean else np.zeros(len(logarithm))


def _middle(column: Numbers, *, commonest: bool) -> float:
    known = column[np.isfinite(column)]
    if not known.size:
        return 0.0
    return float(np.bincount(known.astype(np.int64)).argmax() if commonest else np.median(known))


def _log_chance(logits: Numbers) -> Numbers:
    return -np.logaddexp(0.0, -logits)


def _all_on_one(score: Numbers, mean: float, column: int, columns: int) -> Numbers:
    added = np.zeros((score.size, columns + 1))
    added[:, column], added[:, -1] = score - mean, mean
    return added


def _logarithms(values: Numbers) -> Numbers:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values.astype(np.float64))))


def _centre(logs: Numbers) -> Numbers:
    known = np.isfinite(logs)
    return np.asarray(np.where(known, logs, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _spread(logs: Numbers) -> Numbers:
    known = np.isfinite(logs)
    off = np.where(known, logs - _centre(logs), 0.0)
    spread = np.sqrt((off**2).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
    return np.where(spread > 1e-9, spread, 1.0)
