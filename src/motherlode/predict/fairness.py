"""Whether forecasts serve groups of people alike."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.measures import chance_measures, resamples
from motherlode.predict.order_backtest import RULES, drawn, known_traits, learnt, panels_of_snapshots, tests
from motherlode.predict.panel import Panel
from motherlode.predict.special_functions import Numbers
from motherlode.tables import Promise, table

COLUMNS = {
    "target": "string",
    "grouping": "string",
    "group": "string",
    "model": "string",
    "customers": "int64",
    "rate": "float64",
    "auc": "float64",
    "calibration": "float64",
    "selection_rate": "float64",
    "selection_ratio": "float64",
    "verdict": "string",
}
SHAPE = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
AGES = ((0, 25, "under_25"), (25, 35, "25_34"), (35, 50, "35_49"), (50, 65, "50_64"), (65, 200, "65_plus"))
SELECTED = 0.1
# A group chosen at less than four fifths of the rate of the most chosen (29 CFR 1607.4 D) is looked at.
FOUR_FIFTHS = 0.8
CALIBRATED = (0.8, 1.25)


@table(key=("target", "grouping", "group"), subject=None, columns=COLUMNS, purpose="profiling")
def fairness(
    snapshots: pa.Table,
    champions: pa.Table,
    customers: pa.Table,
    stated_traits: pa.Table,
    left_out_traits: pa.Table,
    *,
    models: Mapping[str, Promise] | None = None,
    labels: Mapping[str, Promise] | None = None,
    least_customers: int = 100,
    most_learnt: int = 50_000,
) -> pa.Table:
    """How the champion of each target does for groups by age, gender and province, on the last test day.

    `rate` is the share to whom it happened, `auc` how well it ranks within the group, `calibration` the forecast total
    over what came, `selection_rate` the share of the group among the tenth with the highest scores, `selection_ratio`
    that against the most selected group. `verdict`: `alike`, `few` (too few to say), `off` (the forecast is a fifth too
    high or low), or `apart` (selected at less than four fifths of another group: to be looked at, as buying differs).

    Parameters
    ----------
    least_customers
        Customers of a group, below which nothing is said of it.
    """
    if not customers.num_rows or not snapshots.num_rows:
        return SHAPE.empty_table()
    groups = _groups(customers)
    panels = panels_of_snapshots(snapshots, labels or {}, known_traits(stated_traits, left_out_traits))
    rows: list[dict[str, Any]] = []
    for champion in champions.to_pylist():
        label, model = (labels or {}).get(champion["target"]), (models or {}).get(champion["model"])
        if label is None or model is None or label.amount or champion["target"] not in RULES:
            continue
        panel = panels[label.ahead_days]
        for test in tests(panel, champion["target"], label.ahead_days, 1, 2 * least_customers, most_learnt):
            known = test.past.where(drawn(np.isfinite(test.past.labels[champion["target"]]), most_learnt))
            if np.ptp(known.labels[champion["target"]]) > 0:
                estimator, columns = learnt(model, known, champion["target"])
                told = np.asarray(estimator.predict(test.asked.seen(columns)), dtype=np.float64)
                rows += _judged(champion, test.asked, told, groups, least_customers)
    return pa.Table.from_pylist(rows, schema=SHAPE)


def _groups(customers: pa.Table) -> dict[str, dict[str, str]]:
    """Grouping -> customer -> group."""
    rows = customers.select(["customer_id", "age", "gender", "province"]).to_pylist()
    ages = {row["customer_id"]: _band(row["age"]) for row in rows if row["age"] is not None}
    named = {
        name: {row["customer_id"]: str(row[name]).strip().lower() for row in rows if row[name]}
        for name in ("gender", "province")
    }
    return {"age_band": ages, **named}


def _band(age: float) -> str:
    return next((name for low, high, name in AGES if low <= age < high), "")


def _judged(
    champion: Mapping[str, Any], asked: Panel, told: Numbers, groups: Mapping[str, Mapping[str, str]], least: int
) -> Iterator[dict[str, Any]]:
    truth = asked.labels[champion["target"]]
    bar = np.quantile(told, 1 - SELECTED)
    who = asked.customers.to_pylist()
    for grouping, of in groups.items():
        mine = np.array([of.get(one, "") for one in who])
        named = [name for name in np.unique(mine).tolist() if name]
        if len(named) < 2:
            continue
        found = [_measured(truth[mine == name], told[mine == name], bar, name, least) for name in named]
        top = max((row["selection_rate"] for row in found if row["verdict"] != "few"), default=0.0)
        for row in found:
            ratio = row["selection_rate"] / top if top else 1.0
            shared = {"target": champion["target"], "model": champion["model"], "grouping": grouping}
            yield {**shared, **row, "selection_ratio": ratio, "verdict": _verdict(row, ratio)}


def _measured(truth: Numbers, told: Numbers, bar: float, name: str, least: int) -> dict[str, Any]:
    came = float(truth.sum())
    enough = truth.size >= least and 0 < came < truth.size
    auc = float(chance_measures(truth, told, resamples(truth.size, draws=1))["auc"][0]) if enough else None
    return {
        "group": name,
        "customers": int(truth.size),
        "rate": float(truth.mean()),
        "auc": auc,
        "calibration": float(told.sum()) / came if came else None,
        "selection_rate": float(np.mean(told >= bar)),
        "verdict": "" if enough else "few",
    }


def _verdict(row: Mapping[str, Any], ratio: float) -> str:
    if row["verdict"]:
        return str(row["verdict"])
    if not CALIBRATED[0] <= row["calibration"] <= CALIBRATED[1]:
        return "off"
    return "alike" if ratio >= FOUR_FIFTHS else "apart"
