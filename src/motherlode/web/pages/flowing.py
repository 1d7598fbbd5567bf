"""Which ways customers take: a picture of bands, each with its people."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from motherlode.charts import Flow, FlowWords, flows
from motherlode.measure import paths as ways
from motherlode.measure.marks import OnWay
from motherlode.measure.moments import table_of
from motherlode.measure.paths import COLUMNS, NOTHING, OTHER, Paths
from motherlode.report.view import WIDE, figures
from motherlode.web.pages.files import as_file
from motherlode.web.pages.filtering import address
from motherlode.web.pages.lives import chosen, lives, named, people_at, whole_number
from motherlode.web.pages.visit import PageVoice, Visit

GAPS = (30, 24 * 60, 0)
LEAST_STEPS, MOST_STEPS = 3, 6


def paths(visit: Visit) -> Mapping[str, Any]:
    """The ways from the beginning of visits, or of lives in a shop without events, or those asked for."""
    all_lives, voice = lives(visit), visit.voice
    asked = _asked(visit)
    rows = _rows(visit, asked)
    people = [people_at(OnWay(asked, row["step"], row["doing"], row["then"])) for row in rows]
    names = {name: voice.word("doing", name) for row in rows for name in (row["doing"], row["then"])}
    # What a way had not begun with is another nothing than what it ended with.
    nothing = voice.tell("not_begun") if asked.backwards else names.get(NOTHING, "")
    names = {**names, NOTHING: nothing}
    links = [
        Flow(row["step"], names[row["doing"]], names[row["then"]], row["ways"], leads)
        for row, leads in zip(rows, people, strict=True)
    ]
    words = FlowWords(voice.word("table", "paths"), voice.tell("step_n", n="{n}"), (names.get(OTHER, ""), nothing))
    return {
        "tab": "paths",
        "asked": asked,
        "anchors": named(all_lives.choices, voice),
        "gaps": GAPS,
        "lengths": range(LEAST_STEPS, MOST_STEPS + 1),
        "rows": list(zip(rows, people, strict=True)),
        "names": names,
        "figure": next(iter(figures(lambda width: _drawn(links, voice, words, width))), None),
        "at": lambda path, **changed: address(path, visit.query, **changed),
        "said": _sentence(visit, rows, names),
        "no_events": not all_lives.events,
    }


def _drawn(links: list[Flow], voice: PageVoice, words: FlowWords, width: float) -> Markup:
    """A picture over the whole page; on a phone there is room for three steps."""
    if width == WIDE:
        return flows(links, voice.count, words, width=1100, height=460)
    return flows([link for link in links if link.step < LEAST_STEPS], voice.count, words, width=width, height=420)


def file(visit: Visit) -> Response:
    """The bands as a file."""
    return as_file(visit, table_of(COLUMNS, _rows(visit, _asked(visit))), "paths", visit.request.path_params["kind"])


def _asked(visit: Visit) -> Paths:
    all_lives = lives(visit)
    gap = whole_number(visit, "gap", GAPS[0] if all_lives.events else 0)
    steps = min(max(whole_number(visit, "steps", 4), LEAST_STEPS), MOST_STEPS)
    anchor = chosen(visit, "anchor", all_lives.choices, "")
    return Paths(anchor, visit.query.get("to") == "yes", steps, gap)


def _rows(visit: Visit, asked: Paths) -> list[dict[str, Any]]:
    def look() -> list[dict[str, Any]]:
        all_lives = lives(visit)
        return ways.flows(ways.ways_of(all_lives.moments, all_lives.numbers, asked), all_lives.numbers)

    return visit.keep(("paths", asked), look)


def _sentence(visit: Visit, rows: list[dict[str, Any]], names: dict[str, str]) -> str:
    first = [row for row in rows if row["step"] == 1]
    if not first:
        return visit.voice.tell("paths_none")
    whole, most = sum(row["ways"] for row in first), first[0]
    return visit.voice.tell(
        "paths_says",
        n=visit.voice.count(whole),
        share=visit.voice.share(most["ways"] / whole),
        doing=names[most["doing"]],
        then=names[most["then"]],
    )
