"""How the base stands in pictures, each mark leading to its people."""

from collections.abc import Mapping
from typing import Any

from motherlode.report.discover import discover
from motherlode.report.view import Card
from motherlode.web.pages.linking import with_links
from motherlode.web.pages.page import Page
from motherlode.web.pages.staying import staying
from motherlode.web.pages.visit import Visit

ORDER = ("rfm", "pareto", "lifecycle_money", "months", "buyers")


def analyse(visit: Visit) -> Mapping[str, Any]:
    """RFM, concentration, months, and how long customers stay."""
    found, voice = visit.findings(), visit.voice
    cards = {card.key: card for card in discover(found, voice).cards}
    shown: list[Card] = [with_links(cards[key], found, voice) for key in ORDER]
    return {"cards": [*shown, *staying(visit)], "note": voice.tell("analyse_note")}


PAGE = Page("analyse", "/analyse", "discover", 6, analyse, needs=("profile.rfm",), roles=("analyst", "marketer"))
