"""What keeps a row out of its table, and what is repaired: on a few rows of the small shop."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from motherlode.graph.wiring import to_sql, wire
from motherlode.loading import apart
from motherlode.plugins import find_promises
from motherlode.refine.grading import TOTALS, grade
from motherlode.schemas import INPUTS
from motherlode.testing import make_all
from motherlode.warehouse import open_warehouse
from shop import LOADED_AT, at, raw


def graded(name: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one input as `grade` reads them, in their order."""
    warehouse = open_warehouse("duckdb://:memory:", Path())
    with warehouse.visible(raw(name, list(rows))) as arrived:
        warehouse.execute(f"INSERT INTO collect.raw_{name} BY NAME SELECT * FROM {arrived}")  # noqa: S608
    read = grade(warehouse.expression(f"collect.raw_{name}"), INPUTS[name])
    return warehouse.arrow(to_sql(read.order_by("row"))).to_pylist()


@pytest.mark.parametrize("word", ["合计", "合计：", "总计:", "Total", "GRAND TOTAL", "小计"])
def test_a_row_that_sums_up_the_others_is_no_order_and_worth_nothing(word):
    [row] = graded("orders", {"order_id": word, "amount": Decimal(99)})
    assert row["problem"] == "totals_row"
    [row] = graded("orders", {"ordered_at_text": word, "amount": Decimal(99)})
    assert row["problem"] == "totals_row"


def test_totals_are_worth_nothing_in_the_quarantine():
    orders = raw("orders", [{"order_id": "合计：", "amount": Decimal(99)}, {"order_id": "a", "amount": Decimal(5)}])
    made = make_all(wire(find_promises()), {"raw_orders": orders})
    aside = made.arrow('SELECT problem, worth FROM refine.quarantine ORDER BY "row"').to_pylist()
    assert aside == [
        {"problem": "totals_row", "worth": None},
        {"problem": "missing_ordered_at", "worth": Decimal(5)},
    ]


def test_a_product_or_shop_called_total_is_an_order_like_others():
    [row] = graded("orders", {"order_id": "Total", "customer_id": "ann", "ordered_at": at("2024-01-01")})
    assert row["problem"] == ""


@pytest.mark.parametrize(("came", "age"), [("999", None), ("-3", None), ("121", None), ("120", 120.0), ("34岁", 34.0)])
def test_an_age_that_cannot_be_is_left_empty_with_a_note(came, age):
    [row] = graded("customers", {"customer_id": "ann", "age_text": came})
    assert (row["age"], row["problem"], row["repairs"]) == (age, "", "age," if age else "!age,")


def test_an_age_that_cannot_be_is_empty_even_where_it_came_as_a_number():
    [row] = graded("customers", {"customer_id": "ann", "age": 999.0})
    assert row["age"] is None


@pytest.mark.parametrize("day", ["1900-01-01", "2099-01-01"])
def test_a_customer_can_do_without_a_day_that_cannot_be(day):
    [row] = graded("customers", {"customer_id": "ann", "registered_at": at(day)})
    assert (row["registered_at"], row["registered_on"], row["happened_on"]) == (None, None, None)
    assert (row["problem"], row["repairs"]) == ("", "!registered_at,")


@pytest.mark.parametrize(("day", "problem"), [("1900-01-01", "placeholder_date"), ("2099-01-01", "future_date")])
def test_an_order_cannot(day, problem):
    [row] = graded("orders", {"order_id": "a", "ordered_at": at(day), "amount": Decimal(1)})
    assert row["problem"] == problem


def test_an_order_of_the_future_is_set_aside_as_of_any_day():
    orders = [
        {"order_id": n, "ordered_at": at(day), "amount": Decimal(1)}
        for n, day in (("a", "2024-01-01"), ("b", "2099-01-01"))
    ]
    made = make_all(wire(find_promises()), {"raw_orders": raw("orders", orders)}, date(2024, 2, 1))
    assert made.arrow("SELECT problem, happened_on FROM refine.quarantine").to_pylist() == [
        {"problem": "future_date", "happened_on": None}
    ]
    assert made.arrow("SELECT came, kept, set_aside FROM refine.accounting").to_pylist() == [
        {"came": 2, "kept": 1, "set_aside": 1}
    ]


def test_a_day_after_the_load_is_no_future_within_a_day_of_grace():
    late = datetime(LOADED_AT.year + 1, 1, 1, 10)
    [row] = graded("orders", {"order_id": "a", "ordered_at": late, "amount": Decimal(1)})
    assert row["problem"] == ""


@pytest.mark.parametrize("word", ["NULL", "-", "无", "散客", "Guest", "匿名买家", " n/a "])
def test_a_word_that_says_nobody_is_no_customer(word):
    [row] = graded("orders", {"customer_id": word, "ordered_at": at("2024-01-01")})
    assert row["customer_id"] is None


@pytest.mark.parametrize("word", ["0", "1", "Noone", "散客1", "Annie Null"])
def test_any_other_is(word):
    [row] = graded("orders", {"customer_id": word, "ordered_at": at("2024-01-01")})
    assert row["customer_id"] == word


def test_broken_lines_are_counted_under_the_table_of_their_file_even_without_a_row():
    files = pa.table({"source": ["s"], "file": ["f.csv"], "table": ["orders"]})
    broken = pa.table({"source": ["s", "s"], "file": ["f.csv", "g.csv"], "row": [1, 1], "problem": ["not_json"] * 2})
    made = make_all(wire(find_promises()), {"files": files, "broken": broken})
    rows = made.arrow('SELECT "table", file, came, kept, set_aside FROM refine.accounting ORDER BY file').to_pylist()
    assert [tuple(row.values()) for row in rows] == [("orders", "f.csv", 1, 0, 1), ("", "g.csv", 1, 0, 1)]


def test_words_of_totals_are_in_small_letters():
    assert all(word == word.lower() for word in TOTALS)


def test_the_vault_writes_an_id_as_the_tables_do():
    ids = [
        "17850.0", "17850.00", "'007", "' 8", "''9", " Ｍ１ ", "a  b", "a\u3000b", "\u200e12\u200e", "１２.0", "1.0.0",
        ".0", "'", "x.0", "ａ＇b", "＇c", "  ", "a\nb", "￥5", "\ufeff6.0", "7 .0", "8.0 ",
    ]  # fmt: skip
    rows = graded("events", *({"customer_id": who, "event": "x", "occurred_at": at("2024-01-01")} for who in ids))
    assert [row["customer_id"] for row in rows] == [apart.tidy_id(who) for who in ids]


@pytest.mark.parametrize(("mark", "repairs"), [(",", ""), (".", "amount,")])
def test_a_decimal_comma_is_no_repair_in_a_source_that_is_known_to_write_it(mark, repairs):
    came = {"order_id": "a", "ordered_at": at("2024-01-01"), "amount_text": "¥1,200.50" if mark == "." else "1.200,50"}
    [row] = graded("orders", {**came, "decimal_mark": mark})
    assert (row["amount"], row["repairs"], row["problem"]) == (Decimal("1200.5"), repairs, "")


@pytest.mark.parametrize(
    ("cell", "repairs"),
    [("1704067200", ""), ("1704067200123456", ""), ("2024-01-01T00:00:00Z", ""), ("5-Jan-2024", "occurred_at,")],
)
def test_seconds_since_1970_are_no_repair_where_no_order_of_dates_is_known(cell, repairs):
    [row] = graded("events", {"customer_id": "u", "event": "x", "occurred_at_text": cell, "date_order": ""})
    assert (row["repairs"], row["problem"]) == (repairs, "")
