"""The next category: who has one thing buys what goes with it."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa
import pytest

from motherlode.predict.next_categories import category_backtest, next_categories

TODAY = date(2024, 6, 30)
DAYS = [TODAY - timedelta(days=90 * back) for back in (3, 2, 1, 0)]
# Who has tea buys cups; who has paint buys brushes; hats are for everybody.
GOES_WITH = {"tea": "cup", "paint": "brush"}
CATEGORIES = ("brush", "cup", "hat", "paint", "tea")


@cache
def histories(customers: int = 600, paired: bool = True) -> pa.Table:
    chance = np.random.default_rng(2)
    rows = []
    for number in range(customers):
        owned = {"tea" if number % 2 else "paint": 1}
        for day in DAYS:
            wanted = {"hat": 0.1, "cup": 0.05, "brush": 0.05}
            if paired:
                wanted |= {GOES_WITH[name]: 0.3 for name in GOES_WITH if name in owned}
            after = {name for name in wanted if name not in owned and chance.random() < wanted[name]}
            for name in {*owned, *after}:
                rows.append(
                    {
                        "snapshot_on": day,
                        "customer_id": f"c{number:04}",
                        "category": name,
                        "orders": owned.get(name, 0),
                        "idle_days": 10 if name in owned else None,
                        "bought_after": None if day == TODAY else name in after,
                    }
                )
            owned |= dict.fromkeys(after, 1)
    return pa.Table.from_pylist([row for row in rows if row["orders"] or row["bought_after"]])


def measured(rows: pa.Table) -> dict[tuple[str, str], float]:
    return {(row["model"], row["metric"]): row["value"] for row in category_backtest(rows).to_pylist()}


def test_what_goes_together_foretells_more_than_what_is_popular():
    found = measured(histories())
    assert found["together", "auc"] > found["popularity", "auc"] + 0.05
    assert found["both", "log_loss"] < found["popularity", "log_loss"]
    assert 0.8 < found["both", "total_ratio"] < 1.25


def test_where_nothing_goes_together_nothing_is_gained():
    found = measured(histories(paired=False))
    assert found["together", "auc"] < found["popularity", "auc"] + 0.02
    assert found["both", "auc"] == pytest.approx(found["popularity", "auc"], abs=0.05)


def test_tea_drinkers_are_shown_cups_and_nobody_what_they_have():
    rows = histories()
    owned = {
        (row["customer_id"], row["category"])
        for row in rows.to_pylist()
        if row["snapshot_on"] == TODAY and row["orders"]
    }
    listed = next_categories(rows, category_backtest(rows)).to_pylist()
    assert not owned & {(row["customer_id"], row["category"]) for row in listed}
    for have, wanted in GOES_WITH.items():
        first = [
            row["category"]
            for row in listed
            if row["rank"] == 1 and (row["customer_id"], have) in owned and (row["customer_id"], wanted) not in owned
        ]
        assert first and set(first) == {wanted}


def test_the_day_before_decides_not_the_day_that_is_asked_about():
    """What came after the test day is flipped: forecasts stay the same."""
    rows = histories().to_pylist()
    flipped = [
        row | {"bought_after": not row["bought_after"]} if row["snapshot_on"] == DAYS[2] and row["orders"] else row
        for row in rows
    ]
    one, other = (measured(pa.Table.from_pylist(each)) for each in (rows, flipped))
    assert one["both", "forecast_decile_1"] == pytest.approx(other["both", "forecast_decile_1"])


def test_few_customers_or_no_categories_are_not_tested():
    few = histories(customers=100)
    assert category_backtest(few).num_rows == 0
    assert next_categories(few, category_backtest(few)).num_rows == 0
    assert category_backtest(few.slice(0, 0)).num_rows == 0
