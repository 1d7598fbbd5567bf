"""Scorecards of recorded outcomes: points for each answer, rates by band of points, and whether answers still come."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.bands import bands, stability_index
from motherlode.predict.cases import Cases, Fact
from motherlode.predict.leaks import folds_of
from motherlode.predict.outcome_backtest import FOLDS, LAST_PART, known_cases, without_leaks
from motherlode.predict.scorecard import Answer, Scorecard
from motherlode.predict.special_functions import Numbers
from motherlode.tables import table

POINTS = {
    **dict.fromkeys(("target", "column"), "string"),
    "answer": "int64",
    **dict.fromkeys(("kind", "words"), "string"),
    **dict.fromkeys(("low", "high"), "float64"),
    **dict.fromkeys(("cases", "happened", "points"), "int64"),
    **dict.fromkeys(("rate", "evidence"), "float64"),
}
BANDS = {
    "target": "string",
    "band": "int64",
    **dict.fromkeys(("lowest", "highest"), "float64"),
    **dict.fromkeys(("cases", "happened"), "int64"),
    **dict.fromkeys(("rate", "rate_low", "rate_high"), "float64"),
}
STABILITY = {"target": "string", "column": "string", "stability_index": "float64", "shifted": "boolean"}
# From this index on the people are others than those that were learnt from (Siddiqi 2006).
SHIFTED = 0.2


@table(key=("target", "column", "answer"), subject=None, columns=POINTS, purpose="profiling")
def score_points(
    outcome_rows: pa.Table,
    closed_deals: pa.Table,
    left_out: pa.Table,
    *,
    rising: str = "",
    falling: str = "",
    least_cases: int = 200,
    most_cases: int = 60_000,
) -> pa.Table:
    """The card of each outcome: the points of every answer, which add up to a score; 20 points double the odds.

    The line without a column holds the points that everybody has. `rate` is the share of the cases with that answer to
    which it happened, `evidence` the logarithm of how far its odds are from everybody's (weight of evidence).

    Parameters
    ----------
    rising, falling
        Columns whose points may only rise, or only fall, with the value, separated by commas.
    least_cases
        Cases of an outcome below which there is no card.
    most_cases
        Cases that are looked at, the last ones.
    """
    rows: list[dict[str, Any]] = []
    for cases in known_cases(outcome_rows, closed_deals, least_cases, most_cases):
        honest = without_leaks(cases, left_out)
        card = _card(honest, rising, falling).fit(honest.values, honest.outcome)
        rows += _lines(honest, card.points())
    return pa.Table.from_pylist(rows, schema=_shape(POINTS))


@table(key=("target", "band"), subject=None, columns=BANDS, purpose="profiling")
def score_bands(
    outcome_rows: pa.Table,
    closed_deals: pa.Table,
    left_out: pa.Table,
    *,
    least_cases: int = 200,
    most_cases: int = 60_000,
) -> pa.Table:
    """Tenths of the cases by their points, from the lowest on, and the share that it happened to, with 95 % around.

    Points come from cards that have not seen the case.

    Parameters
    ----------
    least_cases
        Cases of an outcome below which there is no card.
    most_cases
        Cases that are looked at, the last ones.
    """
    rows: list[dict[str, Any]] = []
    for cases in known_cases(outcome_rows, closed_deals, least_cases, most_cases):
        honest = without_leaks(cases, left_out)
        for number, band in enumerate(bands(_points_out_of_fold(honest), honest.outcome), start=1):
            told = {name: getattr(band, name) for name in BANDS if name not in ("target", "band")}
            rows.append({"target": honest.target, "band": number, **told})
    return pa.Table.from_pylist(rows, schema=_shape(BANDS))


@table(key=("target", "column"), subject=None, columns=STABILITY, purpose="profiling")
def score_stability(
    outcome_rows: pa.Table,
    closed_deals: pa.Table,
    left_out: pa.Table,
    *,
    least_cases: int = 200,
    most_cases: int = 60_000,
) -> pa.Table:
    """By column, how far the last 30 % of the cases answer otherwise than those before (population stability index).

    Below 0.1 they are the same people, from 0.2 on they are others, and the card should be learnt anew.

    Parameters
    ----------
    least_cases
        Cases of an outcome below which there is no card.
    most_cases
        Cases that are looked at, the last ones.
    """
    rows: list[dict[str, Any]] = []
    for cases in known_cases(outcome_rows, closed_deals, least_cases, most_cases):
        honest = without_leaks(cases, left_out)
        past = np.arange(honest.outcome.size) < int((1 - LAST_PART) * honest.outcome.size)
        if np.ptp(honest.outcome[past]) == 0:
            continue
        card = _card(honest, "", "").fit(honest.values[past], honest.outcome[past])
        both = zip(card.shares(honest.values[past]), card.shares(honest.values[~past]), strict=True)
        for fact, (before, after) in zip(honest.facts, both, strict=True):
            index = stability_index(before, after)
            rows.append(
                {"target": honest.target, "column": fact.name, "stability_index": index, "shifted": index >= SHIFTED}
            )
    return pa.Table.from_pylist(rows, schema=_shape(STABILITY))


def _card(cases: Cases, rising: str, falling: str) -> Scorecard:
    names = [fact.name for fact in cases.facts]
    course = {
        way: [names.index(name) for name in map(str.strip, said.split(",")) if name in names]
        for way, said in (("rising", rising), ("falling", falling))
    }
    return Scorecard(categorical=cases.categorical, rising=course["rising"], falling=course["falling"])


def _lines(cases: Cases, answers: list[Answer]) -> Iterator[dict[str, Any]]:
    numbered: dict[int, int] = {}
    for line in answers:
        numbered[line.column] = numbered.get(line.column, 0) + 1
        fact = cases.facts[line.column] if line.column >= 0 else None
        yield {
            "target": cases.target,
            "column": fact.name if fact else "",
            "answer": numbered[line.column],
            "kind": line.kind,
            "words": _words(fact, line),
            "low": line.low if np.isfinite(line.low) else None,
            "high": line.high if np.isfinite(line.high) else None,
            "cases": line.cases,
            "happened": line.happened,
            "points": line.points,
            "rate": line.rate,
            "evidence": line.evidence,
        }


def _words(fact: Fact | None, line: Answer) -> str | None:
    if fact is None or not line.codes:
        return None
    return ", ".join(fact.words[int(code)] for code in line.codes if int(code) < len(fact.words))


def _points_out_of_fold(cases: Cases) -> Numbers:
    fold = folds_of(cases.outcome, FOLDS, cases.who)
    points = np.empty(cases.outcome.size)
    for number in range(FOLDS):
        here = fold == number
        card = _card(cases, "", "").fit(cases.values[~here], cases.outcome[~here])
        points[here] = card.total_points(cases.values[here])
    return points


def _shape(columns: Mapping[str, str]) -> pa.Schema:
    kinds = {"boolean": pa.bool_()}
    return pa.schema([(name, kinds.get(kind) or pa.type_for_alias(kind)) for name, kind in columns.items()])
