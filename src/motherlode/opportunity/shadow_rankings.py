"""Simple rankings that run in shadow beside the engine, on the firm's own past lots."""

from datetime import date

import pyarrow as pa

from motherlode.opportunity.engine import simple
from motherlode.opportunity.engine.outlook import Basis, basis, believed
from motherlode.opportunity.engine.registry import chosen, shadows
from motherlode.opportunity.seen_of_lots import seen_of_lots
from motherlode.tables import table

COLUMNS = {
    "policy": "string",
    "value": "float64",
    "value_error": "float64",
    "ahead": "float64",
    "ahead_low": "float64",
    "better": "boolean",
}
KINDS = {"string": pa.string(), "float64": pa.float64(), "boolean": pa.bool_()}


@table(key="policy", subject=None, columns=COLUMNS, purpose="analytics")
def shadow_rankings(
    lots: pa.Table, lot_histories: pa.Table, *, as_of: date, margin_share: float = 0.30, depth: float = 0.2
) -> pa.Table:
    """What the engine and simple rankings would have brought a customer on past lots, had they chosen whom to contact.

    Beside the engine: what was believed before any trial (`cold_start`), and what plays bring in all spread over their
    customers by past spend, RFM, foretold margin, distance from the best peers, or the chance to answer, with the play
    that is foretold to bring most with all customers of the stage. `value` is profit in house currency a customer of
    the lots, doubly robust, with its standard error; `ahead` is the lead on the engine, `ahead_low` its low end (99 %
    for all together). `better` marks the ranking that surely brought more than the engine (see `ranking`).
    `margin_share` is gross margin as a share (0 to 1) of sales, `depth` the share (0 to 1) of customers contacted.
    Empty where fewer than 500 contacts were drawn by lot.
    """
    seen = seen_of_lots(lots, lot_histories, as_of, margin_share)
    rows = _tried(basis(seen), depth) if seen.plays else []
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, KINDS[kind]) for name, kind in COLUMNS.items()]))


def _tried(base: Basis, depth: float) -> list[dict[str, object]]:
    tried = shadows(base, believed(base), depth, simple.figures(base))
    used = chosen(tried)
    return [
        {
            "policy": each.policy,
            "value": round(each.value, 4),
            "value_error": round(each.error, 4),
            "ahead": round(each.ahead, 4),
            "ahead_low": round(each.ahead_low, 4),
            "better": each.policy == used != "engine",
        }
        for each in tried
    ]
