"""The first screen: how many customers have potential, what they are worth, what to do first and why."""

from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc

from motherlode.report.act import curve, opportunity
from motherlode.report.discover import NEAREST, discover, moves
from motherlode.report.page import tiles
from motherlode.report.trust import checks
from motherlode.report.view import Tile
from motherlode.web.pages import acting
from motherlode.web.pages.linking import with_links
from motherlode.web.pages.page import Page
from motherlode.web.pages.visit import Visit

FIRST = 5
# Days before which the key figures and stages can be compared with.
BACK = (91, 364)
# Where each key figure's people are.
LEADS = {
    "customers": "/customers",
    "revenue": "/customers?orders_365d.least=1&order=-spend_365d",
    "active": "/customers?orders_90d.least=1",
    "repeat": "/customers?orders_365d.least=2&order=-orders_365d",
    "rows": "/quality",
}


def overview(visit: Visit) -> Mapping[str, Any]:
    """What the report begins with, each number leading to the people behind it."""
    if visit.run is None:
        return {"claim": None, "has_files": visit.has_rows("collect.files")}
    asked = visit.query.get("compare", "")
    back = int(asked) if asked in map(str, BACK) else NEAREST
    # Which language, not who asks, decides what it shows; but for those about whom something was done since.
    shown = visit.keep(("overview", visit.voice.language, back), lambda: _overview(visit, back))
    return {**shown, **_first(visit)}


def _first(visit: Visit) -> dict[str, Any]:
    """The first customers of the list that are left to be worked on."""
    left = acting.left(visit, visit.findings().rows("ranked"))[:FIRST]
    listed = [opportunity(row, visit.voice) for row in left]
    return {
        "first": listed[0] if listed else None,
        "not_yet": left[0]["contact"] if left else "",
        "listed": list(zip(left, listed, strict=True)),
    }


def _overview(visit: Visit, back: int) -> Mapping[str, Any]:
    found, voice = visit.findings(), visit.voice
    cards = {card.key: card for card in discover(found, voice).cards} | {"moves": moves(found, voice, back)}
    order = ("lifecycle", "moves", "lifecycle_money", "pareto", "rfm", "months", "buyers")
    shown = [cards[key] for key in order]
    return {
        "claim": found.row("claim"),
        "checks": checks(found, voice),
        "compared": back,
        "periods": BACK,
        "tiles": _led(tiles(found, voice, back)),
        "cards": [with_links(card, found, voice, back) for card in shown],
        "curve": curve(found, voice),
        "plays": _plays(found.rows("plan")),
        "fresh": _fresh(visit, found.rows("accounting")),
    }


def _led(shown: tuple[Tile, ...]) -> list[tuple[Tile, str]]:
    return list(zip(shown, LEADS.values(), strict=True))


def _fresh(visit: Visit, accounting: list[dict[str, Any]]) -> dict[str, Any]:
    """What came, what of it stands aside, and when the last file came."""
    sums: dict[str, Any] = {name: sum(row[name] for row in accounting) for name in ("came", "kept", "set_aside")}
    loaded = pc.max(visit.project.table("collect.files").arrow.column("loaded_at")).as_py()
    return {**sums, "loaded": visit.voice.clock(loaded) if loaded else "–"}


def _plays(plan: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each play brings, the most valuable first."""
    sums: dict[str, dict[str, Any]] = {}
    for row in plan:
        into = sums.setdefault(
            row["play"], {"play": row["play"], "customers": 0, "value": 0.0, "cost": 0.0, "net": 0.0}
        )
        for name in ("customers", "value", "cost", "net"):
            into[name] += row[name]
    return sorted(sums.values(), key=lambda row: -row["net"])


PAGE = Page("overview", "/", "discover", 1, overview, stored=True)
