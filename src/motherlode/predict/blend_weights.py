"""How much what customers do weighs beside what they buy, stage by stage, and what that is worth."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from motherlode import opinions
from motherlode.predict.blended import LEAST_CASES, PRIOR, STAGES, Blended, behaves, seen_of
from motherlode.predict.measures import chance_measures, interval, resamples
from motherlode.predict.order_backtest import known_traits, learnt, panels_of_snapshots, tests
from motherlode.predict.special_functions import Numbers
from motherlode.tables import Promise, table

COLUMNS = {
    **dict.fromkeys(("target", "stage"), "string"),
    **dict.fromkeys(("prior_weight", "learnt_weight", "weight_low", "weight_high"), "float64"),
    **dict.fromkeys(("cases", "needed"), "int64"),
    "used": "boolean",
    "blend_weight": "float64",
    **dict.fromkeys(("auc_behaviour", "auc_transactions", "auc_at_prior", "auc"), "float64"),
    "speaks": "boolean",
}
KINDS = {"string": pa.string(), "float64": pa.float64(), "int64": pa.int64(), "boolean": pa.bool_()}
MODEL = "behaviour_and_orders"
LEAST_TESTED = 200
DIGITS = 4


@table(key=("target", "stage"), subject=None, columns=COLUMNS, purpose="profiling")
def blend_weights(
    snapshots: pa.Table,
    stated_traits: pa.Table,
    left_out_traits: pa.Table,
    champions: pa.Table,
    *,
    models: Mapping[str, Promise] | None = None,
    labels: Mapping[str, Promise] | None = None,
    most_learnt: int = 50_000,
) -> pa.Table:
    """Weight of behaviour beside transactions in the chance that something comes, by stage: believed, and learnt.

    What is learnt is drawn to seven to three, which is worth 30 cases, and is `used` from `needed` cases on:
    `blend_weight` is the one in force, `weight_low` and `weight_high` hold the weight with 95 % probability. How well
    behaviour alone, transactions alone, both at seven to three, and both as weighed rank the customers of the latest
    test day, of whom nothing was learnt, stands beside it (AUC; 0.5 is chance). `speaks`: the blend forecasts best of
    all models and is the one that is asked. Empty where no behaviour is on record, or nothing to test on.

    Parameters
    ----------
    most_learnt
        Rows of snapshots that are learnt from.
    """
    rows: list[dict[str, Any]] = []
    model = (models or {}).get(MODEL)
    targets = {name: label for name, label in (labels or {}).items() if model and name in model.learns}
    if model and targets and snapshots.num_rows >= LEAST_TESTED:
        panels = panels_of_snapshots(snapshots, targets, known_traits(stated_traits, left_out_traits))
        speaking = {row["target"]: row["model"] for row in champions.to_pylist()}
        for target, label in targets.items():
            for test in tests(panels[label.ahead_days], target, label.ahead_days, 1, LEAST_TESTED, most_learnt):
                estimator, columns = learnt(model, test.past, target)
                blend = getattr(estimator, "inner", estimator)
                if isinstance(blend, Blended) and behaves(test.past.seen(columns)[:, seen_of(columns)[0]]):
                    found = _told(blend, test.asked.seen(columns), test.asked.labels[target])
                    rows += [{"target": target, "speaks": speaking.get(target) == MODEL} | row for row in found]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, KINDS[kind]) for name, kind in COLUMNS.items()]))


def _told(blend: Blended, values: Numbers, happened: Numbers) -> list[dict[str, Any]]:
    stage, both = blend.stage(values), blend.told(values)
    rows = []
    for number, name in enumerate(STAGES):
        here, weight = stage == number, blend.weights_[number]
        behaviour, transactions = both[:, here]
        ranked = {
            "auc_behaviour": behaviour,
            "auc_transactions": transactions,
            "auc_at_prior": PRIOR * behaviour + (1 - PRIOR) * transactions,
            "auc": weight.in_force * behaviour + (1 - weight.in_force) * transactions,
        }
        learnt_, low, high = (round(each, DIGITS) for each in weight.learnt)
        rows.append(
            {"stage": name, "prior_weight": PRIOR, "learnt_weight": learnt_, "weight_low": low, "weight_high": high,
             "cases": weight.cases, "needed": LEAST_CASES, "used": weight.cases >= LEAST_CASES,
             "blend_weight": round(weight.in_force, DIGITS)}
            | {name: _auc(happened[here], odds) for name, odds in ranked.items()}
        )  # fmt: skip
    return rows


def _auc(happened: Numbers, odds: Numbers) -> float | None:
    if not 0 < happened.sum() < happened.size:
        return None
    area = chance_measures(happened, opinions.chance(odds), resamples(happened.size, draws=0))["auc"]
    return round(float(interval(area)[0]), DIGITS)
