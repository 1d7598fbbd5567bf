"""How much of the year's value hangs on how few customers, measured instead of assumed to be 80 of 20."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from motherlode.tables import table

Values: TypeAlias = npt.NDArray[np.float64]

FIGURES = (
    "total", "top_share", "top_share_low", "top_share_high", "gini", "gini_low", "gini_high",
    "share_of_customers_for_80", "next_share", "stay_share",
)  # fmt: skip
CONCENTRATION = {"population": "string", "customers": "int64", **dict.fromkeys(FIGURES, "float64"), "method": "string"}
PARETO = {"population": "string", "percent": "int64", "share": "float64"}

# Two-sided 95 % of a normal distribution.
Z95 = 1.959964


class Shares(msgspec.Struct, frozen=True):
    """Two figures of concentration of one set of values."""

    top_share: float
    gini: float


@table(key="population", subject=None, columns=CONCENTRATION, purpose="analytics")
def concentration(
    yearly_value: pa.Table, *, top: float = 0.2, resamples: int = 1000, resampled_up_to: int = 20_000, seed: int = 20
) -> pa.Table:
    """Share of the best fifth, Gini coefficient and their 95 % intervals, for payers and for everybody.

    `next_share` and `stay_share` say how lasting the best are: those of the year's earlier half, their share of the
    later half's value, and the part of them that is again among the best.

    Parameters
    ----------
    top
        Part (0 to 1) of the customers that is looked at.
    resamples, resampled_up_to, seed
        Samples of customers drawn for the intervals, and the number of customers above which the intervals come from
        influence functions instead; the seed fixes the draw.
    """
    rows = []
    for population, values, earlier, later in _populations(yearly_value):
        by_draw = values.size <= resampled_up_to
        shares = measure(values, top)
        low, high = drawn_interval(values, top, resamples, seed) if by_draw else influence_interval(values, top)
        next_share, stay_share = lasting(earlier, later, top)
        rows.append(
            {
                "population": population,
                "customers": values.size,
                "total": float(values.sum()),
                "top_share": shares.top_share,
                "top_share_low": low.top_share,
                "top_share_high": high.top_share,
                "gini": shares.gini,
                "gini_low": low.gini,
                "gini_high": high.gini,
                "share_of_customers_for_80": customers_for(values, 0.8),
                "next_share": next_share,
                "stay_share": stay_share,
                "method": "bootstrap" if by_draw else "influence",
            }
        )
    return pa.Table.from_pylist(rows, schema=_shape(CONCENTRATION))


@table(key=("population", "percent"), subject=None, columns=PARETO, purpose="analytics")
def pareto(yearly_value: pa.Table) -> pa.Table:
    """Share of the year's value that the best 0, 1, … 100 % of payers and of everybody bring."""
    percents = np.arange(101)
    parts = []
    for population, values, _, _ in _populations(yearly_value):
        shares = [top_share(values, percent / 100) for percent in percents]
        parts.append(
            pa.table({"population": pa.array([population] * 101), "percent": percents, "share": pa.array(shares)})
        )
    return pa.concat_tables([_shape(PARETO).empty_table(), *parts])


def top_share(values: Values, top: float) -> float:
    """Part of the total that the best `top` of the customers bring; the one on the border counts in part."""
    best = np.sort(values)[::-1]
    border = top * best.size
    whole = int(border)
    partly = best[whole] * (border - whole) if whole < best.size else 0.0
    total = best.sum()
    return min(1.0, float((best[:whole].sum() + partly) / total)) if total > 0 else 0.0


def gini(values: Values) -> float:
    """Gini coefficient, corrected for small numbers: 0 where all are equal, 1 where one has everything."""
    n, total = values.size, values.sum()
    if n < 2 or total <= 0:
        return 0.0
    place = np.arange(1, n + 1)
    return float(((2 * place - n - 1) * np.sort(values)).sum() / (total * (n - 1)))


def measure(values: Values, top: float) -> Shares:
    return Shares(top_share(values, top), gini(values))


def customers_for(values: Values, part: float) -> float:
    """Smallest part of the customers that brings at least `part` of the total."""
    total = values.sum()
    if total <= 0:
        return 0.0
    running = np.cumsum(np.sort(values)[::-1])
    # Rounding must not cost a customer where the line is met exactly.
    return float((np.searchsorted(running, part * total * (1 - 1e-12)) + 1) / values.size)


def drawn_interval(values: Values, top: float, resamples: int, seed: int) -> tuple[Shares, Shares]:
    """95 % interval from samples of the customers, drawn with replacement."""
    if values.size == 0:
        return Shares(0.0, 0.0), Shares(0.0, 0.0)
    draw = np.random.default_rng(seed)
    ordered = np.sort(values)
    # Drawing places and counting them keeps each sample in order without sorting it.
    counts = (
        np.bincount(draw.integers(values.size, size=values.size), minlength=values.size) for _ in range(resamples)
    )
    drawn = [measure(np.repeat(ordered, count), top) for count in counts]
    low, high = np.percentile([[shares.top_share, shares.gini] for shares in drawn], [2.5, 97.5], axis=0)
    return Shares(*map(float, low)), Shares(*map(float, high))


def influence_interval(values: Values, top: float) -> tuple[Shares, Shares]:
    """95 % interval from what each customer adds to the figure, for bases too large to draw from."""
    shares, n = measure(values, top), values.size
    ordered = np.sort(values)
    mean = ordered.mean()
    if mean == 0:
        # Nobody brought anything: there is nothing to be unequal about.
        return shares, shares
    border = ordered[n - max(1, int(top * n))]
    on_share = (np.maximum(ordered - border, 0.0) + top * border - shares.top_share * ordered) / mean
    place = np.arange(1, n + 1) / n
    distance = 2 * ordered * place - ordered + mean - 2 * np.cumsum(ordered) / n
    on_gini = distance / mean - shares.gini - shares.gini * (ordered - mean) / mean
    reach = [Z95 * float(part.std()) / n**0.5 for part in (on_share, on_gini)]
    low = Shares(max(0.0, shares.top_share - reach[0]), max(0.0, shares.gini - reach[1]))
    return low, Shares(min(1.0, shares.top_share + reach[0]), min(1.0, shares.gini + reach[1]))


def lasting(earlier: Values, later: Values, top: float) -> tuple[float | None, float | None]:
    """What part of the later value the best of earlier bring, and what part of them is again among the best."""
    if earlier.sum() <= 0 or later.sum() <= 0:
        return None, None
    size = max(1, int(top * int((earlier > 0).sum())))
    best = np.argsort(-earlier, kind="stable")[:size]
    again = np.argsort(-later, kind="stable")[: max(1, int(top * int((later > 0).sum())))]
    return float(later[best].sum() / later.sum()), float(np.isin(best, again).mean())


def _populations(rows: pa.Table) -> Iterator[tuple[str, Values, Values, Values]]:
    """Value of the year and of its halves: of those who paid, and of all who are known."""
    # By customer, so that equal values fall the same way on every engine.
    ordered = rows.sort_by("customer_id")
    year, earlier, later = (
        ordered.column(name).to_numpy().astype(np.float64) for name in ("value", "earlier_half", "later_half")
    )
    if year.size == 0:
        return
    paid = year > 0
    yield "payers", year[paid], earlier[paid], later[paid]
    yield "everybody", year, earlier, later


def _shape(columns: Mapping[str, str]) -> pa.Schema:
    return pa.schema([pa.field(name, pa.type_for_alias(kind)) for name, kind in columns.items()])
