"""A table with a column a month is read as what was bought in each."""

import pyarrow as pa
import pytest

from motherlode import init
from motherlode.collect.sources.files import Files, files
from motherlode.collect.sources.months import by_month, month_columns
from motherlode.doors import Batch

TABLE = "customer_id,segment,2024-01,2024-02,2024-03\nc1,A,10.50,0,\nc2,B,,3,4\nc3,A,0.00,-,7\n"


@pytest.mark.parametrize(
    ("headers", "days"),
    [
        (["id", "2024-01", "2024-02", "2024-12"], ["2024-01-01", "2024-02-01", "2024-12-01"]),
        (["202401", "202402", "202403"], ["2024-01-01", "2024-02-01", "2024-03-01"]),
        (["2024年1月", "2024年2月", "2024年11月"], ["2024-01-01", "2024-02-01", "2024-11-01"]),
        (["Jan 2024", "February 2024", "Mar-2024"], ["2024-01-01", "2024-02-01", "2024-03-01"]),
        (["sales 01/2024", "sales 02/2024", "sales 03/2024"], ["2024-01-01", "2024-02-01", "2024-03-01"]),
        ([f"2024-0{n}-01 00:00:00" for n in (1, 2, 3)], ["2024-01-01", "2024-02-01", "2024-03-01"]),
        (["2024-01", "2024-02"], []),
        (["2024-01", "2024-1", "2024-02", "2024-03"], []),
        (["money 2024-01", "money 2024-02", "money 2024-03", "n 2024-01", "n 2024-02", "n 2024-03"], []),
        (["2024-01-15", "2024-02-15", "2024-03-15"], []),
        (["spend_1", "spend_2", "spend_12"], []),
    ],
)  # fmt: skip
def test_headers_that_are_months_of_one_series_are_known(headers, days):
    assert list(month_columns(headers).values()) == days


def test_each_cell_in_which_something_stands_is_a_row_numbered_through():
    rows = pa.record_batch({"id": ["a", "b"], "2024-01": ["1", "0"], "2024-02": ["2", ""], "2024-03": [None, "3,50"]})
    first, second = by_month([Batch(rows, 1), Batch(rows, 3)])
    assert first.rows.to_pylist() == [
        {"id": "a", "order_date": "2024-01-01", "value": "1"},
        {"id": "a", "order_date": "2024-02-01", "value": "2"},
        {"id": "b", "order_date": "2024-03-01", "value": "3,50"},
    ]
    assert (first.first_row, second.first_row) == (1, 4)


def test_a_table_of_months_is_proposed_as_orders_and_its_headers_are_found(tmp_path):
    (tmp_path / "spend.csv").write_text(TABLE)
    (proposal,) = init.look(tmp_path, tmp_path)
    assert (proposal.table, proposal.months) == ("orders", True)
    assert proposal.columns == {"customer_id": "customer_id", "ordered_at": "order_date", "amount": "value"}
    init.write([proposal], tmp_path, tmp_path)
    assert "months = true" in (tmp_path / "motherlode.toml").read_text()
    (piece,) = files(Files("spend.csv", root=str(tmp_path), months=True))
    assert [cell for batch in piece.batches() for cell in batch.rows["value"].to_pylist()] == ["10.50", "3", "4", "7"]


def test_months_without_a_customer_are_left_as_they_are(tmp_path):
    (tmp_path / "budget.csv").write_text("channel,2024-01,2024-02,2024-03\ntv,10,20,30\nradio,1,2,3\n")
    (proposal,) = init.look(tmp_path, tmp_path)
    assert (proposal.table, proposal.months) == (None, False)
