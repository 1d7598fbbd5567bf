"""Models of repeat buying and spending, fitted."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.buying_models import (
    BUYING_MODELS,
    SPENDING_PARAMETERS,
    WORTH_LEAVING,
    Fit,
    fit_buying,
    fit_spending,
    log_likelihood_without_leaving,
)
from motherlode.predict.gamma_gamma import spending
from motherlode.predict.histories import distinct_histories
from motherlode.tables import table

PARAMETERS = (
    *dict.fromkeys(name for model in BUYING_MODELS.values() for name in model.parameters),
    *SPENDING_PARAMETERS,
)
COLUMNS = {
    "model": "string",
    "customers": "int64",
    "log_likelihood": "float64",
    "converged": "boolean",
    "leaving_seen": "boolean",
    "chosen": "boolean",
    "method": "string",
    **{f"{name}{end}": "float64" for name in PARAMETERS for end in ("", "_low", "_high")},
}


@table(key="model", subject=None, columns=COLUMNS, purpose="profiling")
def repeat_buying(repeat_patterns: pa.Table, repeat_values: pa.Table, *, least_repeat_buyers: int = 50) -> pa.Table:
    """How customers buy again, leave and spend: the parameters of each model with 95 % intervals; times in weeks.

    The likeliest model of buying is `chosen`, and gives the expectations. `leaving_seen` says whether a model in
    which customers leave explains the histories better than one in which nobody ever does (likelihood ratio, 95 %).

    Parameters
    ----------
    least_repeat_buyers
        Customers with more than one order day below which nothing is fitted, and parameters stay empty.
    """
    rows = [*_buying(repeat_patterns, least_repeat_buyers), _spending(repeat_values, least_repeat_buyers)]
    fields = [pa.field(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def _buying(patterns: pa.Table, least_repeat_buyers: int) -> Iterator[dict[str, Any]]:
    columns = ("repeat_orders", "recency_days", "age_days", "customers")
    histories = distinct_histories(*(patterns.column(name).to_numpy() for name in columns))
    repeated = histories.customers_by_orders[histories.orders > 0].sum()
    if repeated < least_repeat_buyers:
        yield from (_too_few(model, histories.total) for model in BUYING_MODELS)
        return
    fits = {name: fit_buying(model, histories) for name, model in BUYING_MODELS.items()}
    best = max(fits, key=lambda name: fits[name].log_likelihood)
    floor = log_likelihood_without_leaving(histories) + WORTH_LEAVING
    for name, fit in fits.items():
        told = _told(name, BUYING_MODELS[name].parameters, fit, histories.total)
        yield told | {"chosen": name == best, "leaving_seen": fit.log_likelihood > floor}


def _spending(values: pa.Table, least_repeat_buyers: int) -> dict[str, Any]:
    names = ("repeat_orders", "repeat_order_value", "customers")
    # Sums of the same numbers in another order differ in their last digits, and a climb over few buyers shows it.
    values = values.sort_by([(name, "ascending") for name in names])
    given = spending(*(values.column(name).to_numpy() for name in names))
    # With one value for all there is nothing to tell apart.
    if given.total < least_repeat_buyers or np.ptp(given.paid / given.orders[given.order_at]) == 0:
        return _too_few("gamma_gamma", given.total)
    return _told("gamma_gamma", SPENDING_PARAMETERS, fit_spending(given), given.total) | {"chosen": True}


def _told(model: str, names: tuple[str, ...], fit: Fit, customers: float) -> dict[str, Any]:
    row: dict[str, Any] = {
        "model": model,
        "customers": int(customers),
        "log_likelihood": fit.log_likelihood,
        "converged": fit.converged,
        "method": fit.method,
    }
    for end, values in (("", fit.parameters), ("_low", fit.low), ("_high", fit.high)):
        for name, value in zip(names, values.tolist(), strict=True):
            row[name + end] = value if np.isfinite(value) else None
    return row


def _too_few(model: str, customers: float) -> dict[str, Any]:
    return {"model": model, "customers": int(customers), "converged": False, "chosen": False, "method": "too_few"}
