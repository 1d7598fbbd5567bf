"""Orders and their lines in two files, as databases keep them."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loading import project

TOML = """
[sources.orders]
path = "inbox/orders.csv"
table = "orders"
[sources.orders.columns]
order_id = "no"
customer_id = "who"
ordered_at = "day"
amount = "total"
status = "status"
[sources.items]
path = "inbox/items.csv"
table = "orders"
[sources.items.columns]
order_id = "no"
product_id = "what"
quantity = "pieces"
unit_price = "price"
"""
HEADS = [
    "no,who,day,total,status",
    "1,ann,2024-01-05,30,paid",
    "2,bob,2024-02-06,50,paid",
    "3,ann,2024-03-07,9,cancelled",
    "4,cat,2024-04-08,12,paid",
]
ITEMS = ["no,what,pieces,price", "1,tea,2,10", "1,cup,1,10", "2,pot,1,", "2,tea,4,", "3,tea,1,9", "9,tea,1,9"]


def made(root: Path, as_of: date = date(2024, 5, 1), heads: list[str] = HEADS, items: list[str] = ITEMS) -> Any:
    shop = project(root, TOML, orders_csv=heads, items_csv=items)
    shop.load()
    shop.run(as_of=as_of)
    return shop


def rows(shop: Any, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in shop.stores.warehouse.arrow(sql).to_pylist()]


LINES = """
    SELECT order_id, customer_id, ordered_on, product_id, amount, kind
    FROM refine.order_lines ORDER BY source, file, row
"""
ASIDE = "SELECT source, row, problem FROM refine.quarantine ORDER BY source, row"


def test_lines_have_who_and_when_of_their_order_and_its_head_does_not_count_beside_them(tmp_path):
    found = rows(made(tmp_path), LINES)
    first, second, third, fourth = (date(2024, month, month + 4) for month in (1, 2, 3, 4))
    assert found == [
        ("1", "ann", first, "tea", Decimal(20), "sale"),
        ("1", "ann", first, "cup", Decimal(10), "sale"),
        # Without a price, lines share what the order cost by their pieces.
        ("2", "bob", second, "pot", Decimal(10), "sale"),
        ("2", "bob", second, "tea", Decimal(40), "sale"),
        ("3", "ann", third, "tea", Decimal(9), "cancelled"),
        ("1", "ann", first, None, Decimal(30), "head"),
        ("2", "bob", second, None, Decimal(50), "head"),
        ("3", "ann", third, None, Decimal(9), "head"),
        # An order that has no lines counts as it stands.
        ("4", "cat", fourth, None, Decimal(12), "sale"),
    ]


def test_money_counts_once_and_a_line_without_an_order_is_set_aside(tmp_path):
    shop = made(tmp_path)
    assert rows(shop, "SELECT SUM(amount) FROM refine.orders") == [(Decimal(92),)]
    assert rows(shop, ASIDE) == [("items", 6, "missing_ordered_at")]
    assert rows(shop, "SELECT source, came, kept, set_aside FROM refine.accounting ORDER BY source") == [
        ("items", 6, 5, 1),
        ("orders", 4, 4, 0),
    ]


@pytest.mark.parametrize("day", ["2024-02-06", "2024年2月6日"])
def test_as_of_an_earlier_day_neither_orders_to_come_nor_their_lines_are_there(tmp_path, day):
    later = [head.replace("2024-02-06", day).replace("2024-03-07", "2024年3月7日") for head in HEADS]
    shop = made(tmp_path, date(2024, 1, 31), heads=later)
    assert [row[0] for row in rows(shop, LINES)] == ["1", "1", "1"]
    assert rows(shop, ASIDE) == [("items", 6, "missing_ordered_at")]


def test_an_order_number_of_two_orders_is_no_head(tmp_path):
    twice = [*HEADS, "1,eve,2024-01-09,0,paid"]
    shop = made(tmp_path, heads=twice)
    assert rows(shop, ASIDE) == [
        ("items", 1, "missing_ordered_at"),
        ("items", 2, "missing_ordered_at"),
        ("items", 6, "missing_ordered_at"),
    ]


def test_a_price_that_cannot_be_read_gets_no_share(tmp_path):
    spoilt = [ITEMS[0], "2,pot,1,", "2,tea,4,ten"]
    shop = made(tmp_path, items=spoilt)
    assert rows(shop, ASIDE) == [("items", 2, "no_amount")]


def test_a_head_that_names_no_amount_is_nothing_wrong_where_its_lines_do(tmp_path):
    heads = [head.replace(",30,", ",,").replace(",12,", ",,") for head in HEADS]
    assert rows(made(tmp_path, heads=heads), ASIDE) == [("items", 6, "missing_ordered_at"), ("orders", 4, "no_amount")]


def test_lines_of_no_pieces_and_no_price_have_no_share(tmp_path):
    assert rows(made(tmp_path, items=[ITEMS[0], "2,pot,0,", "1,tea,2,10"]), ASIDE) == [("items", 1, "no_amount")]
