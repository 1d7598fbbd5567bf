"""Actions of the company's own campaigns, valued for everybody by what lots told of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from motherlode.opportunity.engine import evidence
from motherlode.opportunity.engine.habits import as_used
from motherlode.opportunity.engine.outlook import Basis, Outlook, basis, outlook
from motherlode.opportunity.engine.panel import Flags, Floats
from motherlode.opportunity.engine.stages import STAGES
from motherlode.opportunity.offers import P90
from motherlode.opportunity.seen_of_lots import seen_of_lots
from motherlode.tables import table

MONEY = ("value", "value_low", "value_high", "cost", "at_stake", "assumed_value", "assumed_high")
COLUMNS = {
    **dict.fromkeys(("customer_id", "play", "channel", "evidence_level"), "string"),
    **dict.fromkeys(MONEY, "float64"),
}
KINDS = {"string": pa.string(), "float64": pa.float64()}
# Fewer treated, or held out, tell nothing of an action.
LEAST = 20
DIGITS = 4
LEVELS = np.array(evidence.LEVELS)


@table(key=("customer_id", "play"), subject="customer_id", columns=COLUMNS, purpose="profiling")
def own_actions(
    lots: pa.Table,
    picks: pa.Table,
    lot_histories: pa.Table,
    lot_doings: pa.Table,
    usable: pa.Table,
    *,
    as_of: date,
    margin_share: float = 0.30,
    made_for: str = "",
) -> pa.Table:
    """What each action of past campaigns would bring each customer now, by the engine that the simulator marks.

    Of actions that were drawn by lot for 20 customers at least, with 20 held out and with costs on record, whether a
    play describes them or not; of the customers in `lot_histories` who may be profiled (`usable`), those to whom the
    action is expected to add something. `at_stake` is the margin of a year of the customer in its prime, `value` what
    the action adds to a year's margin, with its 10 % and 90 % points, `assumed_value` what would be assumed without
    the lots: that the company knows why it spends so much. What the action costs follows what it cost (an incentive
    is read off costs that grow with purchases). Whom it is made for is read off whom it was used for by choice,
    unless `made_for` says it ("coach: trial, call back: lost", with a stage of life each). `margin_share` is gross
    margin as a share (0 to 1) of sales. `evidence_level` is the level of evidence, E0 to E4, as in `candidates`.
    """
    seen = seen_of_lots(lots, lot_histories, as_of, margin_share, lot_doings, picks)
    plays = tuple(play for play in seen.plays if _enough(lots, play.name))
    schema = pa.schema([(name, KINDS[kind]) for name, kind in COLUMNS.items()])
    if not plays:
        return schema.empty_table()
    base = as_used(basis(msgspec.structs.replace(seen, plays=plays)), _stated(made_for))
    view, believed = outlook(base), outlook(base, learning=False)
    level = evidence.levels(base, view.lifts)[base.now.odds.argmax(axis=1)]
    parts = []
    for number, play in enumerate(plays):
        rows = _rows(base, view, believed, number) | {"play": play.name, "channel": _usual_channel(lots, play.name)}
        parts.append(rows | {"evidence_level": LEVELS[level[:, number]]})
    # Somebody who came today has no past to be judged by.
    known = base.past.panel.born < base.past.panel.today
    known &= np.isin(base.seen.customer_ids, usable.filter(usable["profiling"])["customer_id"].to_pylist())
    return pa.concat_tables([_table(rows, base.seen.customer_ids, known, schema) for rows in parts])


def _enough(lots: pa.Table, play: str) -> bool:
    treated = lots.filter(pc.and_(pc.equal(lots["play"], play), lots["treated"]))
    held_out = pc.sum(pc.invert(lots["treated"])).as_py() or 0
    return bool(min(treated["cost"].drop_null().length(), held_out) >= LEAST)


def _stated(made_for: str) -> dict[str, str]:
    """Stages of life by action, as the settings say them; of a stage that there is not, nothing is said."""
    said = (part.rpartition(":") for part in made_for.split(","))
    return {name.strip(): stage.strip() for name, _, stage in said if stage.strip() in STAGES}


def _usual_channel(lots: pa.Table, play: str) -> str | None:
    mine = lots.filter(pc.and_(pc.equal(lots["play"], play), lots["treated"]))["channel"].drop_null()
    counts = sorted(pc.value_counts(mine).to_pylist(), key=lambda each: (-each["counts"], each["values"]))
    return counts[0]["values"] if counts else None


def _rows(base: Basis, view: Outlook, believed: Outlook, number: int) -> dict[str, Floats]:
    """Of all customers, what the play of that number is worth with each."""
    gains, errors, assumed = view.gains[number], view.errors[number], believed.gains[number]
    return {
        "value": gains,
        "value_low": gains - P90 * errors,
        "value_high": gains + P90 * errors,
        "cost": base.costs[number],
        "at_stake": base.prime[-1],
        "assumed_value": assumed,
        "assumed_high": assumed + P90 * believed.errors[number],
    }


def _table(rows: Mapping[str, Any], customer_ids: NDArray[np.str_], known: Flags, schema: pa.Schema) -> pa.Table:
    """Rows of those to whom the action is expected to add something."""
    here = known & (rows["value"] > 0)
    count = int(here.sum())
    cells = {name: np.round(rows[name][here], DIGITS) for name in MONEY}
    cells |= {name: pa.repeat(pa.scalar(rows[name], pa.string()), count) for name in ("play", "channel")}
    cells |= {"customer_id": customer_ids[here], "evidence_level": rows["evidence_level"][here]}
    return pa.table({name: cells[name] for name in schema.names}).cast(schema)
