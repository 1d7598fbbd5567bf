"""How long until the second order, and how long customers stay, by the time of their first order."""

from typing import Any

from motherlode.charts import Line, LineWords, step_lines
from motherlode.report.view import Card, Grid, figures
from motherlode.web.pages.visit import Visit

SURVIVAL = "predict.survival"
DAYS = (30, 60, 90, 180, 365)
MOST_DAYS = 540
EVENTS = ("second_order", "left")


def staying(visit: Visit) -> list[Card]:
    """A card an event, with a line and a row for each cohort."""
    if not visit.has_rows(SURVIVAL):
        return []
    rows = visit.keep(SURVIVAL, lambda: visit.project.table(SURVIVAL).to_dicts())
    return [card for event in EVENTS if (card := _card(visit, event, [r for r in rows if r["event"] == event]))]


def _card(visit: Visit, event: str, rows: list[dict[str, Any]]) -> Card | None:
    if not rows:
        return None
    voice = visit.voice
    # A second order is hoped for: its line rises; leaving is not: what is drawn is who stays.
    hoped = event == "second_order"
    cohorts: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        share = 1 - row["share"] if hoped else row["share"]
        if row["days"] <= MOST_DAYS:
            cohorts.setdefault(row["stratum"], [(0.0, 0.0 if hoped else 1.0)]).append((row["days"], share))
    names = {name: voice.word("stratum", name) for name in cohorts}
    title = voice.tell(f"staying_{event}")
    words = LineWords(title, voice.tell("days_after_first"))
    lines = [Line(names[name], points) for name, points in cohorts.items()]
    drawn = figures(lambda width: step_lines(lines, voice.round_share, words, width=width))
    table = tuple(
        (names[name], *(share_at(points, days, voice.share) for days in DAYS)) for name, points in cohorts.items()
    )
    headers = (voice.tell("cohort"), *(voice.tell("after_days", n=days) for days in DAYS))
    return Card(event, title, "", voice.tell(f"staying_{event}_note"), drawn, shown=Grid(headers, table))


def share_at(points: list[tuple[float, float]], days: int, show: Any) -> str:
    """The share after so many days, where the cohort is old enough for it, or nobody is left whom it could change."""
    if points[-1][0] < days and points[-1][1] not in (0.0, 1.0):
        return "–"
    said: str = show([share for day, share in points if day <= days][-1])
    return said
