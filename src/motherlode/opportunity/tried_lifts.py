"""What plays brought in past campaigns, by those who were drawn to go without them."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from motherlode.opportunity.engine import lifts
from motherlode.opportunity.engine.lifts import Trial
from motherlode.opportunity.engine.outlook import Basis, basis, believed, trial
from motherlode.opportunity.engine.panel import Flags, Floats
from motherlode.opportunity.engine.trials import HELD_OUT
from motherlode.opportunity.pooling import CELLS, STAGES, TIERS, Pooled, Told, held_against, pooled
from motherlode.opportunity.seen_of_lots import seen_of_lots
from motherlode.tables import table

COLUMNS = {
    **dict.fromkeys(("play", "stage", "value_tier"), "string"),
    **dict.fromkeys(("treated", "held_out", "stage_treated"), "int64"),
    "last_tried_on": "date",
    **dict.fromkeys(Pooled._fields, "float64"),
}
# Fewer in a play or stage, treated or held out, tell nothing of it.
LEAST = 20
# Standard deviation of a belief about a lift, as a share of a year in the prime, where nobody said another.
WIDTH = 0.02
# The tiers of `traits`, among all.
TOLD_APART = tuple(place for place, (_, tier) in enumerate(CELLS) if tier)
DIGITS = 9
KINDS = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "date": pa.date32()}


@table(key=("play", "stage", "value_tier"), subject=None, columns=COLUMNS, purpose="analytics")
def tried_lifts(lots: pa.Table, lot_histories: pa.Table, *, as_of: date) -> pa.Table:
    """Lift of each play by stage of life and value tier, from contacts and hold-outs drawn by lot in past campaigns.

    `lift` is the margin of the year after the contact that exists only because of it, as a share of a year of the
    customer in its prime; `lift_error` its standard error. Stage and tier are those at the time of the contact. Cells
    borrow from each other as in `measured_lifts`: `treated` and `held_out` count the cell itself, `stage_treated` those
    treated in its stage (0 where they are too few, treated or held out, to tell anything).
    """
    # Shares of money paid are shares of margin, whatever the margin is.
    seen = seen_of_lots(lots, lot_histories, as_of, margin_share=1.0)
    rows = _measured(basis(seen)) if seen.plays else []
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, KINDS[kind]) for name, kind in COLUMNS.items()]))


def _measured(base: Basis) -> list[dict[str, object]]:
    found = trial(base, believed(base))
    held = found.play == HELD_OUT
    tried = [
        (number, name)
        for number, name in enumerate(base.seen.names)
        if min((found.play == number).sum(), held.sum()) >= LEAST
    ]
    answers = pooled([_told(found, found.play == number) for number, _ in tried])
    without = _cells(found, held).sum(axis=0)
    rows: list[dict[str, object]] = []
    for (number, name), cells in zip(tried, answers, strict=True):
        treated = _cells(found, found.play == number).sum(axis=0)
        last = _last(base, number)
        for place in TOLD_APART:
            stage, tier = CELLS[place]
            in_stage = [each for each, cell in enumerate(CELLS) if cell[0] == stage]
            enough = min(treated[in_stage].sum(), without[in_stage].sum()) >= LEAST
            row = {"play": name, "stage": stage, "value_tier": tier, "last_tried_on": last}
            counts = {"treated": round(treated[place]), "held_out": round(without[place])}
            counts["stage_treated"] = round(treated[in_stage].sum()) if enough else 0
            told = {key: round(value, DIGITS) for key, value in cells[place]._asdict().items()}
            rows.append(row | counts | told)
    return rows


def _told(found: Trial, here: Flags) -> Told:
    """The outcomes of those treated, against one level of each stage without any play."""
    rows = _cells(found, here)
    weighted = rows * found.precision[here, None]
    return Told(*held_against(weighted.T @ rows, weighted.T @ found.outcome[here], found.doubt), WIDTH)


def _cells(found: Trial, here: Flags) -> Floats:
    """For each contact, the odds of being in each cell."""
    odds, tier = found.designs[0][here][:, lifts.STAGES], found.tier[here]
    by_tier = np.eye(len(TIERS))[tier]
    cells: Floats = (odds[:, :, None] * by_tier[:, None, :]).reshape(-1, len(STAGES) * len(TIERS))
    return cells


def _last(base: Basis, play: int) -> date:
    """The day of the last contact with the play, to the period."""
    touched = base.contacts
    periods = base.past.panel.today - 1 - int(touched.period[touched.drawn & (touched.play == play)].max())
    return base.seen.as_of - timedelta(days=periods * base.past.panel.days)
