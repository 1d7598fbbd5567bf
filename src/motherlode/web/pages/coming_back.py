"""How many come back: a curve, and a triangle of cohorts, each cell with its people."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from starlette.responses import Response

from motherlode.charts import Line, LineWords, step_lines
from motherlode.measure.marks import InPeriod
from motherlode.measure.moments import ANYTHING, table_of
from motherlode.measure.retained import COLUMNS, EVERYBODY, Retention, by_cohort, months_of, returned
from motherlode.report.view import LONG, figures
from motherlode.web.pages.files import as_file
from motherlode.web.pages.filtering import address
from motherlode.web.pages.lives import chosen, lives, named, parts, people_at, ways_to_part, whole_number
from motherlode.web.pages.visit import PageVoice, Visit
from motherlode.web.pages.wording import shown

LENGTHS = (1, 7, 30, 90)
PERIODS = {1: 14, 7: 12, 30: 12, 90: 8}
# Cohorts that the triangle shows, the latest; the picture shows fewer.
MOST_COHORTS, MOST_LINES = 18, 4
SHADES = 8
# Of fewer customers a share says little.
FEW = 30


def retention(visit: Visit) -> Mapping[str, Any]:
    """Returns after the first order, by month of it, unless the address asks for others."""
    all_lives, voice = lives(visit), visit.voice
    asked, by = _asked(visit), by_of(visit)
    rows = _rows(visit, asked, by)
    latest = latest_first(rows, by)
    cells = {(row["cohort"], row["period"]): row for row in rows}
    lines = [EVERYBODY, *(name for name in latest if (name, 2) in cells)][: MOST_LINES + 1]
    drawn = ("retention drawn", asked, by, voice.language)
    return {
        "tab": "retention",
        "starts": named([*all_lives.choices, ANYTHING], voice),
        "figure": visit.keep(drawn, lambda: _figure(asked, lines, cells, by, voice)),
        **triangle(visit, asked, by),
        "at": lambda path, **changed: address(path, visit.query, **changed),
        "said": _sentence(asked, cells, voice),
        "no_events": not all_lives.events,
    }


def triangle(visit: Visit, asked: Retention, by: str) -> dict[str, Any]:
    """What the table of cohorts and periods shows."""
    rows = _rows(visit, asked, by)
    cells = {(row["cohort"], row["period"]): row for row in rows}
    names = [name for name in [EVERYBODY, *latest_first(rows, by)] if (name, 0) in cells]
    return {
        "asked": asked,
        "by": by,
        "traits": ways_to_part(visit),
        "lengths": LENGTHS,
        "periods": range(1, asked.periods + 1),
        "cohorts": [(name, name_of(name, by, visit.voice)) for name in names],
        "cells": cells,
        "people": lambda row, back=True: people_of(asked, row["cohort"], row["period"], by, back=back),
        "shade": shades([row["share"] for row in rows if row["period"]]),
        "few": FEW,
    }


def latest_first(rows: Sequence[Mapping[str, Any]], by: str) -> list[str]:
    """The cohorts that are shown: the latest months, or every value of a trait."""
    names = [name for name in dict.fromkeys(row["cohort"] for row in rows) if name]
    return names if by else names[-MOST_COHORTS:][::-1]


def file(visit: Visit) -> Response:
    """Cohorts and periods as a file."""
    rows = table_of(COLUMNS, _rows(visit, _asked(visit), by_of(visit)))
    return as_file(visit, rows, "retention", visit.request.path_params["kind"])


def _asked(visit: Visit) -> Retention:
    all_lives = lives(visit)
    known = [*all_lives.choices, ANYTHING]
    ordered = ":order" in known
    days = length_of(visit)
    start = chosen(visit, "start", known, ":first_order" if ordered else ANYTHING)
    return Retention(start, chosen(visit, "back", known, ":order" if ordered else ANYTHING), days, PERIODS[days])


def length_of(visit: Visit) -> int:
    """How many days a period has."""
    days = whole_number(visit, "days", 30)
    return days if days in LENGTHS else 30


def by_of(visit: Visit) -> str:
    """The trait by which cohorts are told apart; "" for the month in which they began."""
    return chosen(visit, "by", [name for name, _ in ways_to_part(visit)], "")


def _rows(visit: Visit, asked: Retention, by: str) -> list[dict[str, Any]]:
    def look() -> list[dict[str, Any]]:
        all_lives = lives(visit)
        returns = returned(all_lives.moments, all_lives.numbers, asked, visit.project.as_of)
        if not by:
            return by_cohort(returns, *months_of(returns), asked)
        place, found = np.full(all_lives.moments.customers, -1), parts(visit, by)
        for number, (_, only) in enumerate(found):
            place[only] = number
        return by_cohort(returns, [value for value, _ in found], place, asked)

    return visit.keep(("retention", asked, by), look)


def people_of(asked: Retention, named: str, period: int, by: str, *, back: bool | None) -> str:
    """Where the people of a cell are; `back` as of `InPeriod`."""
    cohort, value = ("", named) if by else (named, "")
    return people_at(InPeriod(asked, cohort, period, back), by if value else "", value)


def name_of(cohort: str, by: str, voice: PageVoice) -> str:
    if not cohort:
        return voice.tell("everybody")
    return shown(by, cohort, voice) if by else cohort


def shades(values: Sequence[float]) -> Callable[[float], int]:
    """How dark a value is, from 1 to 8, as a part of the greatest."""
    most = max(values, default=0.0)
    return lambda value: 1 + round(max(value, 0.0) / most * (SHADES - 1)) if most > 0 else 1


def _figure(
    asked: Retention, names: list[str], cells: dict[tuple[str, int], dict[str, Any]], by: str, voice: PageVoice
) -> Any:
    lines = [
        Line(
            name_of(name, by, voice),
            [(row["days"], row["share"]) for p in range(1, asked.periods + 1) if (row := cells.get((name, p)))],
        )
        for name in names
    ]
    most = max((share for line in lines for _, share in line.points), default=0.0)
    words = LineWords(voice.tell("retention_title"), voice.tell("days_after_start"))
    drawn = figures(
        lambda width: step_lines(
            lines, voice.shares_up_to(most), words, width=width, y_most=most or 1.0, stepped=False
        ),
        wide=LONG,
    )
    return next(iter(drawn), None)


def _sentence(asked: Retention, cells: dict[tuple[str, int], dict[str, Any]], voice: PageVoice) -> str:
    first = cells.get((EVERYBODY, 1))
    if first is None:
        return voice.tell("retention_none")
    return voice.tell(
        "retention_says",
        of=voice.count(first["of"]),
        start=voice.word("doing", asked.start),
        back=voice.word("doing", asked.back),
        days=asked.period_days,
        share=voice.share(first["share"]),
    )
