"""Chapter two: what is forecast of customers, and how well that went on days past."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from motherlode.charts import ParetoWords, Tenth, TenthWords, calibration, pareto
from motherlode.report.findings import Findings
from motherlode.report.view import Card, Chapter, Figure, Grid, Voice, figures

RANKINGS = ("auc", "gini")
SHOWN = ("auc", "gini", "log_loss", "mean_error", "calibration_error", "lift_10", "captured_10", "total_ratio")
Measures = dict[str, tuple[float, float, float]]
Means = dict[str, Measures]


def foresee(found: Findings, voice: Voice) -> Chapter:
    means = _means(found.rows("backtest"))
    cards = [_target(row, means.get(row["target"], {}), voice) for row in found.rows("champions")]
    return Chapter("foresee", voice.say("foresee"), voice.say("foresee_note"), (*cards, _cautions(found, voice)))


def _target(champion: dict[str, Any], means: Means, voice: Voice) -> Card:
    target, model = champion["target"], champion["model"]
    title = voice.say("forecast_of", target=voice.word("target", target))
    if not means or model not in means:
        return Card(f"forecast_{target}", title, voice.say("forecast_too_few"))
    ranking = next(name for name in RANKINGS if name in means[model])
    value, low, high = means[model][ranking]
    note = voice.say(
        "forecast_note",
        verdict=voice.word("verdict_of_model", champion["verdict"]),
        model=voice.word("model", model),
        measure=voice.word("metric", ranking),
        value=f"{value:.3f} ({low:.3f}–{high:.3f})",
        days=champion["test_days"],
    )
    shares = ranking == "auc"
    drawn = (*_curve_of_calibration(means[model], shares, voice), *_gains(means[model], voice))
    shown, data = _models(means, model, ranking, voice), _by_tenth(means[model], shares, voice)
    return Card(f"forecast_{target}", title, "", note, drawn, shown=shown, data=data, wide=True)


def _by_tenth(measures: Measures, shares: bool, voice: Voice) -> Grid:
    """The numbers of both pictures: tenths of the customers, highest forecast first, what the first of them hold."""
    show = voice.share if shares else voice.money
    headers = [voice.say(f"calibration_{part}") for part in ("bottom", "forecast", "came")]
    rows = [
        [
            f"{number}/10",
            show(measures[f"forecast_decile_{number}"][0]),
            _ranged(measures[f"came_decile_{number}"], show),
        ]
        for number in range(1, 11)
        if f"came_decile_{number}" in measures
    ]
    if "gain_10" in measures:
        headers.append(voice.say("gains_title"))
        gains = [*(measures[f"gain_{depth}"][0] for depth in range(10, 100, 10)), 1.0]
        rows = [[*row, voice.share(gain)] for row, gain in zip(rows, gains, strict=False)]
    return Grid(tuple(headers), tuple(map(tuple, rows)))


def _ranged(measure: tuple[float, float, float], show: Callable[[float], str]) -> str:
    value, low, high = map(show, measure)
    return f"{value} ({low}–{high})"


def _curve_of_calibration(measures: Measures, shares: bool, voice: Voice) -> tuple[Figure, ...]:
    tenths = [
        Tenth(measures[f"forecast_decile_{number}"][0], *measures[f"came_decile_{number}"])
        for number in range(1, 11)
        if f"came_decile_{number}" in measures
    ]
    words = TenthWords(*(voice.say(f"calibration_{part}") for part in ("title", "came", "forecast", "bottom")))
    most = max((max(one.high, one.forecast) for one in tenths), default=0.0)
    show = voice.shares_up_to(most) if shares else voice.money
    return figures(lambda width: calibration(tenths, show, words, width=width), words.title) if tenths else ()


def _gains(measures: Measures, voice: Voice) -> tuple[Figure, ...]:
    depths = range(10, 100, 10)
    if not all(f"gain_{depth}" in measures for depth in depths):
        return ()
    tenths = [0.0, *(measures[f"gain_{depth}"][0] for depth in depths), 1.0]
    curve = [(percent / 100, _between(tenths, percent)) for percent in range(101)]
    words = ParetoWords(*(voice.say(f"gains_{part}") for part in ("title", "even", "bottom")))
    return figures(lambda width: pareto(curve, voice.round_share, words, width=width), words.title)


def _between(tenths: list[float], percent: int) -> float:
    """The share at a percentage, on straight lines between tenths."""
    place, rest = divmod(percent, 10)
    after = tenths[min(place + 1, 10)]
    return tenths[place] + (after - tenths[place]) * rest / 10


def _models(means: Means, champion: str, ranking: str, voice: Voice) -> Grid:
    shown = [metric for metric in SHOWN if any(metric in measures for measures in means.values())]
    best_first = sorted(means, key=lambda name: -means[name].get(ranking, (0.0, 0.0, 0.0))[0])
    rows = tuple(
        (
            ("▸ " if name == champion else "") + voice.word("model", name),
            *(_said(means[name].get(metric), metric == ranking) for metric in shown),
        )
        for name in best_first
    )
    return Grid((voice.word("column", "model"), *(voice.word("metric", metric) for metric in shown)), rows)


def _said(measure: tuple[float, float, float] | None, with_interval: bool) -> str:
    if measure is None:
        return "–"
    value, low, high = measure
    digits = 3 if abs(value) < 10 else 1
    return f"{value:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})" if with_interval else f"{value:.{digits}f}"


def _cautions(found: Findings, voice: Voice) -> Card:
    rows = tuple(
        (voice.word("target", row["target"]), voice.word("model", row["model"]), _caution(row, voice))
        for row in found.rows("cautions")
    )
    headers = (*voice.columns("target", "model"), voice.say("caution_found"))
    title, empty, note = (voice.say(f"cautions{part}") for part in ("_title", "_empty", "_note"))
    return Card("cautions", title, empty, note, shown=Grid(headers, rows, numbers_from=9), wide=True)


def _caution(row: dict[str, Any], voice: Voice) -> str:
    numbers = {name: "–" if row[name] is None else f"{row[name]:.2f}" for name in ("actual", "benchmark")}
    return voice.word("caution", row["caution"]).format(**numbers)


def _means(rows: list[dict[str, Any]]) -> dict[str, Means]:
    """Value, low and high by target, model and measure: means over the test days."""
    found: dict[tuple[str, str, str], list[tuple[float, float, float]]] = defaultdict(list)
    for row in rows:
        if None not in (row["value"], row["low"], row["high"]):
            found[row["target"], row["model"], row["metric"]].append((row["value"], row["low"], row["high"]))
    means: dict[str, Means] = defaultdict(lambda: defaultdict(dict))
    for (target, model, metric), ends in found.items():
        value, low, high = (sum(end[place] for end in ends) / len(ends) for place in range(3))
        means[target][model][metric] = (value, low, high)
    return means
