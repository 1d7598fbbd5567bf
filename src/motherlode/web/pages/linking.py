"""Pictures of the report with the people behind each mark."""

import msgspec

from motherlode.charts import Bars, Cell, GridWords, heat_grid, stacked_bars
from motherlode.report.discover import BEFORE, NEAREST, STAGES, TIERS, moves_bars
from motherlode.report.findings import Findings
from motherlode.report.view import Card, Figure, Voice, figures


def with_links(card: Card, found: Findings, voice: Voice, back: int = NEAREST) -> Card:
    """The same card, its marks leading to their people where it has marks that are people."""
    if card.key == "lifecycle":
        return msgspec.structs.replace(card, figures=_stages(card, found, voice))
    if card.key == "moves" and card.figures:
        return msgspec.structs.replace(card, figures=_moves(card, found, voice, back))
    if card.key == "rfm":
        return msgspec.structs.replace(card, figures=_rfm(card, found, voice))
    return card


def _stages(card: Card, found: Findings, voice: Voice) -> tuple[Figure, ...]:
    cells = {(row["stage"], row["value_tier"]): row["customers"] for row in found.rows("stages")}
    bars = Bars(
        [voice.word("stage", stage) for stage in STAGES],
        [voice.word("tier", tier) for tier in TIERS],
        [[cells.get((stage, tier), 0) for tier in TIERS] for stage in STAGES],
        links=[[f"/customers?stage={stage}&value_tier={tier}" for tier in TIERS] for stage in STAGES],
    )
    return figures(lambda width: stacked_bars(bars, voice.short, title=card.title, width=width))


def _moves(card: Card, found: Findings, voice: Voice, back: int) -> tuple[Figure, ...]:
    trait = f"stage_{back}_days_before"
    asked = [f"{trait}={was}" if was else f"{trait}.unknown=yes" for was in BEFORE]
    links = [[f"/customers?{before}&stage={stage}" for stage in STAGES] for before in asked]
    bars = msgspec.structs.replace(moves_bars(found, voice, back), links=links)
    return figures(lambda width: stacked_bars(bars, voice.short, title=card.title, width=width))


def _rfm(card: Card, found: Findings, voice: Voice) -> tuple[Figure, ...]:
    cells = {
        (row["r"], row["f"]): Cell(row["customers"], row["spend"], f"/customers?r={row['r']}&f={row['f']}")
        for row in found.rows("rfm")
    }
    words = GridWords(card.title, voice.say("rfm_rows"), voice.say("rfm_columns"))
    return figures(lambda width: heat_grid(cells, voice.short, voice.money, words, width=width))
