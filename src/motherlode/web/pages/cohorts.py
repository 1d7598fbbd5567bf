"""What customers have brought by their age, a row a cohort, beside how many of them come back."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir
from starlette.responses import Response

from motherlode.charts import Line, LineWords, step_lines
from motherlode.measure.cohort_value import EVERYBODY, brought
from motherlode.measure.retained import Retention
from motherlode.report.view import LONG, Figure, figures
from motherlode.web.pages import coming_back
from motherlode.web.pages.coming_back import MOST_LINES, PERIODS, by_of, length_of, name_of, people_of
from motherlode.web.pages.files import as_file
from motherlode.web.pages.filtering import address
from motherlode.web.pages.page import Also
from motherlode.web.pages.visit import PageVoice, Visit

PATH = "/analyse/cohorts"
NEEDED = "profile.beginnings"
Cells = Mapping[tuple[str, int], Mapping[str, Any]]


def cohorts(visit: Visit) -> Mapping[str, Any]:
    """Value by age as a curve and a table, and the returns of the same cohorts."""
    asked, by = _asked(visit), by_of(visit)
    rows = _rows(visit, asked, by)
    cells = {(row["cohort"], row["period"]): row for row in rows}
    returns = coming_back.triangle(visit, asked, by)
    names = [(name, words) for name, words in returns["cohorts"] if (name, 0) in cells]
    return {
        "tab": "cohorts",
        **returns,
        "worth": cells,
        "names": names,
        "ages": range(asked.periods + 1),
        "worth_shade": coming_back.shades([row["each"] for row in rows]),
        "worth_people": lambda row: people_of(asked, row["cohort"], row["period"], by, back=None),
        "figure": _figure(asked, _drawn(names, cells), cells, by, visit.voice),
        "at": lambda path, **changed: address(path, visit.query, **changed),
        "said": _sentence(cells, visit.voice),
    }


def file(visit: Visit) -> Response:
    """Cohorts and ages as a file."""
    found = visit.project.query(_value(visit, _asked(visit), by_of(visit)).order_by("cohort", "period")).arrow
    return as_file(visit, found, "cohorts", visit.request.path_params["kind"])


def _asked(visit: Visit) -> Retention:
    days = length_of(visit)
    return Retention(period_days=days, periods=PERIODS[days])


def _rows(visit: Visit, asked: Retention, by: str) -> list[dict[str, Any]]:
    if not visit.has_rows(NEEDED):
        return []

    def look() -> list[dict[str, Any]]:
        rows = visit.project.query(_value(visit, asked, by).order_by("cohort", "period")).to_dicts()
        return [{**row, "money": float(row["money"])} for row in rows]

    return visit.keep(("cohorts", asked, by), look)


def _value(visit: Visit, asked: Retention, by: str) -> ir.Table:
    orders, returns = (visit.project.expression(name) for name in ("refine.orders", "refine.returns"))
    began = visit.project.expression(NEEDED).select("customer_id", "first_on")
    if by:
        trait = visit.traits()[by]
        parts = visit.project.expression(trait.address)
        parts = parts.select("customer_id", cohort=parts[trait.column].cast("string"))
        began = began.inner_join(parts.filter(parts.cohort.notnull() & (parts.cohort != "")), "customer_id")
        began = began.select("customer_id", "first_on", "cohort")
    else:
        began = began.mutate(cohort=began.first_on.strftime("%Y-%m"))
    return brought(orders, returns, began, visit.project.as_of, asked.period_days, asked.periods, whole=not by)


def _drawn(names: Sequence[tuple[str, str]], cells: Cells) -> list[str]:
    """Cohorts from the youngest to the oldest; not everybody, whose later days are of other people than the first."""
    long = [name for name, _ in names if name != EVERYBODY and (name, 2) in cells]
    step = -(-len(long) // (MOST_LINES + 1)) or 1
    # The oldest has the longest line.
    return long[::-1][::step][::-1]


def _figure(asked: Retention, names: list[str], cells: Cells, by: str, voice: PageVoice) -> Figure | None:
    lines = [
        Line(
            name_of(name, by, voice),
            [(float(row["days"]), row["each"]) for age in range(asked.periods + 1) if (row := cells.get((name, age)))],
        )
        for name in names
    ]
    most = max((each for line in lines for _, each in line.points), default=0.0)
    words = LineWords(voice.tell("cohorts_title"), voice.tell("days_after_first"))
    drawn = figures(
        lambda width: step_lines(lines, voice.money, words, width=width, y_most=most, stepped=False), wide=LONG
    )
    return next(iter(drawn), None)


def _sentence(cells: Cells, voice: PageVoice) -> str:
    """What everybody brought on the first day and by the oldest age that enough of them have."""
    old = [row for (name, _), row in cells.items() if name == EVERYBODY and row["of"] >= coming_back.FEW]
    if len(old) < 2:
        return voice.tell("cohorts_none")
    first, last = old[0], old[-1]
    return voice.tell(
        "cohorts_say",
        of=voice.count(first["of"]),
        first=voice.money(first["each"]),
        days=last["days"],
        later=voice.money(last["each"]),
        old=voice.count(last["of"]),
    )


ALSO = (
    Also(PATH, cohorts, "cohorts.html", stored=True),
    Also(f"{PATH}.{{kind}}", file),
)
