"""How loaded rows lie: columns that say nothing cost nothing, and are there all the same."""

from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from loading import ORDERS, configure, project, raw, write
from motherlode.graph.given import GIVEN
from motherlode.loading import loaded_as, unread
from motherlode.schemas import INPUTS
from motherlode.schemas import ORDERS as ORDER_COLUMNS
from motherlode.warehouse import duckdb_type

HEAD = "no,who,day,paid"


def test_a_source_s_table_holds_what_the_source_has_and_the_view_all_that_is_promised(tmp_path):
    with project(tmp_path, orders_csv=[HEAD, "a,ann,2024-01-01,10"]) as shop:
        shop.load()
        warehouse = shop.stores.warehouse
        held = set(warehouse.columns(loaded_as.address("orders")))
        said = {"order_id", "customer_id", "ordered_at", "ordered_at_text", "amount", "amount_text"}
        assert held == {"file", "row", "loaded_at", "plain", *said}
        assert list(warehouse.columns("collect.raw_orders")) == list(GIVEN["raw_orders"])


def test_the_view_has_the_promised_types(tmp_path):
    with project(tmp_path, orders_csv=[HEAD, "a,ann,2024-01-01,10"]) as shop:
        shop.load()
        described = shop.stores.warehouse.arrow(
            'SELECT column_name, column_type FROM (DESCRIBE "collect"."raw_orders")'
        )
        kinds = dict(zip(*described.to_pydict().values(), strict=True))
    assert kinds == {name: duckdb_type(kind).upper() for name, kind in GIVEN["raw_orders"].items()} | {
        name: "DECIMAL(18,4)" for name, kind in GIVEN["raw_orders"].items() if kind.startswith("decimal")
    }


def test_texts_that_no_cell_has_are_constants_until_one_has_them(tmp_path):
    with project(tmp_path, orders_csv=[HEAD, "a,ann,2024-01-01,10"]) as shop:
        shop.load()
        view = "SELECT sql FROM duckdb_views() WHERE view_name = 'raw_orders'"
        assert "CAST(NULL AS VARCHAR) AS amount_text" in shop.stores.warehouse.value(view)
        write(tmp_path, "orders2.csv", [HEAD, "b,ann,2024-01-01,free"])
        shop.load()
        assert "CAST(NULL AS VARCHAR) AS amount_text" not in shop.stores.warehouse.value(view)
        assert raw(shop, "orders", "amount", "amount_text") == [
            (Decimal(10), None),
            (None, unread.mark(shop.vault, "free")),
        ]


def test_numbers_of_typed_files_have_no_text_beside_them_unless_one_of_them_is_none(tmp_path):
    toml = ORDERS.replace("orders*.csv", "orders*.parquet") + 'quantity = "n"\n'
    rows = {"no": ["a", "b"], "who": ["ann", "bob"], "day": [datetime(2024, 1, 1)] * 2}
    fine = {"paid": pa.array([Decimal("1.50"), None], pa.decimal128(18, 2)), "n": [1.5, 2.0]}
    odd = {"paid": pa.array([Decimal("1e15"), None], pa.decimal128(18, 2)), "n": [float("nan"), float("inf")]}
    with project(tmp_path, toml) as shop:
        pq.write_table(pa.table(rows | fine), tmp_path / "inbox" / "orders1.parquet")
        shop.load()
        held = shop.stores.warehouse.columns(loaded_as.address("orders"))
        assert not [name for name in held if name.endswith("_text")]
        pq.write_table(pa.table(rows | odd), tmp_path / "inbox" / "orders2.parquet")
        shop.load()
        assert raw(shop, "orders", "amount", "amount_text", "quantity", "quantity_text") == [
            (Decimal("1.5"), None, 1.5, None),
            (None, None, 2.0, None),
            (None, unread.mark(shop.vault, "1000000000000000.00"), None, "nan"),
            (None, None, None, unread.mark(shop.vault, "inf")),
        ]


def test_what_was_learned_about_a_source_is_said_of_each_of_its_rows(tmp_path):
    toml = ORDERS.replace('table = "orders"', 'table = "orders"\ndate_order = "dmy"\ntimezone = "Europe/London"')
    with project(tmp_path, toml, orders_csv=[HEAD, "a,ann,02/01/2024,10"]) as shop:
        shop.load()
        assert raw(shop, "orders", "source", "timezone", "date_order", "decimal_mark") == [
            ("orders", "Europe/London", "dmy", ".")
        ]


def test_tables_without_a_source_are_there_and_empty(tmp_path):
    with project(tmp_path, orders_csv=[HEAD, "a,ann,2024-01-01,10"]) as shop:
        shop.load()
        counts = {name: len(raw(shop, name, "source")) for name in INPUTS}
    assert counts == {**dict.fromkeys(INPUTS, 0), "orders": 1}


def test_a_source_that_goes_leaves_its_table_empty_again(tmp_path):
    with project(tmp_path, orders_csv=[HEAD, "a,ann,2024-01-01,10"]) as shop:
        shop.load()
    toml = ORDERS.replace("sources.orders", "sources.sales").replace('table = "orders"', 'table = "deals"')
    toml = toml.replace("order_id", "deal_id").replace("ordered_at", "opened_at")
    with configure(tmp_path, toml) as shop:
        shop.load()
        assert raw(shop, "orders", "order_id") == [] and raw(shop, "deals", "deal_id") == [("a",)]


def test_a_cell_as_it_came_is_its_text_or_what_was_read(tmp_path):
    with project(tmp_path, orders_csv=[HEAD, "a,ann,2024-01-01,10", "b,,someday,free"]) as shop:
        shop.load()
        cells = [loaded_as.as_came(ORDER_COLUMNS.column(name)) for name in ("order_id", "ordered_at", "amount")]
        sql = f'SELECT unnest([{", ".join(cells)}]) AS cell FROM collect.raw_orders ORDER BY "row"'  # noqa: S608
        came = shop.stores.warehouse.arrow(sql)["cell"].to_pylist()
        marks = [unread.mark(shop.vault, text) for text in ("someday", "free")]
    assert came == ["a", "2024-01-01 00:00:00", "10.0000", "b", *marks]
