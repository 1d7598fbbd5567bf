"""How the base stands in pictures, and what customers do after one another, each mark leading to its people."""

from collections.abc import Mapping
from typing import Any

from motherlode.report.discover import discover
from motherlode.report.view import Card
from motherlode.web.pages import cohorts, coming_back, flowing, funnels, happening
from motherlode.web.pages.crediting import crediting
from motherlode.web.pages.linking import with_links
from motherlode.web.pages.page import Also, Page
from motherlode.web.pages.staying import staying
from motherlode.web.pages.visit import Visit

ORDER = ("rfm", "pareto", "lifecycle_money", "months", "buyers")


def analyse(visit: Visit) -> Mapping[str, Any]:
    """RFM, concentration, months, how long customers stay, and which channels they come by."""
    return visit.keep(("analyse", visit.voice.language), lambda: _analyse(visit))


def _analyse(visit: Visit) -> Mapping[str, Any]:
    found, voice = visit.findings(), visit.voice
    cards = {card.key: card for card in discover(found, voice).cards}
    shown: list[Card] = [with_links(cards[key], found, voice) for key in ORDER]
    return {"tab": "analyse", "cards": [*shown, *staying(visit), *crediting(visit)], "note": voice.tell("analyse_note")}


PAGE = Page(
    "analyse",
    "/analyse",
    "discover",
    6,
    analyse,
    needs=("refine.customers",),
    stored=True,
    roles=("analyst", "marketer"),
    also=(
        Also("/analyse/funnel", funnels.funnel, "funnel.html", stored=True),
        Also("/analyse/funnel.{kind}", funnels.file),
        Also("/analyse/retention", coming_back.retention, "retention.html", stored=True),
        Also("/analyse/retention.{kind}", coming_back.file),
        *cohorts.ALSO,
        Also("/analyse/paths", flowing.paths, "paths.html", stored=True),
        Also("/analyse/paths.{kind}", flowing.file),
        Also("/analyse/events", happening.events, "events.html", stored=True),
        Also("/analyse/events.{kind}", happening.file),
    ),
)
