"""Which channel each order is given to, by each way of counting."""

from typing import Any

from motherlode.report.view import Card, Grid
from motherlode.web.pages.visit import Visit

ATTRIBUTION = "measure.attribution"
MOST_CHANNELS = 12


def crediting(visit: Visit) -> list[Card]:
    """Orders of each channel, a column a method; none where nobody was contacted."""
    if not visit.has_rows(ATTRIBUTION):
        return []
    rows = visit.keep(ATTRIBUTION, lambda: visit.project.table(ATTRIBUTION).to_dicts())
    voice, methods = visit.voice, list(dict.fromkeys(row["method"] for row in rows))
    by_channel: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        by_channel.setdefault(row["channel"], {})[row["method"]] = row
    most = sorted(by_channel, key=lambda name: -max(row["orders"] for row in by_channel[name].values()))
    shown = tuple(
        (
            voice.word("channel", name),
            voice.count(next(iter(by_channel[name].values()))["contacts"]),
            *(voice.count(by_channel[name][method]["orders"]) for method in methods),
        )
        for name in most[:MOST_CHANNELS]
    )
    headers = (
        voice.word("column", "channel"),
        voice.word("column", "contacts"),
        *(voice.word("method", method) for method in methods),
    )
    note = voice.tell("crediting_note")
    return [Card("crediting", voice.tell("crediting"), "", note, shown=Grid(headers, shown), wide=True)]
