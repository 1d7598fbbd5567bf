"""What each channel brought, by seven ways of counting."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.measure.credit import RULES, Journeys, by_removal, by_rule
from motherlode.measure.moments import table_of
from motherlode.tables import table

COLUMNS = {
    "method": "string",
    "channel": "string",
    "orders": "float64",
    "amount": "float64",
    "order_share": "float64",
    "contacts": "int64",
}
MARKOV = "markov"
# Orders of those who were contacted, before which no contact was in time: they are given to nobody.
UNPRECEDED = ":none"


@table(key=("method", "channel"), subject=None, columns=COLUMNS, purpose="analytics")
def attribution(journeys: pa.Table) -> pa.Table:
    """Orders and money of each channel by each method: first, last, linear, position, decay, shapley and markov.

    Of each method orders and amounts sum to those of customers who were contacted; what no contact preceded has the
    channel `:none`. A method says who was there, not who caused it: what a channel adds is known by hold-out alone.
    """
    counted, unpreceded = journeys_of(journeys)
    if counted is None:
        return table_of(COLUMNS, [])
    names, walked = counted
    contacts = np.bincount(walked.channel, minlength=walked.channels)
    brought = {name: by_rule(walked, rule) for name, rule in RULES.items()} | {MARKOV: by_removal(walked)}
    rows: list[dict[str, Any]] = []
    for method, (orders, amount) in brought.items():
        whole = float(orders.sum()) + unpreceded[0]
        each = [*zip(names, orders, amount, contacts, strict=True), (UNPRECEDED, *unpreceded, 0)]
        rows += [
            {
                "method": method,
                "channel": channel,
                "orders": float(some),
                "amount": float(money),
                "order_share": float(some) / whole if whole else None,
                "contacts": int(many),
            }
            for channel, some, money, many in each
            if many or some
        ]
    return table_of(COLUMNS, rows)


def journeys_of(journeys: pa.Table) -> tuple[tuple[list[str], Journeys] | None, tuple[float, float]]:
    """Names of channels and the journeys that had a contact, and orders and amount of those that had none."""
    in_order = [(name, "ascending") for name in ("customer_id", "journey", "place")]
    is_contact = pc.is_valid(journeys["channel"])
    alone = journeys.filter(pc.invert(is_contact))
    unpreceded = (float(len(alone)), float(pc.sum(_money(alone)).as_py() or 0))
    rows = journeys.filter(is_contact).sort_by(in_order).combine_chunks()
    if not len(rows):
        return None, unpreceded
    coded = pc.dictionary_encode(rows["channel"]).combine_chunks()
    begins = rows["place"].to_numpy() == 1
    bought = pc.is_valid(rows["order_id"]).to_numpy()
    names = coded.dictionary.to_pylist()
    counted = Journeys(
        journey=np.cumsum(begins) - 1,
        channel=coded.indices.to_numpy(),
        days=pc.fill_null(rows["days"], 0.0).to_numpy(),
        bought=bought[begins].astype(float),
        value=pc.fill_null(_money(rows), 0.0).to_numpy()[begins],
        ended=(~bought[begins]).astype(float),
        channels=len(names),
    )
    return (names, counted), unpreceded


def _money(rows: pa.Table) -> pa.ChunkedArray:
    return rows["amount"].cast(pa.float64())
