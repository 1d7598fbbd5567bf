"""Value by cohort against the same, added up by hand."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from motherlode.graph.wiring import to_sql
from motherlode.measure.cohort_value import cohort_value
from motherlode.warehouse import open_warehouse

AS_OF = date(2024, 6, 30)
SHAPES = {
    "orders": {"customer_id": "string", "ordered_on": "date", "amount": "decimal(18, 4)"},
    "returns": {"customer_id": "string", "returned_on": "date", "amount": "decimal(18, 4)"},
    "beginnings": {"customer_id": "string", "first_on": "date"},
}
# Days after the first order, and money; what came back is below zero.
MOVES = {
    ("ann", date(2024, 1, 3)): [(0, 100), (30, 10), (31, 20), (61, -30), (140, 5)],
    ("bob", date(2024, 1, 31)): [(0, 50), (150, 40), (151, 999)],
    ("cat", date(2024, 5, 31)): [(0, 7), (29, 2)],
    ("dan", date(2024, 6, 1)): [(0, 1), (29, 3)],
    # Came back before the first order that is known.
    ("eve", date(2024, 6, 29)): [(-4, -60), (0, 8)],
}


def rows_of() -> dict[str, pa.Table]:
    orders, returns = [], []
    for (who, first), moves in MOVES.items():
        for day, money in moves:
            on, amount = first + timedelta(days=day), Decimal(abs(money))
            if money > 0:
                orders.append({"customer_id": who, "ordered_on": on, "amount": amount})
            else:
                returns.append({"customer_id": who, "returned_on": on, "amount": amount})
    orders.append({"customer_id": None, "ordered_on": AS_OF, "amount": Decimal(1)})
    began = [{"customer_id": who, "first_on": first} for who, first in MOVES]
    money = pa.decimal128(18, 4)
    schemas = {
        "orders": pa.schema([("customer_id", pa.string()), ("ordered_on", pa.date32()), ("amount", money)]),
        "returns": pa.schema([("customer_id", pa.string()), ("returned_on", pa.date32()), ("amount", money)]),
        "beginnings": pa.schema([("customer_id", pa.string()), ("first_on", pa.date32())]),
    }
    tables = {"orders": orders, "returns": returns, "beginnings": began}
    return {name: pa.Table.from_pylist(rows, schema=schemas[name]) for name, rows in tables.items()}


def made(tables: dict[str, pa.Table], **settings: Any) -> dict[tuple[str, int], dict[str, Any]]:
    shapes = {name: ibis.table(shape, name=name) for name, shape in SHAPES.items()}
    expression = cohort_value(**shapes, as_of=AS_OF, **settings)
    warehouse = open_warehouse("duckdb://:memory:", Path())
    found = warehouse.arrow_with(to_sql(expression), **tables).to_pylist()
    warehouse.close()
    return {(row["cohort"], row["period"]): row for row in found}


def by_hand(cohort: str, period: int, days: int = 30) -> tuple[int, float] | None:
    """How many count, and what they brought; `None` where a month waits for some of its customers."""
    mine = {key: moves for key, moves in MOVES.items() if not cohort or key[1].strftime("%Y-%m") == cohort}
    old = {key: moves for key, moves in mine.items() if (AS_OF - key[1]).days >= period * days}
    if not old or (cohort and len(old) < len(mine)):
        return None
    return len(old), sum(money for moves in old.values() for day, money in moves if 0 <= day <= period * days)


@pytest.mark.parametrize("days", [30, 7])
def test_each_cell_is_what_its_customers_paid_less_what_came_back(days):
    cells = made(rows_of(), period_days=days)
    for cohort in ("", "2024-01", "2024-05", "2024-06"):
        for period in range(13):
            expected = by_hand(cohort, period, days)
            row = cells.get((cohort, period))
            assert (row is None) == (expected is None), (cohort, period)
            if row and expected:
                assert (row["of"], float(row["money"])) == expected
                assert row["each"] == pytest.approx(expected[1] / expected[0])
                assert row["days"] == period * days


def test_a_month_waits_for_all_of_its_customers_so_that_its_row_never_falls_for_their_sake():
    cells = made(rows_of())
    # Of June one began on the first and is 29 days old, the other a day.
    assert [period for cohort, period in cells if cohort == "2024-06"] == [0]
    assert sorted(period for cohort, period in cells if cohort == "2024-01") == [0, 1, 2, 3, 4, 5]


def test_no_orders_give_no_cells():
    assert made({name: rows.slice(0, 0) for name, rows in rows_of().items()}) == {}
