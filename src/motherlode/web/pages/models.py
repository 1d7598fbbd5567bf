"""Can the scores be trusted: how each forecast would have done on days past, beside simple rules."""

from collections.abc import Mapping
from typing import Any

from motherlode.report.foresee import foresee
from motherlode.web.pages.page import Page
from motherlode.web.pages.visit import Visit


def models(visit: Visit) -> Mapping[str, Any]:
    """A card a target: the champion, its measures with intervals, lift, calibration, and cautions."""
    cards = visit.keep(("models", visit.voice.language), lambda: foresee(visit.findings(), visit.voice).cards)
    return {"cards": cards, "note": visit.voice.tell("models_note")}


PAGE = Page(
    "models",
    "/models",
    "trust",
    3,
    models,
    needs=("predict.champions",),
    roles=("analyst", "compliance", "marketer"),
    stored=True,
)
