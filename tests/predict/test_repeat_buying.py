"""The tables of the room, from orders to lifetime value."""

from datetime import date, timedelta
from decimal import Decimal

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest

from histories_drawn import Customers, drawn, drawn_with_later
from motherlode.graph.wiring import compile_graph, to_sql, wire
from motherlode.labels import missing
from motherlode.plugins import find_promises
from motherlode.predict.buying_models import BUYING_MODELS
from motherlode.predict.expected_purchases import expected_purchases
from motherlode.predict.purchase_histories import purchase_histories, repeat_patterns, repeat_values
from motherlode.predict.repeat_buying import repeat_buying
from motherlode.tables import promised

AS_OF = date(2024, 6, 30)
ORDERS = pa.schema([("customer_id", pa.string()), ("ordered_on", pa.date32()), ("amount", pa.decimal128(18, 4))])
KINDS = {
    pa.string(): "string",
    pa.date32(): "date",
    pa.decimal128(18, 4): "decimal(18, 4)",
    pa.int64(): "int64",
    pa.float64(): "float64",
}
SHOP = drawn(600, r=0.8, alpha=6.0, a=0.8, b=2.4)
NOBODY = Customers(*(np.zeros(0) for _ in range(4)))


def made(function, given: pa.Table) -> list[dict]:
    """Rows of an expression over one table, as the engine makes them."""
    expression = function(_shaped(given))
    connection = duckdb.connect()
    connection.register("given", given)
    return connection.sql(to_sql(expression)).to_arrow_table().to_pylist()


def _shaped(given: pa.Table) -> ibis.Table:
    shape = {name: KINDS[kind] for name, kind in zip(given.schema.names, given.schema.types, strict=True)}
    return ibis.table(shape, name="given")


def histories(given: pa.Table, as_of: date = AS_OF, unusable: str = "") -> list[dict]:
    """Rows of `purchase_histories` as the engine makes them; everybody but `unusable` may be profiled."""
    usable = ibis.table({"customer_id": "string", "profiling": "boolean"}, name="usable")
    expression = purchase_histories(_shaped(given), usable, as_of=as_of)
    people = sorted({who for who in given["customer_id"].to_pylist() if who})
    connection = duckdb.connect()
    connection.register("given", given)
    connection.register("usable", pa.table({"customer_id": people, "profiling": [who != unusable for who in people]}))
    return connection.sql(to_sql(expression)).to_arrow_table().to_pylist()


def orders(*rows: tuple[str | None, str, str]) -> pa.Table:
    records = [
        {"customer_id": who, "ordered_on": date.fromisoformat(day), "amount": Decimal(paid)} for who, day, paid in rows
    ]
    return pa.Table.from_pylist(records, schema=ORDERS)


def fitted(customers: Customers, **settings) -> pa.Table:
    return repeat_buying(customers.patterns, customers.values, **settings)


def rows_of(customers: Customers, **settings) -> list[dict]:
    return expected_purchases(customers.table, fitted(customers), **settings).to_pylist()


def test_orders_of_a_day_count_once_and_the_first_day_is_no_repeat():
    given = orders(
        ("ann", "2024-06-01", "10"), ("ann", "2024-06-01", "5"), ("ann", "2024-06-08", "20"),
        ("ann", "2024-06-08", "4"), ("ann", "2024-06-20", "6"), ("bob", "2024-06-30", "7"), (None, "2024-06-02", "9"),
    )  # fmt: skip
    ann, bob = sorted(histories(given), key=lambda row: row["customer_id"])
    assert ann == {
        "customer_id": "ann",
        "repeat_orders": 2,
        "recency_days": 19,
        "age_days": 29,
        "repeat_order_value": 15.0,
    }
    assert (bob["repeat_orders"], bob["recency_days"], bob["age_days"], bob["repeat_order_value"]) == (0, 0, 0, None)


def test_patterns_and_values_count_each_buyer_once():
    patterns, values = made(repeat_patterns, SHOP.table), made(repeat_values, SHOP.table)
    assert sum(row["customers"] for row in patterns) == SHOP.repeat_orders.size
    assert len(patterns) < SHOP.repeat_orders.size
    assert sum(row["customers"] for row in values) == (SHOP.repeat_orders > 0).sum()


def test_each_model_has_a_row_with_its_own_parameters_and_the_likeliest_is_chosen():
    rows = {row["model"]: row for row in fitted(SHOP).to_pylist()}
    assert list(rows) == [*BUYING_MODELS, "gamma_gamma"]
    best = max(BUYING_MODELS, key=lambda name: rows[name]["log_likelihood"])
    assert [name for name in BUYING_MODELS if rows[name]["chosen"]] == [best]
    assert rows["pareto_nbd"]["leaving_a"] is None and rows["bg_nbd"]["leaving_s"] is None
    for name in ("buying_r", "buying_alpha", "leaving_a", "leaving_b"):
        assert rows["bg_nbd"][f"{name}_low"] < rows["bg_nbd"][name] < rows["bg_nbd"][f"{name}_high"]
    assert rows["bg_nbd"]["leaving_seen"] and rows["bg_nbd"]["converged"]


def test_the_order_of_rows_changes_nothing():
    patterns, values = SHOP.patterns, SHOP.values
    backwards = [part.take(pa.array(range(part.num_rows - 1, -1, -1))) for part in (patterns, values)]
    for there, here in zip(repeat_buying(*backwards).to_pylist(), fitted(SHOP).to_pylist(), strict=True):
        assert there.keys() == here.keys()
        assert all(there[name] == here[name] or there[name] == pytest.approx(here[name], rel=1e-9) for name in here)


def test_each_buyer_has_chances_orders_and_a_value_within_its_interval():
    rows = rows_of(SHOP)
    assert len({row["customer_id"] for row in rows}) == SHOP.repeat_orders.size
    for row in rows:
        assert 0 <= row["p_alive"] <= 1
        assert 0 <= row["expected_orders_90d"] <= row["expected_orders_365d"]
        assert 0 <= row["lifetime_value_low"] <= row["lifetime_value"] <= row["lifetime_value_high"]
        assert row["value_per_order"] > 0 and row["method"] in BUYING_MODELS


def test_a_longer_life_is_worth_more_and_a_higher_discount_less():
    value = {
        name: sum(row["lifetime_value"] for row in rows_of(SHOP, **settings))
        for name, settings in {
            "default": {},
            "short": {"lifetime_years": 1.0},
            "dear": {"yearly_discount": 0.3},
        }.items()
    }
    assert value["short"] < value["dear"] < value["default"]


def test_orders_of_the_next_90_days_are_as_many_as_expected():
    known, later = drawn_with_later(8000, r=0.8, alpha=6.0, a=0.8, b=2.4, ahead=90)
    rows = rows_of(known)
    assert sum(row["expected_orders_90d"] for row in rows) == pytest.approx(later.sum(), rel=0.05)
    alive = np.array([row["p_alive"] for row in rows])
    # Of those who are surely gone hardly anybody orders again; of the others many do.
    assert (later[alive < 0.05] > 0).mean() < 0.02 < (later[alive > 0.8] > 0).mean()


@pytest.mark.parametrize("size", [0, 1, 20])
def test_too_few_customers_give_empty_columns_and_no_invented_numbers(size):
    few = Customers(*(part[:size] for part in SHOP))
    models = fitted(few)
    assert set(models.column("method").to_pylist()) == {"too_few"}
    assert models.column("buying_r").null_count == models.num_rows
    rows = expected_purchases(few.table, models).to_pylist()
    assert len(rows) == size
    for row in rows:
        assert row.pop("method") == "too_few" and row.pop("customer_id")
        assert set(row.values()) == {None}


def test_customers_all_alike_crash_nothing():
    same = Customers(*(np.full(80, value) for value in (3.0, 60.0, 90.0, 20.0)))
    rows = rows_of(same)
    assert all(0 <= row["p_alive"] <= 1 and row["lifetime_value"] is None for row in rows)


def test_buyers_who_paid_nothing_have_orders_to_expect_and_no_value():
    rows = rows_of(SHOP._replace(mean_values=np.zeros(SHOP.repeat_orders.size)))
    assert all(row["expected_orders_90d"] > 0 and row["value_per_order"] is None for row in rows)


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark"])
def test_the_room_is_wired_into_the_house_and_compiles_for_every_engine(dialect):
    ours = (purchase_histories, repeat_patterns, repeat_values, repeat_buying, expected_purchases)
    known = {promise.name: promise for promise in find_promises()}
    graph = wire({**known, **{function.__name__: promised(function) for function in ours}}.values())
    steps = {step.promise.address: step for step in compile_graph(graph, AS_OF)}
    assert {name for name in steps if name.startswith("predict.")} >= {f"predict.{f.__name__}" for f in ours}
    for function in ours[:3]:
        assert "SELECT" in to_sql(steps[f"predict.{function.__name__}"].expression, dialect)


def test_fitted_tables_promise_the_columns_that_they_give():
    for function, given in (
        (repeat_buying, fitted(SHOP)),
        (expected_purchases, expected_purchases(SHOP.table, fitted(SHOP))),
    ):
        promise = promised(function)
        assert promise.room == "predict"
        assert list(promise.columns) == given.schema.names


def test_models_and_methods_have_words():
    rows = [*fitted(SHOP).to_pylist(), *fitted(NOBODY).to_pylist()]
    codes = {row[column] for row in rows for column in ("model", "method")} | {"weak_prior"}
    assert missing(("method", code) for code in sorted(codes)) == []


def test_a_day_later_nobody_is_younger():
    given = orders(("ann", "2024-06-01", "10"), ("ann", "2024-06-08", "20"))
    today, tomorrow = (histories(given, AS_OF + timedelta(days=more))[0] for more in (0, 1))
    assert tomorrow == {**today, "age_days": today["age_days"] + 1}


def test_who_may_not_be_profiled_has_no_history():
    given = orders(("ann", "2024-06-01", "10"), ("bob", "2024-06-08", "20"))
    assert [row["customer_id"] for row in histories(given, unusable="ann")] == ["bob"]
