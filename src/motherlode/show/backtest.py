"""The backtest on a terminal: for each target a verdict, and a line a model."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from rich.table import Table

from motherlode.labels import Language, label, say
from motherlode.schemas import OUTCOMES
from motherlode.show.terminal import console

if TYPE_CHECKING:
    from motherlode.project import Project

# The measures that a line shows, where a model has them: ranking first.
SHOWN = (
    "auc",
    "gini",
    "pr_auc",
    "log_loss",
    "mean_error",
    "calibration_error",
    "lift_10",
    "captured_10",
    "total_ratio",
)
RANKING = ("auc", "gini")
LEFT_OUT = ("left_out", "left_out_traits")
# Targets that a file records, a row a case.
RECORDED = (*OUTCOMES, "won")
Means = dict[str, dict[str, tuple[float, float, float]]]


def show(project: "Project", rows: pa.Table, language: Language) -> None:
    """Means over the test days, the best model of each target first."""
    screen = console()
    champions = {row["target"]: row for row in project.table("predict.champions")}
    cautions = project.table("predict.cautions").to_dicts()
    left_out = [row for name in LEFT_OUT for row in project.table(f"predict.{name}").to_dicts()]
    for target, days, means in _by_target(rows):
        champion = champions.get(target, {})
        screen.print(_head(target, days, champion, means, language), style="bold")
        speaking = champion.get("model") if champion.get("verdict") != "no_signal" else None
        screen.print(_grid(means, speaking, language))
        for line in _more_than_orders(means, language):
            screen.print(line)
        for row in cautions:
            if row["target"] == target:
                screen.print("! " + _caution(row, language), style="yellow")
        for row in left_out:
            if row["target"] == target and row["actual"] is not None:
                screen.print("! " + _left_out(row, language), style="yellow")
        screen.print()
    if not rows.num_rows:
        screen.print(say("no_backtest", language))


def _by_target(rows: pa.Table) -> Iterable[tuple[str, list[Any], Means]]:
    found: dict[str, dict[str, dict[str, list[Any]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    days: dict[str, set[Any]] = defaultdict(set)
    for row in rows.to_pylist():
        days[row["target"]].add(row["as_of"])
        if row["value"] is not None:
            found[row["target"]][row["model"]][row["metric"]].append([row["value"], row["low"], row["high"]])
    for target in days:
        means = {
            model: {metric: _mean(ends) for metric, ends in metrics.items()} for model, metrics in found[target].items()
        }
        yield target, sorted(day for day in days[target] if day is not None), means


def _mean(ends: list[Any]) -> tuple[float, float, float]:
    columns = ([end[place] for end in ends if end[place] is not None] for place in range(3))
    value, low, high = (sum(column) / len(column) if column else float("nan") for column in columns)
    return value, low, high


def _head(target: str, days: list[Any], champion: Mapping[str, Any], means: Means, language: Language) -> str:
    verdict = label("verdict_of_model", champion["verdict"], language) if champion.get("verdict") else ""
    tested = say(_how(target, means), language, days=", ".join(map(str, days))) if days else ""
    outcome, _, source = target.partition(":")
    name = " ".join(filter(None, [label("target", outcome, language), source and f"({source})"]))
    return " · ".join(filter(None, [name, verdict, tested]))


def _how(target: str, means: Means) -> str:
    """How cases were held back from learning: on later days, the last of them, or in folds."""
    if target.partition(":")[0] not in RECORDED:
        return "tested_on"
    return "tested_last" if any("auc_in_random_folds" in measures for measures in means.values()) else "tested_in_folds"


def _grid(means: Means, champion: str | None, language: Language) -> Table:
    shown = [metric for metric in SHOWN if any(metric in metrics for metrics in means.values())]
    grid = Table(label("column", "model", language), box=None, header_style="dim", pad_edge=False)
    for metric in shown:
        grid.add_column(label("metric", metric, language), justify="right")
    ranking = next((metric for metric in RANKING if metric in shown), "")
    best_first = sorted(means, key=lambda model: -means[model].get(ranking, (0.0, 0.0, 0.0))[0])
    for model in best_first:
        style = "bold green" if model == champion else ""
        cells = [_cell(means[model].get(metric), metric == ranking) for metric in shown]
        grid.add_row(("▸ " if model == champion else "  ") + label("model", model, language), *cells, style=style)
    return grid


def _cell(ends: tuple[float, float, float] | None, with_interval: bool) -> str:
    if ends is None or ends[0] != ends[0]:
        return ""
    value, low, high = ends
    digits = 3 if abs(value) < 10 else 1
    interval = f" ({low:.{digits}f}–{high:.{digits}f})" if with_interval and low == low else ""
    return f"{value:.{digits}f}{interval}"


def _more_than_orders(means: Means, language: Language) -> Iterable[str]:
    """What all that is known beside orders is worth, where it was asked."""
    for metrics in means.values():
        for ranking in RANKING:
            if f"{ranking}_over_orders_alone" in metrics:
                value, low, high = metrics[f"{ranking}_over_orders_alone"]
                said = label("metric", ranking, language)
                yield say("more_than_orders", language, value=value, low=low, high=high, ranking=said)


def _left_out(row: Mapping[str, Any], language: Language) -> str:
    why = label("why_left_out", row["why"], language)
    return say("left_out", language, column=row["column"], why=why, actual=row["actual"], benchmark=row["benchmark"])


def _caution(row: Mapping[str, Any], language: Language) -> str:
    numbers = {
        name: "–" if row[name] is None else f"{row[name]:.3f}".rstrip("0").rstrip(".")
        for name in ("actual", "benchmark")
    }
    model = label("model", row["model"], language)
    return f"{model}: {label('caution', row['caution'], language).format(**numbers)}"
