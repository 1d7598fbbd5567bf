"""Tests of the abandoned-cart play."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from motherlode.graph.wiring import to_sql
from motherlode.opportunity.plays.abandoned_cart import abandoned_cart
from motherlode.warehouse import open_warehouse

AS_OF = date(2024, 6, 30)


def candidates(day):
    warehouse = open_warehouse("duckdb://", None)
    stakes = {"customer_id": ["ann"], "yearly_spend": [300.0], "yearly_orders": [3.0], "margin_share": [0.5]}
    warehouse.write("opportunity.stakes", pa.table({**stakes, "peer_id": pa.array([None], pa.string())}))
    cart = {"customer_id": ["ann"], "product_id": ["t1"], "pieces": [2], "cart_value": [40.0], "last_added_at": [day]}
    warehouse.write("profile.carts", pa.table(cart))
    tables = [warehouse.expression(name) for name in ("opportunity.stakes", "profile.carts")]
    rows = warehouse.arrow(to_sql(abandoned_cart(*tables, as_of=AS_OF))).to_pylist()
    warehouse.close()
    return rows


def test_what_lies_in_the_cart_is_at_stake():
    (row,) = candidates(datetime(2024, 6, 29))
    assert row["at_stake"] == pytest.approx(80 * 0.5 * 1.1**-0.5, abs=1e-3)
    assert (row["reason"], row["actual"], row["benchmark"]) == ("open_cart", 80.0, 100.0)


def test_an_old_cart_is_left_alone():
    assert candidates(datetime(2024, 5, 1)) == []
