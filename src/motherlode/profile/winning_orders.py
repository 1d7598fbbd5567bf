"""In which order, and how soon, winners did what those who began like them did otherwise: held against chance."""

import numpy as np
import pyarrow as pa

from motherlode.profile.winning_moves import FALSE_SHARE, contrast
from motherlode.tables import table

COLUMNS = {
    **dict.fromkeys(("peer_group", "first_move", "then_move"), "string"),
    **dict.fromkeys(("winners", "losers"), "int64"),
    **dict.fromkeys(("winners_share", "losers_share", "gap", "low", "high", "p_value", "q_value"), "float64"),
    **dict.fromkeys(("first_days", "then_days", "losers_days"), "float64"),
    "told": "boolean",
}
SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])


@table(key=("peer_group", "first_move", "then_move"), subject=None, columns=COLUMNS, purpose="analytics")
def winning_orders(move_contrasts: pa.Table) -> pa.Table:
    """By peer group, the part of winners and of losers who made a move soon, and one move before another.

    Without a `then_move`, the shares are of those who made the `first_move` sooner than the middle of the group; with
    one, of those who made both moves and this one first. Intervals, chances and `told` are those of `winning_moves`,
    all groups, moves and orders looked at together. An association, not an effect: nothing here was tried out.
    """
    if not move_contrasts.num_rows:
        return SCHEMA.empty_table()
    winners, losers, won, lost = (
        move_contrasts[name].to_numpy().astype(np.float64)
        for name in ("winners", "losers", "winners_did", "losers_did")
    )
    found = contrast(winners, losers, won, lost)
    cells = {
        **{name: move_contrasts[name] for name in ("peer_group", "first_move", "then_move")},
        **{name: move_contrasts[name] for name in ("first_days", "then_days", "losers_days")},
        "winners": winners.astype(np.int64), "losers": losers.astype(np.int64), **found,
        "told": (found["q_value"] <= FALSE_SHARE) & (found["gap"] > 0),
    }  # fmt: skip
    return pa.table([cells[name] for name in COLUMNS], schema=SCHEMA)
