"""Which model speaks for each target, and whether there is anything to say."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.order_backtest import NO_SUM, RANKING, RULES
from motherlode.tables import Promise, table

COLUMNS = {
    "target": "string",
    "model": "string",
    "challenger": "string",
    "verdict": "string",
    "test_days": "int64",
    "ranking": "string",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "over_rule": "float64",
    "over_rule_low": "float64",
    "over_rule_high": "float64",
    "total_ratio": "float64",
}
LOSS = {False: "log_loss", True: "mean_error"}
NOTHING = {False: 0.5, True: 0.0}
# The rule of outcomes that were recorded, and of what to buy next.
COMMON_RULES = ("best_column", "popularity")


@table(key="target", subject=None, columns=COLUMNS)
def champions(backtest: pa.Table, *, labels: Mapping[str, Promise] | None = None) -> pa.Table:
    """For each target the model with the smallest loss over all test days, the next best, and a verdict.

    `signal`: it ranks better than the rule (recency and frequency, popularity, or the best single column), and the
    interval of the gain leaves out nil.
    `no_better_than_rule`: it does not, so the rule speaks. `no_signal`: nothing ranks better than chance, and nobody is
    scored. `too_few`: there was no day to test on. Figures are means over the test days; ends of intervals are means of
    the days' ends, which is wider than the interval of the mean.
    """
    means = _means(backtest)
    amounts = {name: label.amount for name, label in (labels or {}).items()}
    targets = [*amounts, *sorted(name for name in means if name not in amounts)]
    rows = [_champion(name, amounts.get(name, False), means.get(name, {})) for name in targets]
    return pa.Table.from_pylist(
        rows, schema=pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
    )


Means = dict[str, dict[str, tuple[float, float, float]]]


def _means(backtest: pa.Table) -> dict[str, Means]:
    """Value, low and high by target, model and metric, over the test days."""
    found: dict[str, dict[str, dict[str, list[Any]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in backtest.to_pylist():
        ends = [np.nan if row[name] is None else row[name] for name in ("value", "low", "high")]
        found[row["target"]][row["model"]][row["metric"]].append(ends)
    return {
        target: {model: dict(_averages(metrics)) for model, metrics in models.items()}
        for target, models in found.items()
    }


def _averages(metrics: Mapping[str, list[Any]]) -> Iterator[tuple[str, tuple[float, float, float]]]:
    for metric, ends in metrics.items():
        value, low, high = np.mean(np.array(ends), axis=0).tolist()
        yield metric, (value, low, high)
    yield "days", (float(max(map(len, metrics.values()))), 0.0, 0.0)


def _champion(target: str, amount: bool, means: Means) -> dict[str, Any]:
    if not means:
        return {"target": target, "verdict": "too_few", "test_days": 0}
    ranking, rule = (
        RANKING[amount],
        next((name for name in (RULES.get(target, ""), *COMMON_RULES) if name in means), ""),
    )
    speaking = {name: metrics for name, metrics in means.items() if not name.endswith(NO_SUM)} or means
    best_first = sorted(speaking, key=lambda name: (speaking[name][LOSS[amount]][0], name))
    best = best_first[0]
    gain = means[best].get(f"{ranking}_over_rule", (0.0, 0.0, 0.0))
    verdict = "signal"
    if not means[best][ranking][1] > NOTHING[amount]:
        verdict = "no_signal"
    elif rule in means and not gain[1] > 0:
        verdict, best = "no_better_than_rule", rule
    others = [name for name in best_first if name != best]
    value, low, high = means[best][ranking]
    over, over_low, over_high = (None, None, None) if best == rule or rule not in means else gain
    return {
        "target": target,
        "model": best,
        "challenger": others[0] if others else None,
        "verdict": verdict,
        "test_days": int(means[best]["days"][0]),
        "ranking": ranking,
        "value": value,
        "low": low,
        "high": high,
        "over_rule": over,
        "over_rule_low": over_low,
        "over_rule_high": over_high,
        "total_ratio": means[best]["total_ratio"][0],
    }
