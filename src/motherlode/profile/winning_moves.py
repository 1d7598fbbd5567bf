"""What winners do and those who began like them do not: with intervals, and held against chance."""

import numpy as np
import pyarrow as pa

from motherlode.tables import table

# Of the differences that are named, about one in ten is chance (Benjamini and Hochberg 1995).
FALSE_SHARE = 0.10
SURE = 1.959963984540054
COLUMNS = {
    **dict.fromkeys(("peer_group", "behaviour"), "string"),
    **dict.fromkeys(("winners", "losers"), "int64"),
    **dict.fromkeys(("winners_share", "losers_share", "gap", "low", "high", "p_value", "q_value"), "float64"),
    "of_winners": "float64",
    "told": "boolean",
}
SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@table(key=("peer_group", "behaviour"), subject=None, columns=COLUMNS, purpose="analytics")
def winning_moves(peer_contrasts: pa.Table) -> pa.Table:
    """By peer group and behaviour, the part of winners and of losers who do more of it than the middle of the group.

    `low` and `high` are a 95 % interval of the difference (Newcombe 1998), `p_value` is the exact chance of as large a
    one if both did alike (Fisher), `q_value` the same with all groups and behaviours looked at together. `told` marks
    those that are named: q at most 0.10. An association, not an effect: nothing here was tried out.
    """
    if not peer_contrasts.num_rows:
        return SCHEMA.empty_table()
    winners, losers, won, lost = (
        peer_contrasts[name].to_numpy().astype(np.float64)
        for name in ("winners", "losers", "winners_more", "losers_more")
    )
    found = contrast(winners, losers, won, lost)
    cells = {
        "peer_group": peer_contrasts["peer_group"], "behaviour": peer_contrasts["behaviour"],
        "winners": winners.astype(np.int64), "losers": losers.astype(np.int64), **found,
        "of_winners": peer_contrasts["of_winners"],
        "told": (found["q_value"] <= FALSE_SHARE) & (found["gap"] > 0),
    }  # fmt: skip
    return pa.table([cells[name] for name in COLUMNS], schema=SCHEMA)


def contrast(winners: Numbers, losers: Numbers, won: Numbers, lost: Numbers) -> dict[str, Numbers]:
    """How much larger the part `won` of the winners is than the part `lost` of the losers, a cell a comparison.

    Gives both shares, their difference with a 95 % interval (Newcombe 1998), the exact chance of as large a difference
    if both were alike (Fisher, one-sided), and the same with all comparisons together (Benjamini and Hochberg 1995).
    """
    from scipy.stats import hypergeom

    chance = hypergeom.sf(won - 1, winners + losers, won + lost, winners)
    share, other = won / np.maximum(winners, 1), lost / np.maximum(losers, 1)
    low, high = _newcombe(share, winners, other, losers)
    return {
        "winners_share": share, "losers_share": other, "gap": share - other, "low": low, "high": high,
        "p_value": chance, "q_value": _together(chance),
    }  # fmt: skip


def _newcombe(one: Numbers, n_one: Numbers, two: Numbers, n_two: Numbers) -> tuple[Numbers, Numbers]:
    """Ends of the interval of a difference of two shares, from the Wilson intervals of each."""
    (low_1, high_1), (low_2, high_2) = (_wilson(share, n) for share, n in ((one, n_one), (two, n_two)))
    gap = one - two
    below = np.sqrt((one - low_1) ** 2 + (high_2 - two) ** 2)
    above = np.sqrt((high_1 - one) ** 2 + (two - low_2) ** 2)
    return gap - below, gap + above


def _wilson(share: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    n = np.maximum(n, 1)
    middle = (share + SURE**2 / (2 * n)) / (1 + SURE**2 / n)
    half = SURE * np.sqrt(share * (1 - share) / n + SURE**2 / (4 * n**2)) / (1 + SURE**2 / n)
    return middle - half, middle + half


def _together(chance: Numbers) -> Numbers:
    """Chances with all that were looked at taken into account (step-up)."""
    order = np.argsort(chance, kind="stable")
    scaled = chance[order] * chance.size / np.arange(1, chance.size + 1)
    q_value = np.empty_like(chance)
    q_value[order] = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1.0)
    return q_value
