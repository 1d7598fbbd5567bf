"""What each customer will do: the champions' forecasts, each with its reasons."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from motherlode.predict.estimators import Scored, explains
from motherlode.predict.order_backtest import EPOCH, drawn, known_traits, learnt, panels_of_snapshots
from motherlode.predict.panel import Panel, panel_of_today
from motherlode.predict.special_functions import Numbers
from motherlode.tables import Promise, table

REASONS = 3
SPEAKING = ("signal", "no_better_than_rule")
COLUMNS = {
    "customer_id": "string",
    "target": "string",
    "model": "string",
    "score": "float64",
    "low": "float64",
    "high": "float64",
    **{
        f"{part}_{number}": kind
        for number in range(1, REASONS + 1)
        for part, kind in (
            ("reason", "string"),
            ("answer", "string"),
            ("actual", "float64"),
            ("typical", "float64"),
            ("effect", "float64"),
        )
    },
}
SHAPE = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
LOGIT = "_logit"
BLOCK = 50_000
# The middle of so many customers is that of all, in the digits that are told.
ENOUGH_TO_SAY_TYPICAL = 50_000


class Told(msgspec.Struct, frozen=True):
    """How forecasts of the champion turned out on the last test day: deciles from the likeliest on."""

    forecast: Numbers
    low: Numbers
    high: Numbers


@table(key=("target", "customer_id"), subject="customer_id", columns=COLUMNS, purpose="profiling")
def scores(
    features: pa.Table,
    snapshots: pa.Table,
    order_backtest: pa.Table,
    champions: pa.Table,
    stated_traits: pa.Table,
    left_out_traits: pa.Table,
    *,
    as_of: date,
    models: Mapping[str, Promise] | None = None,
    labels: Mapping[str, Promise] | None = None,
    most_learnt: int = 50_000,
    most_explained: int = 100_000,
) -> pa.Table:
    """Forecasts of every target for every buyer, with three reasons each, where the backtest found something to say.

    `score` is a probability (0 to 1), or an amount in the house currency. `low` and `high` hold, with 95 %
    probability, the mean of what came of customers with such a forecast on the last test day. A reason is a column
    with the customer's value and that of a typical customer, or the customer's `answer` in words; `effect` is what it
    adds to the logit of a probability or to the logarithm of an amount, where all columns and a constant add up to the
    whole, exactly.

    Parameters
    ----------
    most_learnt
        Rows of snapshots that a champion learns from.
    most_explained
        Customers with the highest scores who get reasons.
    """
    parts = []
    speaking = [row for row in champions.to_pylist() if row["verdict"] in SPEAKING and row["target"] in (labels or {})]
    heard = {row["target"]: (labels or {})[row["target"]] for row in speaking}
    traits = known_traits(stated_traits, left_out_traits)
    pasts = panels_of_snapshots(snapshots, labels or {}, traits) if heard else {}
    todays = {ahead: panel_of_today(features, as_of.toordinal() - EPOCH, ahead, traits) for ahead in pasts}
    for champion in speaking:
        label, model = heard[champion["target"]], (models or {})[champion["model"]]
        past, today = pasts[label.ahead_days], todays[label.ahead_days]
        told = _told(order_backtest, champion["target"], champion["model"])
        made = _scored(champion["target"], model, past, today, most_learnt, most_explained)
        parts.append(_with_interval(made, told, np.inf if label.amount else 1.0))
    return pa.concat_tables(parts) if parts else SHAPE.empty_table()


def _scored(target: str, model: Promise, past: Panel, today: Panel, most_learnt: int, most_explained: int) -> pa.Table:
    known = past.where(drawn(np.isfinite(past.labels[target]), most_learnt))
    estimator, columns = learnt(model, known, target)
    values = today.seen(columns)
    score = np.concatenate([np.empty(0), *(estimator.predict(block) for block in _blocks(values))])
    rows = {
        "customer_id": today.customers.cast(pa.string()),
        "target": pa.array([target] * score.size),
        "model": pa.array([model.name] * score.size),
        "score": score,
        "low": pa.nulls(score.size, pa.float64()),
        "high": pa.nulls(score.size, pa.float64()),
        **_reasons(estimator, today, columns, score, most_explained if explains(estimator) else 0),
    }
    return pa.table({name: rows[name] for name in COLUMNS}, schema=SHAPE)


def _blocks(values: Numbers) -> Iterator[Numbers]:
    return (values[begin : begin + BLOCK] for begin in range(0, len(values), BLOCK))


def _reasons(estimator: Any, today: Panel, columns: tuple[str, ...], score: Numbers, most: int) -> dict[str, pa.Array]:
    """The columns with the largest effects of each of the best, and nothing for the rest."""
    explained: Scored = estimator
    values, words = today.seen(columns), today.words
    best = np.sort(np.argsort(-score, kind="stable")[:most])
    typical = _typical(values[:: 1 + len(values) // ENOUGH_TO_SAY_TYPICAL])
    names = pa.array(columns)
    effects = np.concatenate(
        [np.empty((0, len(columns))), *(explained.explain(b)[:, :-1] for b in _blocks(values[best]))]
    )
    # What nobody stated is no reason.
    stated = [place for place, name in enumerate(columns) if name in today.traits]
    effects[:, stated] = np.where(np.isfinite(values[best][:, stated]), effects[:, stated], 0.0)
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")
    rows: dict[str, pa.Array] = {}
    for number in range(REASONS):
        there = number < len(columns)
        place = order[:, number] if there else np.zeros(best.size, dtype=np.int64)
        chosen = np.arange(best.size)
        effect = effects[chosen, place] if there and best.size else np.zeros(best.size)
        said = effect != 0
        cells = {
            "reason": (names.take(pa.array(place)), pa.string()),
            "answer": (_answers(values[best, place], columns, place, words), pa.string()),
            "actual": (_readable(values[best, place], columns, place, words), pa.float64()),
            "typical": (_readable(typical[place], columns, place, words), pa.float64()),
            "effect": (effect, pa.float64()),
        }
        for name, (cell, kind) in cells.items():
            rows[f"{name}_{number + 1}"] = _spread(cell, said, best, score.size, kind)
    return rows


def _typical(values: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        known = np.where(np.isfinite(values).any(axis=0), values, 0.0)
        return np.asarray(np.nanmedian(known, axis=0)) if len(values) else np.zeros(values.shape[1])


def _readable(cells: Numbers, columns: tuple[str, ...], place: Numbers, words: Mapping[str, Any]) -> Numbers:
    """A logit is told as the probability that it stands for; a code is no number."""
    logits = np.array([name.endswith(LOGIT) for name in columns])[place]
    codes = np.array([name in words for name in columns])[place]
    told = np.where(logits, 1 / (1 + np.exp(-np.clip(cells, -30, 30))), cells).astype(np.float64)
    return np.where(codes, np.nan, told)


def _answers(
    cells: Numbers, columns: tuple[str, ...], place: Numbers, words: Mapping[str, tuple[str, ...]]
) -> pa.Array:
    """The words that codes stand for, and nothing for numbers."""
    told = np.full(cells.size, None, dtype=object)
    for at, name in enumerate(columns):
        here = (place == at) & np.isfinite(cells) if name in words else np.zeros(cells.size, dtype=bool)
        if here.any():
            told[here] = np.array(words[name], dtype=object)[cells[here].astype(np.int64)]
    return pa.array(told, pa.string())


def _spread(cells: Any, said: Numbers, rows: Numbers, size: int, kind: pa.DataType) -> pa.Array:
    """Cells of some rows as a column of all."""
    place = np.full(size, -1)
    place[rows[said]] = np.flatnonzero(said)
    column = cells if isinstance(cells, pa.Array) else pa.array(cells, kind, from_pandas=True)
    return column.take(pa.array(place, mask=place < 0))


def _told(backtest: pa.Table, target: str, model: str) -> Told | None:
    rows = [row for row in backtest.to_pylist() if row["target"] == target and row["model"] == model]
    last = max((row["as_of"] for row in rows), default=None)
    known = {row["metric"]: row for row in rows if row["as_of"] == last}
    deciles = [number for number in range(1, 11) if known.get(f"came_decile_{number}", {}).get("low") is not None]
    if not deciles:
        return None
    came = [known[f"came_decile_{number}"] for number in deciles]
    forecast = np.array([known[f"forecast_decile_{number}"]["value"] for number in deciles])
    return Told(forecast, np.array([row["low"] for row in came]), np.array([row["high"] for row in came]))


def _with_interval(rows: pa.Table, told: Told | None, most: float) -> pa.Table:
    """What came of such a forecast, by straight lines between deciles; beyond them as far off as the nearest one."""
    if told is None:
        return rows
    score = rows.column("score").to_numpy()
    below, above = (np.interp(score, told.forecast[::-1], (end - told.forecast)[::-1]) for end in (told.low, told.high))
    ends = {
        "low": np.maximum(score + np.minimum(below, 0), 0.0),
        "high": np.minimum(score + np.maximum(above, 0), most),
    }
    for name, values in ends.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(values))
    return rows
