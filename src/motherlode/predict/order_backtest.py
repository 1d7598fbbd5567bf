"""How well each model would have foretold what customers did, on days past: learnt from before, tested after.

On each test day a model has learnt only from snapshots whose labels were over by then (rolling origin), so the figures
are those of a company that had asked on that day.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.errors import ContractError, did_you_mean
from motherlode.predict.estimators import Estimator, Filled
from motherlode.predict.measures import amount_measures, chance_measures, interval, resamples
from motherlode.predict.panel import Panel, panel_of_snapshots
from motherlode.predict.special_functions import Numbers
from motherlode.predict.stated_traits import Traits, traits_of
from motherlode.tables import Promise, table

BACKTEST = {
    "target": "string",
    "model": "string",
    "as_of": "date",
    "metric": "string",
    "value": "float64",
    "low": "float64",
    "high": "float64",
}
SHAPE = pa.schema(
    [(name, pa.date32() if kind == "date" else pa.type_for_alias(kind)) for name, kind in BACKTEST.items()]
)
# Against these the gain of the others is told: the rule, and repeat buying alone.
RULES = {"buys_90d": "recency_frequency", "leaves_90d": "recency_frequency", "pays_90d": "same_as_last"}
REPEAT_BUYING = {"buys_90d": "bg_nbd", "leaves_90d": "bg_nbd_leaving", "pays_90d": "pareto_nbd_gamma_gamma"}
RANKING = {False: "auc", True: "gini"}
# A median forecast is nearer to each customer, and does not add up to the revenue: it never speaks for money.
NO_SUM = "_median"
# Features of these tables are what the simplest file of orders tells.
OF_ORDERS = ("orders", "order_lines", "returns")
RANDOM_FOLDS = 3


class Test(msgspec.Struct, frozen=True):
    """A day on which models are tested: what they learnt from, and what they are asked."""

    day: date
    past: Panel
    asked: Panel


@table(key=("target", "model", "as_of", "metric"), subject=None, columns=BACKTEST, purpose="profiling")
def order_backtest(
    snapshots: pa.Table,
    stated_traits: pa.Table,
    left_out_traits: pa.Table,
    *,
    models: Mapping[str, Promise] | None = None,
    labels: Mapping[str, Promise] | None = None,
    parts: Mapping[str, Promise] | None = None,
    most_days: int = 3,
    least_cases: int = 200,
    most_learnt: int = 50_000,
) -> pa.Table:
    """Measures of every model of what customers do next, on each test day, with 95 % intervals over customers.

    Beside the measures of `predict.measures`: `auc_over_rule` and `auc_over_repeat_buying` (`gini_` for money) are the
    gain over the rule of recency and frequency and over the repeat-buying model on the same customers. Of the latest
    day and its best model, `auc_over_orders_alone` is the gain over the same model without attributes, behaviour and
    feedback, and `auc_in_random_folds` what a random split of the customers would have made of it.

    Parameters
    ----------
    most_days
        Test days, the latest whose time is over.
    least_cases
        Customers to learn from and to be asked about, below which a day is left out.
    most_learnt
        Rows that a model learns from, drawn anew for each day.
    """
    rows: list[dict[str, Any]] = []
    if snapshots.num_rows < least_cases:
        return SHAPE.empty_table()
    panels = panels_of_snapshots(snapshots, labels or {}, known_traits(stated_traits, left_out_traits))
    for name, label in (labels or {}).items():
        known = {key: promise for key, promise in (models or {}).items() if name in promise.learns}
        panel = panels[label.ahead_days]
        more = beyond_orders(panel, parts or {})
        for number, test in enumerate(tests(panel, name, label.ahead_days, most_days, least_cases, most_learnt)):
            measured = _measured(name, label, known, test)
            rows += _told(name, label, test, measured)
            if measured and number == 0:
                rows += _of_the_best(name, label, known, test, measured, more)
    return pa.Table.from_pylist(rows, schema=SHAPE)


def tests(
    panel: Panel, label: str, ahead_days: int, most_days: int, least_cases: int, most_learnt: int
) -> Iterator[Test]:
    """The latest days on which a label is known and that have snapshots before them whose labels were over."""
    known = panel.where(np.isfinite(panel.labels[label]))
    days = np.unique(known.days)[::-1]
    found = 0
    for day in days.tolist():
        past, asked = known.days <= day - ahead_days, known.days == day
        if found == most_days or past.sum() < least_cases or asked.sum() < least_cases:
            continue
        found += 1
        yield Test(date.fromordinal(EPOCH + day), known.where(drawn(past, most_learnt)), known.where(asked))


EPOCH = date(1970, 1, 1).toordinal()


def panels_of_snapshots(
    snapshots: pa.Table, labels: Mapping[str, Promise], traits: Traits | None = None
) -> dict[int, Panel]:
    """The snapshots once for each number of days that labels look ahead."""
    ahead = {promise.ahead_days for promise in labels.values()}
    return {days: panel_of_snapshots(snapshots, labels, days, traits) for days in ahead}


def known_traits(stated: pa.Table, left_out: pa.Table) -> Traits:
    """What is learnt from of what files state."""
    return traits_of(stated, left_out.column("column").to_pylist())


def beyond_orders(panel: Panel, parts: Mapping[str, Promise]) -> list[str]:
    """The columns that no file of orders tells, where they say anything: attributes, behaviour, feedback."""
    elsewhere = {name for name, part in parts.items() if part.inputs[0] not in OF_ORDERS} | {*panel.traits}
    there = [name for name in panel.columns if name in elsewhere]
    return [name for name in there if _varies(panel.seen([name]))]


def _varies(column: Numbers) -> bool:
    known = column[np.isfinite(column)]
    return bool(known.size and (known.size < column.size or np.ptp(known) > 0))


def drawn(rows: Numbers, most: int) -> Numbers:
    """Places of the true rows, at most so many, in the order of the rows."""
    places = np.flatnonzero(rows)
    if places.size <= most:
        return places
    return np.sort(np.random.default_rng(7).choice(places, most, replace=False))


def learnt(model: Promise, past: Panel, target: str) -> tuple[Estimator, tuple[str, ...]]:
    """A model's estimator after learning a label, and the columns that it sees."""
    codes = () if "categories" in model.settings else past.words
    columns = model.sees or tuple(name for name in past.columns if name not in codes)
    unknown = [name for name in columns if name not in past.columns]
    if unknown:
        hint = did_you_mean(unknown[0], past.columns)
        raise ContractError(f"model `{model.name}` sees `{unknown[0]}`, which is no number in the snapshots", hint=hint)
    estimator: Estimator = model.function(columns=columns, **_own(model, past, columns))
    stated = [at for at, name in enumerate(columns) if name in past.traits]
    if stated:
        estimator = Filled(estimator, stated, {at for at in stated if columns[at] in past.words})
    values, wanted = past.seen(columns), past.labels[target]
    estimator.fit(values, wanted)
    return estimator, columns


def _own(model: Promise, past: Panel, columns: tuple[str, ...]) -> dict[str, Any]:
    """Settings of a model; one that takes `categories` is told which columns are codes, and of how many words."""
    own = {name: value for name, value in model.settings.items() if name != "columns"}
    if "categories" in own:
        own["categories"] = {at: len(past.words[name]) for at, name in enumerate(columns) if name in past.words}
    return own


Measured = dict[str, dict[str, Numbers]]


def _measured(target: str, label: Promise, models: Mapping[str, Promise], test: Test) -> Measured:
    """Measures of each model, as resampled; none where all that was learnt from came out the same."""
    truth = test.asked.labels[target]
    if np.ptp(test.past.labels[target]) == 0:
        return {}
    counts = resamples(truth.size)
    told = {name: forecast_of(model, test, target) for name, model in models.items()}
    measure = amount_measures if label.amount else chance_measures
    return {name: measure(truth, forecast, counts) for name, forecast in told.items()}


def forecast_of(model: Promise, test: Test, target: str) -> Numbers:
    """What a model that has learnt from before the test day tells of that day's customers."""
    estimator, columns = learnt(model, test.past, target)
    return np.asarray(estimator.predict(test.asked.seen(columns)), dtype=np.float64)


def _told(target: str, label: Promise, test: Test, measured: Measured) -> Iterator[dict[str, Any]]:
    for name, measures in measured.items():
        against = measures | _gains(target, RANKING[label.amount], name, measured)
        for metric, values in against.items():
            yield backtest_row(target, name, test.day, metric, *interval(values))


def _of_the_best(
    target: str, label: Promise, models: Mapping[str, Promise], test: Test, measured: Measured, more: list[str]
) -> Iterator[dict[str, Any]]:
    """What is asked of the best model only: what it owes to more than orders, and how a random split flatters it."""
    loss, ranking = ("mean_error", "gini") if label.amount else ("log_loss", "auc")
    speaking = [name for name in measured if not name.endswith(NO_SUM)] or [*measured]
    best = min(speaking, key=lambda name: float(measured[name][loss][0]))
    truth = test.asked.labels[target]
    counts = resamples(truth.size)
    measure = amount_measures if label.amount else chance_measures
    if more and not models[best].sees:
        bare = Test(test.day, test.past.without(more), test.asked.without(more))
        without = measure(truth, forecast_of(models[best], bare, target), counts)
        gain = measured[best][ranking] - without[ranking]
        yield backtest_row(target, best, test.day, f"{ranking}_over_orders_alone", *interval(gain))
    if not label.amount:
        folds = chance_measures(truth, in_random_folds(models[best], test.asked, target), counts)
        yield backtest_row(target, best, test.day, "auc_in_random_folds", *interval(folds["auc"]))


def _gains(target: str, ranking: str, name: str, measured: Mapping[str, dict[str, Numbers]]) -> dict[str, Numbers]:
    peers = {
        f"{ranking}_over_rule": RULES.get(target, ""),
        f"{ranking}_over_repeat_buying": REPEAT_BUYING.get(target, ""),
    }
    return {
        metric: measured[name][ranking] - measured[peer][ranking]
        for metric, peer in peers.items()
        if peer in measured and peer != name
    }


def in_random_folds(model: Promise, cases: Panel, target: str) -> Numbers:
    """Forecasts of a model that has learnt from other customers of the same day: what flatters."""
    fold = np.random.default_rng(7).integers(0, RANDOM_FOLDS, cases.days.size)
    told = np.empty(cases.days.size)
    for number in range(RANDOM_FOLDS):
        estimator, columns = learnt(model, cases.where(fold != number), target)
        told[fold == number] = estimator.predict(cases.where(fold == number).seen(columns))
    return told


def backtest_row(
    target: str, model: str, day: date, metric: str, value: float, low: float, high: float
) -> dict[str, Any]:
    """A row of a backtest; a measure that is not finite is unknown."""
    numbers = {"value": value, "low": low, "high": high}
    known = {name: number if np.isfinite(number) else None for name, number in numbers.items()}
    return {"target": target, "model": model, "as_of": day, "metric": metric, **known}
