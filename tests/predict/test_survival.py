"""The tables of survival and of the time to the next order."""

from datetime import date

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest

from histories_drawn import Customers, drawn, drawn_with_later
from motherlode.graph.wiring import to_sql
from motherlode.predict.expected_purchases import expected_purchases
from motherlode.predict.lifespans import lifespans
from motherlode.predict.repeat_buying import repeat_buying
from motherlode.predict.survival import survival
from motherlode.predict.time_to_next_order import time_to_next_order

AS_OF = date(2024, 6, 30)
SHOP = drawn(600, r=0.8, alpha=6.0, a=0.8, b=2.4)
CHANCES = ("p_order_30d", "p_order_60d", "p_order_90d")
DAYS = ("next_order_days_low", "next_order_days", "next_order_days_high")


def counted(orders: list[tuple], customers: list[tuple] = ()) -> list[dict]:
    """Rows of `lifespans` as the engine makes them."""
    connection = duckdb.connect()
    tables = {
        "orders": ({"customer_id": "string", "ordered_on": "date"}, orders),
        "customers": ({"customer_id": "string", "churned": "boolean", "tenure_months": "int64"}, customers),
    }
    arrow = {"string": pa.string(), "date": pa.date32(), "boolean": pa.bool_(), "int64": pa.int64()}
    for name, (shape, rows) in tables.items():
        schema = pa.schema([(column, arrow[kind]) for column, kind in shape.items()])
        given = pa.Table.from_pylist([dict(zip(shape, row, strict=True)) for row in rows], schema=schema)
        connection.register(name, given)
    expression = lifespans(*(ibis.table(shape, name=name) for name, (shape, _) in tables.items()), as_of=AS_OF)
    return connection.sql(to_sql(expression)).to_arrow_table().to_pylist()


def test_a_second_order_day_ends_the_wait_and_who_has_none_has_waited_until_today():
    rows = counted(
        [
            ("ann", date(2023, 6, 1)), ("ann", date(2023, 6, 1)), ("ann", date(2023, 6, 8)), ("ann", date(2023, 9, 9)),
            ("bob", date(2024, 6, 20)), (None, date(2024, 6, 20)),
        ]
    )  # fmt: skip
    told = {(row["stratum"], row["days"], row["ended"], row["customers"]) for row in rows}
    assert told == {("all", 7, True, 1), ("2023", 7, True, 1), ("all", 10, False, 1), ("2024", 10, False, 1)}
    assert {row["event"] for row in rows} == {"second_order"}


def test_months_of_a_customer_who_is_said_to_have_left_end_and_others_go_on():
    rows = counted([], [("ann", True, 12), ("bob", False, 2), ("cat", None, 3), ("dan", True, None)])
    told = {(row["event"], row["stratum"], row["days"], row["ended"]) for row in rows}
    assert told == {("left", "all", 365, True), ("left", "all", 61, False)}


def spans(days: np.ndarray, ended: np.ndarray, event: str = "left", stratum: str = "all") -> pa.Table:
    size = days.size
    names = {"event": [event] * size, "stratum": [stratum] * size}
    return pa.table({**names, "days": days, "ended": ended, "customers": np.ones(size, dtype=np.int64)})


def test_a_curve_tells_the_share_that_lasts_with_its_interval_although_many_are_not_over():
    chance = np.random.default_rng(3)
    lived, seen = chance.exponential(200, 5000), chance.uniform(50, 400, 5000)
    given = spans(np.minimum(lived, seen).astype(int), lived <= seen)
    rows = survival(given).to_pylist()
    after = next(row for row in rows if row["days"] >= 150)
    assert after["low"] < np.exp(-151 / 200) < after["high"]
    assert all(row["low"] <= row["share"] <= row["high"] for row in rows if row["low"] is not None)
    assert [row["share"] for row in rows] == sorted((row["share"] for row in rows), reverse=True)


def test_each_event_and_group_has_a_curve_of_its_own_and_small_groups_none():
    half = np.arange(1, 61)
    given = pa.concat_tables(
        [
            spans(half, half > 0),
            spans(half * 2, half > 0, stratum="2023"),
            spans(half[:9], half[:9] > 0, "second_order"),
        ]
    )
    rows = survival(given).to_pylist()
    assert {(row["event"], row["stratum"]) for row in rows} == {("left", "all"), ("left", "2023")}
    assert next(row["share"] for row in rows if row["stratum"] == "2023" and row["days"] == 60) == pytest.approx(0.5)
    assert survival(given, least_customers=5).num_rows == 129
    assert survival(given.slice(0, 0)).num_rows == 0


def next_orders(customers: Customers) -> list[dict]:
    return time_to_next_order(customers.table, repeat_buying(customers.patterns, customers.values)).to_pylist()


def test_chances_grow_with_time_and_days_lie_in_their_interval():
    for row in next_orders(SHOP):
        assert 0 <= row["p_order_30d"] <= row["p_order_60d"] <= row["p_order_90d"] <= 1
        assert 0 < row["next_order_days_low"] < row["next_order_days"] < row["next_order_days_high"] <= 3652


def test_no_chance_is_higher_than_that_to_be_still_a_customer():
    models = repeat_buying(SHOP.patterns, SHOP.values)
    alive = expected_purchases(SHOP.table, models).column("p_alive").to_numpy()
    assert (time_to_next_order(SHOP.table, models).column("p_order_90d").to_numpy() <= alive + 1e-9).all()


@pytest.mark.parametrize("days", [30, 90])
def test_as_many_order_within_the_days_as_their_chances_say(days):
    known, later = drawn_with_later(8000, r=0.8, alpha=6.0, a=0.8, b=2.4, ahead=days)
    chances = np.array([row[f"p_order_{days}d"] for row in next_orders(known)])
    assert chances.sum() == pytest.approx((later > 0).sum(), rel=0.06)
    sure = chances > np.quantile(chances, 0.9)
    assert chances[sure].mean() == pytest.approx((later[sure] > 0).mean(), abs=0.05)


@pytest.mark.parametrize("size", [0, 20])
def test_too_few_customers_have_no_invented_days(size):
    few = Customers(*(part[:size] for part in SHOP))
    rows = next_orders(few)
    assert len(rows) == size and all(row["method"] == "too_few" for row in rows)
    assert all(row[name] is None for row in rows for name in (*CHANCES, *DAYS))
