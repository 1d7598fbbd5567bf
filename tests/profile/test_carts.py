"""What lies in carts is told by the time of events."""

from datetime import datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from motherlode.graph.wiring import to_sql
from motherlode.profile.carts import carts
from motherlode.warehouse import open_warehouse

SHAPE = pa.schema(
    [
        *((name, pa.string()) for name in ("customer_id", "event", "product_id")),
        ("occurred_at", pa.timestamp("us")),
        ("value", pa.decimal128(18, 4)),
    ]
)


def open_carts(*events):
    rows = [
        {
            "customer_id": "ann",
            "event": event,
            "product_id": product,
            "occurred_at": datetime(2024, 6, day),
            "value": None,
        }
        for event, product, day in events
    ]
    warehouse = open_warehouse("duckdb://", None)
    warehouse.write("refine.events", pa.Table.from_pylist(rows, SHAPE))
    made = warehouse.arrow(to_sql(carts(warehouse.expression("refine.events")))).to_pylist()
    warehouse.close()
    return {row["product_id"]: row["pieces"] for row in made}


def test_what_was_added_since_the_last_order_is_in_the_cart():
    bought = ("Order Completed", None, 3)
    assert open_carts(("Product Added", "t1", 1), bought, ("Product Added", "t2", 5)) == {"t2": 1}


def test_what_was_taken_out_is_not():
    assert open_carts(("Product Added", "t1", 1), ("Product Added", "t1", 2), ("Product Removed", "t1", 3)) == {"t1": 1}
    assert open_carts(("Product Added", "t1", 1), ("Product Removed", "t1", 2)) == {}


EVENTS = st.tuples(
    st.sampled_from(["Product Added", "Product Removed", "Order Completed"]),
    st.sampled_from(["t1", "t2"]),
    st.integers(1, 28),
)


@given(st.lists(EVENTS, max_size=8), st.randoms())
def test_the_order_of_arrival_does_not_matter(events, chance):
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert open_carts(*shuffled) == open_carts(*events)
