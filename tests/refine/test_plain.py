"""Rows that are plain when they are loaded take a short road, on which they must come to what the long one gives."""

from pathlib import Path

import pyarrow as pa
import pytest

from loading import ORDERS, project
from motherlode.graph.wiring import to_sql
from motherlode.refine.grading import grade
from motherlode.refine.plain import plain_texts
from motherlode.schemas import INPUTS
from motherlode.warehouse import open_warehouse

CELLS = (
    "C1", "o-17", "Tea", "tea pot", "tea  pot", " tea", "tea ", "'007", "007", "17.0", "17.5", "v1.0", "", "é", "茶",
    "Ｃ１", "茶 壶", "茶　壶", "￥", "a\tb", "a\nb", "\u200eC1", "guest", "GUEST", "n/a", "0000-00-00", "-", "匿名",
    "C\u00a01", None,
)  # fmt: skip


def _left_alone(cell: str | None) -> bool:
    """Whether the long road leaves an id as it is."""
    warehouse = open_warehouse("duckdb://:memory:", Path())
    warehouse.execute("INSERT INTO collect.raw_orders (row, customer_id) VALUES (1, $cell)", {"cell": cell or None})
    read = grade(warehouse.expression("collect.raw_orders"), INPUTS["orders"])
    return bool(warehouse.arrow(to_sql(read))["customer_id"][0].as_py() == (cell or None))


@pytest.mark.parametrize("wide", [pa.string(), pa.large_string()])
def test_a_text_is_plain_if_and_only_if_reading_leaves_it_alone(wide):
    whole = pa.chunked_array([pa.array(CELLS, wide)])
    plain = plain_texts(whole, is_somebody=True).to_pylist()
    assert dict(zip(CELLS, plain, strict=True)) == {cell: _left_alone(cell) for cell in CELLS}


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell is not None])
def test_a_column_is_plain_as_a_whole_only_where_its_cells_are(cell):
    column = pa.chunked_array([pa.array(["C1", cell, "C3"]).slice(1), pa.array([], pa.string())])
    assert _left_alone(cell) or plain_texts(column, is_somebody=True).to_pylist() == [False, True]


LINES = [
    "a,ann,2024-01-01,10", "b,bob,2024-01-02 10:30:00,12.5", "c,,2024-01-03,3", "d, dan,2024-01-04,4",
    "e,eve,1900-01-01,5", "f,fay,2999-01-01,6", "g,guest,2024-01-07,7", "h,hal,2024/1/8,8", "i,ida,05.01.2024,9",
    "j,jim,2024-01-10,¥10", "k,kim,2024-01-11,", "合计,,,99", "m,may,,12", "n.0,ned,2024-01-14,13",
    "Total,tom,2024-01-15,14", "a,ann,2024-01-01,11", "17.0,ned,2024-01-14,13",
]  # fmt: skip


def test_the_short_road_comes_to_what_the_long_one_gives(tmp_path):
    with project(tmp_path, ORDERS, orders_csv=["no,who,day,paid", *LINES]) as shop:
        shop.load()
        warehouse = shop.stores.warehouse
        read = to_sql(grade(warehouse.expression("collect.raw_orders"), INPUTS["orders"]).order_by("row"))
        assert warehouse.value("SELECT count(*) FROM loaded.orders WHERE plain") == 8
        short = warehouse.arrow(read).to_pylist()
        warehouse.execute("UPDATE loaded.orders SET plain = NULL")
        assert warehouse.arrow(read).to_pylist() == short


def test_where_every_row_is_plain_the_view_says_so(tmp_path):
    with project(tmp_path, orders_csv=["no,who,day,paid", "a,ann,2024-01-01,10"]) as shop:
        shop.load()
        view = "SELECT sql FROM duckdb_views() WHERE view_name = 'raw_orders'"
        assert "AS plain" in shop.stores.warehouse.value(view)
