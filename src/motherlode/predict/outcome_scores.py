"""The chance of an outcome for every row of which it is told or asked, with its reasons."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.cases import Cases
from motherlode.predict.leaks import folds_of
from motherlode.predict.outcome_backtest import FOLDS, blend_of, builders, known_cases, only, without_leaks
from motherlode.predict.special_functions import Numbers
from motherlode.tables import table

REASONS = 3
COLUMNS = {
    "target": "string",
    "case": "int64",
    "customer_id": "string",
    "model": "string",
    "score": "float64",
    "outcome": "boolean",
    **{
        f"{part}_{number}": kind
        for number in range(1, REASONS + 1)
        for part, kind in (("reason", "string"), ("answer", "string"), ("effect", "float64"))
    },
}
SHAPE = pa.schema(
    [(name, pa.bool_() if kind == "boolean" else pa.type_for_alias(kind)) for name, kind in COLUMNS.items()]
)


@table(key=("target", "case"), subject="customer_id", columns=COLUMNS, purpose="profiling")
def outcome_scores(
    outcome_rows: pa.Table,
    closed_deals: pa.Table,
    left_out: pa.Table,
    champions: pa.Table,
    *,
    least_cases: int = 200,
    most_cases: int = 60_000,
) -> pa.Table:
    """The probability of each recorded outcome, told of each case by a model that has not learnt from it.

    Only outcomes in which the backtest found a signal are scored. A reason is a column with the case's answer; `effect`
    is what it adds to the logit, where all columns and a constant add up to the whole, exactly. A column that is
    another one over again (its square, or in other units) is told together with it.

    Parameters
    ----------
    least_cases
        Cases of an outcome below which nothing is learnt.
    most_cases
        Cases that are looked at, the last ones.
    """
    speaking = {row["target"]: row["model"] for row in champions.to_pylist() if row["verdict"] in SPEAKING}
    parts = [SHAPE.empty_table()]
    for cases in known_cases(outcome_rows, closed_deals, least_cases, most_cases):
        if cases.target in speaking:
            parts.append(_scored(without_leaks(cases, left_out), speaking[cases.target]))
    return pa.concat_tables(parts)


SPEAKING = ("signal", "no_better_than_rule")


def _scored(cases: Cases, model: str) -> pa.Table:
    score, effects = _out_of_fold(cases, model)
    effects = told_once(cases.values, effects)
    rows: dict[str, Any] = {
        "target": pa.array([cases.target] * score.size),
        "case": np.arange(score.size),
        "customer_id": cases.rows.column("customer_id"),
        "model": pa.array([model] * score.size),
        "score": score,
        "outcome": cases.outcome > 0.5,
    }
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")
    for number in range(REASONS):
        there = number < effects.shape[1]
        place = order[:, number] if there else np.zeros(score.size, dtype=np.int64)
        effect = effects[np.arange(score.size), place] if there else np.zeros(score.size)
        said = effect != 0
        rows[f"reason_{number + 1}"] = _masked([cases.facts[at].name for at in place], said, pa.string())
        rows[f"answer_{number + 1}"] = _masked(list(_answers(cases, place)), said, pa.string())
        rows[f"effect_{number + 1}"] = _masked(effect.tolist(), said, pa.float64())
    return pa.table({name: rows[name] for name in COLUMNS}, schema=SHAPE)


def told_once(values: Numbers, effects: Numbers) -> Numbers:
    """Effects (a row a case), where those of columns that put all cases in one order are added up under the first."""
    first: dict[bytes, int] = {}
    told = effects.copy()
    for column in range(values.shape[1]):
        order = np.unique(values[:, column], return_inverse=True)[1].tobytes()
        same = first.setdefault(order, column)
        if same != column:
            told[:, same] += effects[:, column]
            told[:, column] = 0.0
    return told


def _out_of_fold(cases: Cases, model: str) -> tuple[Numbers, Numbers]:
    fold = folds_of(cases.outcome, FOLDS, cases.who)
    made = builders(only(cases, fold != 0))
    values, outcome = cases.values, cases.outcome
    score, effects = np.empty(outcome.size), np.empty(values.shape)
    for number in range(FOLDS):
        estimator = blend_of(made) if model == "blended" else made[model]()
        here = fold == number
        estimator.fit(values[~here], outcome[~here])
        score[here] = estimator.predict(values[here])
        effects[here] = estimator.explain(values[here])[:, :-1]
    return score, effects


def _answers(cases: Cases, place: Numbers) -> Iterator[str | None]:
    for row, at in enumerate(place.tolist()):
        fact = cases.facts[at]
        value = fact.values[row]
        if not np.isfinite(value):
            yield None
        else:
            yield fact.words[int(value)] if fact.words else f"{value:g}"


def _masked(values: list[Any], said: Numbers, kind: pa.DataType) -> pa.Array:
    return pa.array([value if there else None for value, there in zip(values, said.tolist(), strict=True)], kind)
