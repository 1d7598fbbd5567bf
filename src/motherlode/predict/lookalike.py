"""New customers and prospects in the order in which they resemble those of high value."""

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
SCHEMA = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])
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
        return SCHEMA.empty_table()
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
    told = new[best_first]
    ids = rows.column("customer_id")
    columns = {
        "customer_id": ids.take(pa.array(told)),
        "score": among[best_first],
        "rank": np.arange(1, told.size + 1),
        "method": np.full(told.size, method),
        "peer_id": ids.take(pa.array(peers[told])),
        **_shared(values, told, is_seed, design),
    }
    return pa.table([columns[name] for name in COLUMNS], schema=SCHEMA)


def _shared(values: Numbers, told: Numbers, seeds: Numbers, design: Design) -> dict[str, pa.Array]:
    """What some rows share with the seeds: where both are off the mean to the same side, most first.

    A category is shared by those who are of it themselves.
    """
    names = np.array([*NUMBERS, *CATEGORIES])[design.columns]
    is_number, own = np.isnan(design.codes), values[told][:, design.columns]
    together = design.points[told] * apart(design.points, seeds)
    together[~(is_number | (own == design.codes))] = 0.0
    actual = np.where(is_number, own, _parts(values[seeds], design))
    benchmark = np.where(is_number, _middle(values[seeds])[design.columns], _parts(values, design))
    most = np.argsort(-together, axis=1, kind="stable")
    found: dict[str, pa.Array] = {}
    for place in range(SHARED):
        column = most[:, place]
        row = np.arange(told.size), column
        unlike = together[row] <= 0
        found[f"trait_{place + 1}"] = pa.array(names[column], mask=unlike)
        found[f"actual_{place + 1}"] = pa.array(actual[row], mask=unlike)
        found[f"benchmark_{place + 1}"] = pa.array(benchmark[column], mask=unlike)
    return found


def _parts(values: Numbers, design: Design) -> Numbers:
    """By column of the design, how many of the rows are of its category, 0 to 1."""
    return np.asarray((values[:, design.columns] == design.codes).mean(axis=0))


def _middle(values: Numbers) -> Numbers:
    """The middle of what is known of each column; not a number where nothing is."""
    return np.array([np.nanmedian(column) if (~np.isnan(column)).any() else np.nan for column in values.T])


def _values(rows: pa.Table) -> tuple[Numbers, tuple[int, ...]]:
    """A matrix of numbers, then codes of categories; unknown values are not numbers."""
    numbers = [pc.fill_null(rows.column(name), np.nan).to_numpy() for name in NUMBERS]
    codes = [_codes(rows.column(name)) for name in CATEGORIES]
    return np.column_stack([*numbers, *codes]).astype(np.float64), tuple(range(len(numbers), len(numbers) + len(codes)))


def _codes(texts: pa.ChunkedArray) -> Numbers:
    """Places of texts in their alphabetical order."""
    order = pc.unique(texts.drop_null()).sort()
    return np.asarray(pc.fill_null(pc.index_in(texts, order).cast(pa.float64()), np.nan))
