"""When each buyer will order next."""

from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.buying_models import BUYING_MODELS
from motherlode.predict.histories import DAYS_A_WEEK, histories_of_customers
from motherlode.predict.outlook import chance_before_leaving, chance_while_staying
from motherlode.predict.special_functions import Numbers
from motherlode.tables import table

HORIZONS = {"p_order_30d": 30.0, "p_order_60d": 60.0, "p_order_90d": 90.0}
# Chances that the next order, if there is one, has come by then.
QUANTILES = {"next_order_days": 0.5, "next_order_days_low": 0.1, "next_order_days_high": 0.9}
CHANCES = {
    "bg_nbd": chance_while_staying,
    "mbg_nbd": chance_while_staying,
    "pareto_nbd": chance_before_leaving,
}
TEN_YEARS = 3652.0
GRID = np.append(0.0, np.geomspace(0.25, TEN_YEARS, 60))
COLUMNS = {
    "customer_id": "string",
    **dict.fromkeys(HORIZONS, "float64"),
    **dict.fromkeys(QUANTILES, "float64"),
    "method": "string",
}


@table(key="customer_id", subject="customer_id", columns=COLUMNS, purpose="profiling")
def time_to_next_order(purchase_histories: pa.Table, repeat_buying: pa.Table) -> pa.Table:
    """Probability of an order within 30, 60 and 90 days, and in how many days the next one comes, if it comes.

    By the model of repeat buying that explains all histories best. `next_order_days` is the middle, `_low` and `_high`
    hold 8 of 10 next orders, of customers who are still there and order within ten years; that somebody may have left
    is in the probabilities. The models know how often and how lately a customer bought, and no rhythm such as each
    first of the month. All are empty where too few customers bought again for a model (`too_few`).
    """
    fitted = {row["model"]: row for row in repeat_buying.to_pylist()}
    chosen = next((name for name in BUYING_MODELS if fitted.get(name, {}).get("chosen")), None)
    customers = purchase_histories.num_rows
    columns: dict[str, Any] = dict.fromkeys((*HORIZONS, *QUANTILES), np.full(customers, np.nan))
    if chosen and customers:
        parameters = np.array([fitted[chosen][name] for name in BUYING_MODELS[chosen].parameters], dtype=np.float64)
        columns = _expected(purchase_histories, chosen, parameters)
    told = {name: pa.array(values, pa.float64(), from_pandas=True) for name, values in columns.items()}
    method = pa.array([chosen or "too_few"]).take(pa.array(np.zeros(customers, dtype=np.int64)))
    return pa.table({"customer_id": purchase_histories.column("customer_id"), **told, "method": method})


def days_to_next(chances: Numbers, share: float) -> Numbers:
    """By row, the days at which that share of the last chance is reached; `chances` has a column a day of `GRID`."""
    wanted = share * chances[:, -1:]
    after = np.clip((chances < wanted).sum(axis=1), 1, GRID.size - 1)
    rows = np.arange(after.size)
    low, high = chances[rows, after - 1], chances[rows, after]
    part = (wanted[:, 0] - low) / np.maximum(high - low, 1e-300)
    return np.asarray(GRID[after - 1] + part * (GRID[after] - GRID[after - 1]))


def _expected(given: pa.Table, chosen: str, parameters: Numbers) -> dict[str, Numbers]:
    counted = (given.column(name).to_numpy() for name in ("repeat_orders", "recency_days", "age_days"))
    histories, place = histories_of_customers(*counted)
    # What a customer who is still there does next does not depend on when the last order was.
    found, same = np.unique(histories.order_at * histories.times.size + histories.age_at, return_inverse=True)
    order_at, age_at = np.divmod(found, histories.times.size)
    x, age = histories.orders[order_at], histories.times[age_at]

    def chance(days: float) -> Numbers:
        return CHANCES[chosen](parameters, x, age, days / DAYS_A_WEEK)

    alive = BUYING_MODELS[chosen].alive(parameters, histories.frequency, histories.recency, histories.age)
    columns = {name: (alive * chance(days)[same])[place] for name, days in HORIZONS.items()}
    curve = np.stack([chance(days) for days in GRID.tolist()], axis=1)
    return columns | {name: days_to_next(curve, share)[same][place] for name, share in QUANTILES.items()}
