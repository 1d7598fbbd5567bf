"""New customers and prospects in the order in which they resemble those of high value."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.predict.early_traits import CATEGORIES, NUMBERS
from motherlode.predict.resemblance import Design, apart, closest, design_of, ranked, resemblance
from motherlode.predict.special_functions import Numbers
from motherlode.tables import table

SHARED = 3
COLUMNS = {
    "customer_id": "string",
    "score": "float64",
    "rank": "int64",
    "method": "string",
    "peer_id": "string",
    **{
        f"{name}_{place}": "string" if name == "trait" else "float64"
        for place in range(1, SHARED + 1)
        for name in ("trait", "actual", "benchmark")
    },
}
# More of either teach little and cost much.
MOST_SEEDS, MOST_OTHERS = 2_000, 50_000


@table(key="customer_id", subject="customer_id", columns=COLUMNS, purpose="profiling")
def lookalike(early_traits: pa.Table, *, least_seeds: int = 5, least_customers: int = 100, seed: int = 7) -> pa.Table:
    """How much new customers and prospects were, in the first days, like those who came to be of high value.

    `score` is the rank among them, 0 to 1; it says who first, not how probably. `peer_id` is the most similar customer
    of high value. `trait_1` to `trait_3` are what is most shared: of a number the customer's own and the middle one of
    high value, of a category its part among those of high value and among everybody.

    Parameters
    ----------
    least_seeds, least_customers
        Customers of high value, and customers in all, below which nobody is ranked.
    seed
        What the customers that are learnt from are drawn by.
    """
    rows = early_traits.sort_by("customer_id")
    is_seed, is_new = (rows.column(name).to_numpy(zero_copy_only=False) for name in ("seed", "new"))
    if rows.num_rows < least_customers or is_seed.sum() < least_seeds or not is_new.any():
        return _table([])
    chance = np.random.default_rng(seed)
    parts = (np.flatnonzero(part) for part in (is_seed, is_new, ~is_seed & ~is_new))
    seeds, new, others = parts
    learnt = [chance.permutation(seeds)[:MOST_SEEDS], new, chance.permutation(others)[:MOST_OTHERS]]
    rows = rows.take(pa.array(np.sort(np.concatenate(learnt))))
    return _ranked(rows, seed)


def _ranked(rows: pa.Table, seed: int) -> pa.Table:
    values, categorical = _values(rows)
    is_seed, is_new = (rows.column(name).to_numpy(zero_copy_only=False) for name in ("seed", "new"))
    score, method = resemblance(values, is_seed, categorical=categorical, seed=seed)
    design = design_of(values, categorical)
    new = np.flatnonzero(is_new)
    among = ranked(score[new])
    best_first = np.lexsort((new, -among))
    _, peers = closest(design.points, is_seed)
    ids = rows.column("customer_id").to_pylist()
    shared = _shared(values, is_seed, design)
    told = []
    for rank, place in enumerate(best_first.tolist(), start=1):
        row = int(new[place])
        first = {"customer_id": ids[row], "score": float(among[place]), "rank": rank, "method": method}
        told.append(first | {"peer_id": ids[peers[row]], **shared(row)})
    return _table(told)


def _shared(values: Numbers, seeds: Numbers, design: Design) -> Any:
    """What a row shares with the seeds: the columns in which both are off the mean to the same side, most first."""
    names = (*NUMBERS, *CATEGORIES)
    pull = apart(design.points, seeds)
    with np.errstate(invalid="ignore"):
        middle = [np.nanmedian(column) if (~np.isnan(column)).any() else np.nan for column in values[seeds].T]

    def of(row: int) -> dict[str, Any]:
        together = design.points[row] * pull
        found: dict[str, Any] = {}
        for at in np.argsort(-together, kind="stable"):
            column, code = int(design.columns[at]), design.codes[at]
            if together[at] <= 0 or len(found) == 3 * SHARED:
                break
            if np.isnan(code):
                numbers = values[row, column], middle[column]
            elif values[row, column] == code:
                numbers = (values[seeds, column] == code).mean(), (values[:, column] == code).mean()
            else:
                continue
            place = len(found) // 3 + 1
            found |= {f"trait_{place}": names[column]}
            found |= {f"actual_{place}": float(numbers[0]), f"benchmark_{place}": float(numbers[1])}
        return found

    return of


def _values(rows: pa.Table) -> tuple[Numbers, tuple[int, ...]]:
    """A matrix of numbers, then codes of categories; unknown values are not numbers."""
    numbers = [pc.fill_null(rows.column(name), np.nan).to_numpy() for name in NUMBERS]
    codes = [_codes(rows.column(name)) for name in CATEGORIES]
    return np.column_stack([*numbers, *codes]).astype(np.float64), tuple(range(len(numbers), len(numbers) + len(codes)))


def _codes(texts: pa.ChunkedArray) -> Numbers:
    """Places of texts in their alphabetical order."""
    order = pc.unique(texts.drop_null()).sort()
    return np.asarray(pc.fill_null(pc.index_in(texts, order).cast(pa.float64()), np.nan))


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    fields = [(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))
