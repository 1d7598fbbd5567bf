"""How well recorded outcomes could have been foretold from the rest of the row: by time where there is time."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.predict.boosting import Boosting
from motherlode.predict.cases import Cases, Fact, cases_of
from motherlode.predict.estimators import Blend, Logistic, OneHot, Rate, Scored
from motherlode.predict.leaks import find_leaks, folds_of, out_of_fold, rank_alone
from motherlode.predict.measures import chance_measures, interval, resamples
from motherlode.predict.order_backtest import BACKTEST, SHAPE, backtest_row
from motherlode.predict.outlook import logit
from motherlode.predict.scorecard import Scorecard
from motherlode.predict.special_functions import Numbers
from motherlode.schemas import OUTCOMES
from motherlode.tables import table

LEFT_OUT = {
    **dict.fromkeys(("target", "source", "column", "why"), "string"),
    **dict.fromkeys(("actual", "benchmark"), "float64"),
}
FOLDS, LEAVES = 5, 8
BLENDED = ("logistic", "boosting", "scorecard")
# The last part of cases in order of time, asked about after learning from the rest.
LAST_PART = 0.3
MONTHS = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
TIMELY = frozenset(("month", "year", "week", "quarter", "date", "年", "月", "周"))
# A column along which a file runs changes in fewer rows than this share.
SELDOM = 0.1
# From this AUC on a model can tell the last rows from the rest: the file is in an order that matters.
ORDERED = 0.75
LEAST_OF_EACH = 30


@table(key=("target", "source", "column"), subject=None, columns=LEFT_OUT, purpose="profiling")
def left_out(
    outcome_rows: pa.Table, closed_deals: pa.Table, *, keep: str = "", least_cases: int = 200, most_cases: int = 60_000
) -> pa.Table:
    """Columns that no outcome is learnt from: written when it was known already, as far as that can be seen, or names.

    Parameters
    ----------
    keep
        Columns that are learnt from whatever they look like, separated by commas.
    least_cases
        Cases of an outcome below which nothing is learnt.
    most_cases
        Cases that are looked at, the last ones.
    """
    rows: list[dict[str, Any]] = []
    for cases in known_cases(outcome_rows, closed_deals, least_cases, most_cases):
        source = cases.rows.column("source")[0].as_py()
        about = {"target": cases.target, "source": source}
        leaks = find_leaks(cases, frozenset(filter(None, (name.strip() for name in keep.split(",")))))
        rows += [about | msgspec.structs.asdict(leak) for leak in leaks]
        rows += [about | {"column": name, "why": why} for name, why in cases.left_out.items()]
    return pa.Table.from_pylist(rows, schema=_shape(LEFT_OUT))


@table(key=("target", "model", "as_of", "metric"), subject=None, columns=BACKTEST, purpose="profiling")
def outcome_backtest(
    outcome_rows: pa.Table,
    closed_deals: pa.Table,
    left_out: pa.Table,
    *,
    as_of: date,
    least_cases: int = 200,
    most_cases: int = 60_000,
) -> pa.Table:
    """Measures of every model of every recorded outcome, on cases that it has not learnt from, with 95 % intervals.

    Where cases have days, or a column of months along which the file runs, the last 30 % are asked about after learning
    from the rest, and `auc_in_random_folds` says how a random split would have looked. Elsewhere each case is asked
    about once, in five folds; where the file is in some order all the same, `auc_in_file_order` is what the last 30 %
    say. `auc_over_rule` is the gain over the best single column.

    Parameters
    ----------
    least_cases
        Cases of an outcome below which nothing is tested.
    most_cases
        Cases that are looked at, the last ones.
    """
    rows: list[dict[str, Any]] = []
    for cases in known_cases(outcome_rows, closed_deals, least_cases, most_cases):
        rows += _tested(without_leaks(cases, left_out), as_of)
    return pa.Table.from_pylist(rows, schema=SHAPE)


def known_cases(rows: pa.Table, deals: pa.Table, least: int, most: int) -> Iterator[Cases]:
    """Cases whose outcome is known, of each outcome that has enough of both."""
    for cases in all_cases(rows, deals, most):
        known = only(cases, np.isfinite(cases.outcome))
        both = min(known.outcome.sum(), (1 - known.outcome).sum())
        if known.outcome.size >= least and both >= LEAST_OF_EACH and known.facts:
            yield known


def all_cases(rows: pa.Table, deals: pa.Table, most: int) -> Iterator[Cases]:
    """Cases of every outcome; the second source of a target has its name behind it."""
    seen: set[str] = set()
    found = (*cases_of(rows, OUTCOMES, "registered_on"), *cases_of(deals, ("won",), "opened_on"))
    for cases in found:
        source = cases.rows.column("source")[0].as_py()
        name = cases.target if cases.target not in seen else f"{cases.target}:{source}"
        seen.add(name)
        last = np.arange(cases.outcome.size) >= cases.outcome.size - most
        yield only(msgspec.structs.replace(cases, target=name), last)


def only(cases: Cases, rows: Numbers) -> Cases:
    """These cases only, true and false."""
    facts = tuple(Fact(fact.name, fact.values[rows], fact.words) for fact in cases.facts)
    return msgspec.structs.replace(
        cases, rows=cases.rows.filter(pa.array(rows)), outcome=cases.outcome[rows], days=cases.days[rows], facts=facts
    )


def without_leaks(cases: Cases, left_out: pa.Table) -> Cases:
    """Cases without the columns that were found to know the outcome beforehand."""
    source = cases.rows.column("source")[0].as_py()
    gone = [row["column"] for row in left_out.to_pylist() if (row["target"], row["source"]) == (cases.target, source)]
    return cases.without(gone)


def builders(cases: Cases) -> dict[str, Callable[[], Scored]]:
    """How each model of such cases is made; how many trees, and which column is the rule, these cases decide."""
    codes, values, outcome = cases.categorical, cases.values, cases.outcome
    best = max(range(len(cases.facts)), key=lambda place: rank_alone(cases.facts[place], outcome))
    rounds = Boosting(categorical=codes, leaves=LEAVES).best_rounds(values, outcome)
    return {
        "mean": lambda: Rate(()),
        "best_column": lambda: Rate(_bounds(cases.facts[best]), column=best),
        "logistic": _logistic(cases),
        "boosting": lambda: Boosting(rounds=rounds, categorical=codes, leaves=LEAVES),
        "scorecard": lambda: Scorecard(categorical=codes),
    }


def blend_of(made: Mapping[str, Callable[[], Scored]]) -> Scored:
    """The blend as one estimator."""
    return Blend(*(made[name]() for name in BLENDED))


def _with_blend(told: dict[str, Numbers]) -> dict[str, Numbers]:
    """The blend's forecasts are the mean logit of those of its members."""
    mean = np.mean([logit(told[name]) for name in BLENDED], axis=0)
    return told | {"blended": 1 / (1 + np.exp(-mean))}


def _logistic(cases: Cases) -> Callable[[], Scored]:
    sizes = {place: len(cases.facts[place].words) for place in cases.categorical}
    return lambda: OneHot(Logistic(0.1), sizes)


def _bounds(fact: Fact) -> tuple[float, ...]:
    if fact.words:
        return tuple(float(code) for code in range(1, len(fact.words)))
    known = fact.values[np.isfinite(fact.values)]
    return tuple(np.unique(np.quantile(known, np.linspace(0.1, 0.9, 9))).tolist())


def in_time(cases: Cases) -> Cases | None:
    """The cases in order of time, if they have one: their own days, or a column of months along which the file runs."""
    dated = np.isfinite(cases.days)
    if dated.mean() > 0.9 and len(np.unique(cases.days[dated])) > 10:
        order = np.argsort(np.where(dated, cases.days, -np.inf), kind="stable")
        return _if_both_happen(_reordered(cases, order))
    return _if_both_happen(cases) if any(map(_runs_along_time, cases.facts)) else None


def in_an_order(cases: Cases) -> Cases | None:
    """The cases as they stand, if a model can tell the last of them from the rest: an order, though not of time."""
    last = (np.arange(cases.outcome.size) >= (1 - LAST_PART) * cases.outcome.size).astype(float)
    told = out_of_fold(lambda: Boosting(rounds=40, categorical=cases.categorical), cases.values, last, 3)
    measured = chance_measures(last, told, np.ones((1, last.size), dtype=np.float32))
    return _if_both_happen(cases) if measured["auc"][0] >= ORDERED else None


def _runs_along_time(fact: Fact) -> bool:
    """Whether a column names months, or such, and changes as rarely from row to row as time does."""
    months = sum(word.strip().lower()[:3] in MONTHS for word in fact.words)
    named = months >= 0.8 * len(fact.words) > 0 or bool(TIMELY & set(re.findall(r"[a-z]+|[年月周]", fact.name.lower())))
    changes = np.count_nonzero(np.diff(np.nan_to_num(fact.values))) / max(fact.values.size - 1, 1)
    return bool(named and changes < SELDOM)


def _reordered(cases: Cases, order: Numbers) -> Cases:
    facts = tuple(Fact(fact.name, fact.values[order], fact.words) for fact in cases.facts)
    return msgspec.structs.replace(
        cases, rows=cases.rows.take(pa.array(order)), outcome=cases.outcome[order], days=cases.days[order], facts=facts
    )


def _if_both_happen(cases: Cases) -> Cases | None:
    """A file that is sorted by the outcome has no order to test by."""
    first = int((1 - LAST_PART) * cases.outcome.size)
    parts = (cases.outcome[:first], cases.outcome[first:])
    return cases if all(min(part.sum(), (1 - part).sum()) >= LEAST_OF_EACH for part in parts) else None


def _tested(cases: Cases, as_of: date) -> Iterator[dict[str, Any]]:
    # What is decided on cases is decided on those of the first fold that are learnt from.
    made = builders(only(cases, folds_of(cases.outcome, FOLDS, cases.who) != 0))
    folded = _with_blend(
        {name: out_of_fold(m, cases.values, cases.outcome, FOLDS, cases.who) for name, m in made.items()}
    )
    counts, timed = resamples(cases.outcome.size), in_time(cases)
    if timed is not None:
        yield from _measured(cases.target, as_of, *_last_part(timed))
        yield from _aucs(cases.target, as_of, cases.outcome, folded, counts, "auc_in_random_folds")
        return
    yield from _measured(cases.target, as_of, cases.outcome, folded, counts)
    ordered = in_an_order(cases)
    if ordered is not None:
        yield from _aucs(cases.target, as_of, *_last_part(ordered), "auc_in_file_order")


def _last_part(cases: Cases) -> tuple[Numbers, dict[str, Numbers], Numbers]:
    """Outcomes of the last cases, and what models that learnt from the others tell of them."""
    past = np.arange(cases.outcome.size) < int((1 - LAST_PART) * cases.outcome.size)
    values, outcome = cases.values, cases.outcome
    told = {
        name: np.asarray(build().fit(values[past], outcome[past]).predict(values[~past]))
        for name, build in builders(only(cases, past)).items()
    }
    return outcome[~past], _with_blend(told), resamples(int((~past).sum()))


def _aucs(
    target: str, as_of: date, outcome: Numbers, told: Mapping[str, Numbers], counts: Numbers, metric: str
) -> Iterator[dict[str, Any]]:
    for name, forecast in told.items():
        yield backtest_row(target, name, as_of, metric, *interval(chance_measures(outcome, forecast, counts)["auc"]))


def _measured(
    target: str, as_of: date, outcome: Numbers, told: Mapping[str, Numbers], counts: Numbers
) -> Iterator[dict[str, Any]]:
    measured = {name: chance_measures(outcome, forecast, counts) for name, forecast in told.items()}
    rule = measured["best_column"]["auc"]
    for name, measures in measured.items():
        gain = {} if name == "best_column" else {"auc_over_rule": measures["auc"] - rule}
        for metric, values in (measures | gain).items():
            yield backtest_row(target, name, as_of, metric, *interval(values))


def _shape(columns: Mapping[str, str]) -> pa.Schema:
    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])
