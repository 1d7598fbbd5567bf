"""Curves of survival of the company's customers."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.predict.kaplan_meier import kaplan_meier
from motherlode.tables import table

COLUMNS = {
    "event": "string",
    "stratum": "string",
    "days": "int64",
    "at_risk": "int64",
    "ended": "int64",
    "share": "float64",
    "low": "float64",
    "high": "float64",
}
SHARES = ("share", "low", "high")


@table(key=("event", "stratum", "days"), subject=None, columns=COLUMNS, purpose="analytics")
def survival(lifespans: pa.Table, *, least_customers: int = 50) -> pa.Table:
    """Share of buyers without a second order, and of customers who have not left, after so many days (Kaplan-Meier).

    Who had less time than that counts as long as known, so young customers do not darken the curve. `low` and `high`
    hold the share with 95 % probability; they are empty where it is nil. A row a day on which it happened to somebody.

    Parameters
    ----------
    least_customers
        Customers below which a stratum has no curve.
    """
    rows = [row for part in _strata(lifespans) for row in _curve(*part, least_customers)]
    fields = [pa.field(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def _strata(lifespans: pa.Table) -> Iterator[tuple[str, str, dict[str, np.ndarray]]]:
    pairs = [*zip(lifespans.column("event").to_pylist(), lifespans.column("stratum").to_pylist(), strict=True)]
    numbers = {name: lifespans.column(name).to_numpy() for name in ("days", "ended", "customers")}
    for event, stratum in sorted(set(pairs)):
        here = np.array([pair == (event, stratum) for pair in pairs])
        yield event, stratum, {name: values[here] for name, values in numbers.items()}


def _curve(event: str, stratum: str, rows: dict[str, np.ndarray], least_customers: int) -> Iterator[dict[str, Any]]:
    if rows["customers"].sum() < least_customers:
        return
    curve = kaplan_meier(rows["days"], rows["ended"], rows["customers"])
    for days, at_risk, ended, *shares in zip(
        curve.times, curve.at_risk, curve.ended, curve.share, curve.low, curve.high, strict=True
    ):
        told = {name: float(value) if np.isfinite(value) else None for name, value in zip(SHARES, shares, strict=True)}
        whole = {"days": int(days), "at_risk": int(at_risk), "ended": int(ended)}
        yield {"event": event, "stratum": stratum, **whole, **told}
