"""What plays brought in past campaigns, by those who were drawn to go without them."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from motherlode.opportunity.engine import lifts
from motherlode.opportunity.engine.outlook import Basis, basis, trial
from motherlode.opportunity.engine.panel import Floats
from motherlode.opportunity.engine.rulebook import belief
from motherlode.opportunity.engine.stages import STAGES
from motherlode.opportunity.engine.trials import HELD_OUT
from motherlode.opportunity.seen_of_lots import seen_of_lots
from motherlode.tables import table

COLUMNS = {
    "play": "string",
    "stage": "string",
    "treated": "int64",
    "held_out": "int64",
    "last_tried_on": "date",
    "lift": "float64",
    "lift_error": "float64",
}
# Fewer in a stage, treated or held out, tell nothing of it.
LEAST_IN_STAGE = 20
KINDS = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "date": pa.date32()}


@table(key=("play", "stage"), subject=None, columns=COLUMNS, purpose="analytics")
def tried_lifts(lots: pa.Table, lot_histories: pa.Table, *, as_of: date) -> pa.Table:
    """Lift of each play in each stage of life, from contacts and hold-outs drawn by lot in past campaigns.

    `lift` is the margin of the year after the contact that exists only because of it, as a share of a year of the
    customer in its prime; `lift_error` its standard error. The stage is the one at the time of the contact.
    """
    # Shares of money paid are shares of margin, whatever the margin is.
    seen = seen_of_lots(lots, lot_histories, as_of, margin_share=1.0)
    rows = _measured(basis(seen)) if seen.plays else []
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, KINDS[kind]) for name, kind in COLUMNS.items()]))


def _measured(base: Basis) -> list[dict[str, object]]:
    found = trial(base, belief(base.seen.plays))
    odds, held = found.designs[0][:, lifts.STAGES], found.play == HELD_OUT
    rows: list[dict[str, object]] = []
    for number, name in enumerate(base.seen.names):
        here = found.play == number
        lift, error = _of_stages(odds[here], found.outcome[here], found.precision[here], found.doubt)
        counts = zip(STAGES, odds[here].sum(axis=0), odds[held].sum(axis=0), lift, error, strict=True)
        for stage, treated, without, mean, spread in counts:
            if min(treated, without) >= LEAST_IN_STAGE:
                row = {"play": name, "stage": stage, "treated": round(treated), "held_out": round(without)}
                last = {"last_tried_on": _last(base, number)}
                rows.append(row | last | {"lift": round(float(mean), 9), "lift_error": round(float(spread), 9)})
    return rows


def _of_stages(odds: Floats, outcome: Floats, precision: Floats, doubt: Floats) -> tuple[Floats, Floats]:
    """Mean outcome of each stage, and its standard error with that of the level it is held against."""
    weighted = odds * precision[:, None]
    covariance = np.linalg.pinv(weighted.T @ odds)
    error: Floats = np.sqrt(np.diag(covariance) + np.diag(doubt))
    return covariance @ (weighted.T @ outcome), error


def _last(base: Basis, play: int) -> date:
    """The day of the last contact with the play, to the period."""
    touched = base.contacts
    periods = base.past.panel.today - 1 - int(touched.period[touched.drawn & (touched.play == play)].max())
    return base.seen.as_of - timedelta(days=periods * base.past.panel.days)
