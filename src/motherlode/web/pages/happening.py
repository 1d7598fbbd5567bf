"""What customers do, how often, and when."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from starlette.responses import Response

from motherlode.charts import Bars, columns
from motherlode.measure.marks import Did
from motherlode.measure.moments import meant
from motherlode.report.view import LONG, figures
from motherlode.web.pages.files import as_file
from motherlode.web.pages.filtering import address, link
from motherlode.web.pages.lives import Lives, chosen, lives, named, people_at
from motherlode.web.pages.visit import Visit

MOST_ROWS, MOST_VALUES = 100, 8
EPOCH = date(1970, 1, 1)
# How long a column of the picture is, and how many of them are shown.
LENGTHS = {"day": 1, "week": 7, "month": 30}
MOST_COLUMNS = {"day": 60, "week": 52, "month": 36}
# What is told with an event.
TOLD = ("page_url", "product_id", "device", "campaign")


def events(visit: Visit) -> Mapping[str, Any]:
    """Everything that is done; of one thing that is asked for, when it is done, and what is told with it."""
    all_lives, voice = lives(visit), visit.voice
    doing = chosen(visit, "doing", all_lives.choices, "")
    length = chosen(visit, "length", list(LENGTHS), "week")
    customers = all_lives.moments.customers
    return {
        "tab": "events",
        "doing": doing,
        "length": length,
        "lengths": list(LENGTHS),
        "choices": named(all_lives.choices, voice),
        "rows": [
            {
                **row,
                "people": people_at(Did(row["doing"])),
                "share": row["customers"] / customers if customers else None,
            }
            for row in all_lives.doings[:MOST_ROWS]
        ],
        "often": _often(visit, all_lives, doing, length) if doing else [],
        "figure": _figure(visit, all_lives, doing, length) if doing else None,
        "told": _told(visit, doing) if doing and not doing.startswith(":") else [],
        "people": people_at(Did(doing)) if doing else "",
        "at": lambda path, **changed: address(path, visit.query, **changed),
        "funnel_from": link("/analyse/funnel", step=[doing, ":order"]) if doing else "",
        "no_events": not all_lives.events,
    }


def file(visit: Visit) -> Response:
    """Everything that is done, as a file."""
    return as_file(visit, visit.project.table("measure.doings").arrow, "events", visit.request.path_params["kind"])


def _often(visit: Visit, all_lives: Lives, doing: str, length: str) -> list[tuple[str, int, int]]:
    """For each day, week or month that is over: its first day, how many times, and how many customers."""

    def look() -> list[tuple[str, int, int]]:
        moments, days = all_lives.moments, LENGTHS[length]
        rows = np.flatnonzero(meant(doing, all_lives.numbers)[moments.doing])
        # Counted back from the last day, so that the last column is as long as all others.
        ago = ((visit.project.as_of - EPOCH).days - moments.day(rows)) // days
        there = (ago >= 0) & (ago < MOST_COLUMNS[length])
        ago, owner = ago[there], moments.owner[rows][there]
        span = int(ago.max(initial=-1)) + 1
        times = np.bincount(ago, minlength=span)
        once = np.unique(ago.astype(np.int64) * moments.customers + owner)
        people = np.bincount(once // max(moments.customers, 1), minlength=span)
        last = visit.project.as_of
        return [
            (f"{last - timedelta(days=days * (back + 1) - 1)}", int(times[back]), int(people[back]))
            for back in range(span - 1, -1, -1)
        ]

    return visit.keep(("often", doing, length), look)


def _figure(visit: Visit, all_lives: Lives, doing: str, length: str) -> Any:
    rows, voice = _often(visit, all_lives, doing, length), visit.voice
    bars = Bars([first for first, _, _ in rows], [""], [[times] for _, times, _ in rows], "hue")
    title = voice.tell("how_often", doing=voice.word("doing", doing))
    return next(iter(figures(lambda width: columns(bars, voice.short, title=title, width=width), wide=LONG)), None)


def _told(visit: Visit, doing: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """The commonest values of what is told with an event."""

    def look() -> list[tuple[str, list[tuple[str, int]]]]:
        rows = visit.project.expression("refine.events")
        here, found = rows.filter((rows.event == doing) & rows.customer_id.notnull()), []
        for name in TOLD:
            known = here.filter(here[name].notnull())
            counted = known.group_by(name).aggregate(times=known.count())
            most = visit.project.query(counted.order_by(counted.times.desc(), name).limit(MOST_VALUES)).to_dicts()
            if most:
                found.append((name, [(row[name], row["times"]) for row in most]))
        return found

    return visit.keep(("told", doing), look)
