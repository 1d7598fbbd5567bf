"""What plays were found to bring, from every list that was read out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.opportunity.pooling import CELLS, Pooled, Told, pooled, reading
from motherlode.tables import table

Row = Mapping[str, Any]
COLUMNS = {
    **dict.fromkeys(("play", "stage", "value_tier"), "string"),
    **dict.fromkeys(("lists", "treated", "held_out", "stage_treated"), "int64"),
    "last_read_on": "date",
    **dict.fromkeys(Pooled._fields, "float64"),
}
KINDS = {"string": pa.string(), "int64": pa.int64(), "date": pa.date32(), "float64": pa.float64()}
# Of a play whose belief was not written down when the list was read.
USUAL_WIDTH = 0.02
# Parts that hold so much of those treated stand for the whole: the rest is too few to tell anything.
MOST = 0.8
DIGITS = 12


@table(key=("play", "stage", "value_tier"), subject=None, columns=COLUMNS)
def measured_lifts(recorded_readouts: pa.Table, *, as_of: date) -> pa.Table:
    """Lift of each play by stage and value tier, as a share of the margin at stake, from the lists that were read out.

    Each list counts with its latest reading. Cells borrow from each other (see `pooling`): `treated`, `held_out` and
    `lists` count what was measured in the cell itself, `stage_treated` in its stage, and where these are 0 the lift is
    that of the rest of the play. `play_lift` is that of the play as a whole; given it, the lift of the cell is
    `offset` + `follows` x `play_lift`, with the standard error `offset_error`.
    """
    latest = _latest(recorded_readouts.to_pylist(), as_of)
    plays = {play: lists for play, lists in sorted(latest.items()) if any(map(_readings, lists.values()))}
    answers = pooled([_told(lists.values()) for lists in plays.values()])
    rows = [
        row for (play, lists), cells in zip(plays.items(), answers, strict=True) for row in _rows(play, lists, cells)
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, KINDS[kind]) for name, kind in COLUMNS.items()]))


def _latest(readouts: Iterable[Row], as_of: date) -> dict[str, dict[str, list[Row]]]:
    """By play and list, the rows of the last day on which it was read."""
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in readouts:
        if row["play"] and row["read_on"] <= as_of:
            found[row["play"]][row["list"]].append({**row, "value_tier": row["value_tier"] or ""})
    for lists in found.values():
        for name, rows in lists.items():
            last = max(row["read_on"] for row in rows)
            lists[name] = sorted((row for row in rows if row["read_on"] == last), key=_place)
    return found


def _place(row: Row) -> tuple[Any, ...]:
    return row["stage"], row["value_tier"], row["lift"] is None, row["lift"], row["lift_error"]


def _told(lists: Iterable[list[Row]]) -> Told:
    rows = [each for rows in lists for each in _readings(rows)]
    grams, moments = zip(*(reading(*each[:3]) for each in rows), strict=True)
    widths = [each[3] for each in rows if each[3]]
    return Told(sum(grams), sum(moments), float(np.mean(widths)) if widths else USUAL_WIDTH)


def _readings(rows: list[Row]) -> list[tuple[dict[tuple[str, str], float], float, float, float | None]]:
    """The finest measurements that together cover (nearly) all who were treated: of cells, of stages, or of the play.

    Each with the cells that it is about, weighed by the treated in them.
    """
    whole = [row for row in rows if not row["stage"]]
    parts: list[tuple[list[Row], Row]] = []
    for stage in sorted({row["stage"] for row in rows} - {""}):
        own = [row for row in rows if row["stage"] == stage]
        fine, level = [row for row in own if row["value_tier"]], [row for row in own if not row["value_tier"]]
        if level and not _covered(fine, level):
            parts.append((fine or level, level[0]))
        else:
            parts += [([row], row) for row in fine]
    if whole and not _covered([row for _, row in parts], whole):
        parts = [([row for some, _ in parts for row in some], whole[0])]
    return [
        (_weights(some), row["lift"], row["lift_error"], row["assumed_lift_sd"]) for some, row in parts if _known(row)
    ]


def _covered(parts: Iterable[Row], whole: Iterable[Row]) -> bool:
    """Whether nearly all of the treated are in parts large enough to tell something."""
    known, every = (sum(int(row["treated"]) for row in some) for some in (filter(_known, parts), whole))
    return known > 0 and known >= MOST * every


def _known(row: Row) -> bool:
    return row["lift"] is not None and float(row["lift_error"] or 0.0) > 0.0


def _weights(rows: Iterable[Row]) -> dict[tuple[str, str], float]:
    """The treated of each cell; where no cell is known, all alike."""
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        weights[row["stage"], row["value_tier"]] += max(row["treated"], 1)
    return {cell: weight for cell, weight in weights.items() if cell in CELLS} or dict.fromkeys(CELLS, 1.0)


def _rows(play: str, lists: Mapping[str, list[Row]], cells: Iterable[Pooled]) -> Iterable[dict[str, Any]]:
    own = [row for rows in lists.values() for row in rows if row["stage"]]
    read_on = max(row["read_on"] for rows in lists.values() for row in rows)
    for (stage, tier), cell in zip(CELLS, cells, strict=True):
        here = [row for row in own if (row["stage"], row["value_tier"]) == (stage, tier)]
        in_stage = [row for row in own if row["stage"] == stage]
        in_stage = [row for row in in_stage if not row["value_tier"]] or in_stage
        yield {
            "play": play,
            "stage": stage,
            "value_tier": tier,
            "lists": len({row["list"] for row in here}),
            "treated": sum(row["treated"] for row in here),
            "held_out": sum(row["held_out"] for row in here),
            "stage_treated": sum(row["treated"] for row in in_stage),
            "last_read_on": max((row["read_on"] for row in in_stage), default=read_on),
            **{name: round(value, DIGITS) for name, value in cell._asdict().items()},
        }
