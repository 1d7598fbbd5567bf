"""Cells that cannot be read: what they say is kept from everybody who only has the warehouse."""

from datetime import datetime
from pathlib import Path

from loading import project, raw, write, written
from motherlode import ingest
from motherlode.loading import unread
from motherlode.privacy import requests
from motherlode.privacy.requests import Request
from motherlode.project import Project
from motherlode.quarantine import aside
from motherlode.schemas import INPUTS

ORDERS = """
[sources.orders]
path = "inbox/orders*.csv"
table = "orders"
columns = { order_id = "no", customer_id = "who", ordered_at = "day", amount = "paid", quantity = "pieces" }
"""
HEAD = "no,who,day,paid,pieces"
SLID = "b,bob,2024-01-02,王小明 13800138000,Ada Lovelace"
REQUEST = Request("passport", "tests", datetime(2026, 3, 1))


def slid(root: Path) -> Project:
    """A shop with a row whose cells slid by one."""
    shop = project(root, ORDERS, orders_csv=[HEAD, "a,ann,2024-01-01,10,1", SLID, "c,cat,2024-01-03,n/a,about 3"])
    shop.load()
    shop.run()
    return shop


def kept(shop: Project) -> list[str]:
    """What the vault keeps of rows."""
    return [who for who in shop.vault.ids() if who.startswith("row:")]


def test_what_stood_there_is_in_the_vault_and_not_in_the_warehouse(tmp_path):
    with slid(tmp_path) as shop:
        assert not {"13800138000", "王小明", "Lovelace"} & set(written(shop).replace(",", " ").split())
        (_, mark), (_, nothing) = raw(shop, "orders", "order_id", "amount_text")[1:]
        assert mark.startswith(unread.MARK) and nothing == "n/a"
        assert kept(shop) == ["row:orders:inbox/orders.csv:2", "row:orders:inbox/orders.csv:3"]


def test_a_row_ends_where_it_would_without(tmp_path):
    with slid(tmp_path) as shop:
        problems = {row["row"]: row["problem"] for row in shop.table("refine.quarantine")}
        assert problems == {2: "unreadable_amount", 3: "no_amount"}


def test_whoever_mends_rows_sees_what_stood_there_and_is_noted(tmp_path):
    with slid(tmp_path) as shop:
        before = len(shop.vault.accesses())
        (row,) = aside.rows(shop, "unreadable_amount", actor="cleo").to_pylist()
        assert (row["amount"], row["quantity"]) == ("王小明 13800138000", "Ada Lovelace")
        assert [access["role"] for access in shop.vault.accesses()[before:]] == ["quarantine"]


def test_what_cannot_be_read_is_among_what_a_person_asks_for_and_goes_with_her(tmp_path):
    with slid(tmp_path) as shop:
        (row,) = requests.access(shop, "bob", REQUEST)["rows"]["loaded.orders"]
        assert row["amount_text"] == "王小明 13800138000"
        requests.erase(shop, ["bob"], REQUEST, lambda rows: True)
        assert kept(shop) == ["row:orders:inbox/orders.csv:3"]


def test_what_is_replaced_or_forgotten_leaves_nothing_in_the_vault(tmp_path):
    with slid(tmp_path) as shop:
        write(
            tmp_path, "orders.csv", [HEAD, "a,ann,2024-01-01,10,1", "b,bob,2024-01-02,11,2", "c,cat,2024-01-03,5,few"]
        )
        shop.load()
        assert kept(shop) == ["row:orders:inbox/orders.csv:3"]
        ingest.forget(shop.config, shop.stores, "orders")
        assert kept(shop) == []


def test_equal_cells_have_equal_marks_and_others_have_others(tmp_path):
    lines = [HEAD, "a,ann,2024-01-01,ten,1", "b,bob,2024-01-02,ten,1", "c,cat,2024-01-03,eleven,1"]
    with project(tmp_path, ORDERS, orders_csv=lines) as shop:
        shop.load()
        one, same, other = (mark for (mark,) in raw(shop, "orders", "amount_text"))
    assert one == same != other


def test_no_column_reads_a_mark_as_a_value(tmp_path):
    typed = [column.name for column in INPUTS["customers"].columns if column.kind != "text" and not column.personal]
    columns = ", ".join(f'{name} = "{name}"' for name in typed)
    settings = f"""
[sources.people]
path = "inbox/people.csv"
table = "customers"
columns = {{ customer_id = "who", {columns} }}
"""
    lines = [",".join(["who", *typed]), ",".join(["ann", *(["Zq Canary"] * len(typed))])]
    with project(tmp_path, settings, people_csv=lines) as shop:
        shop.load()
        shop.run()
        assert "Canary" not in written(shop)
        (cells,) = raw(shop, "customers", *(f"{name}_text" for name in typed))
        assert all(cell.startswith(unread.MARK) for cell in cells)
        (ann,) = shop.table("refine.customers").to_dicts()
        assert {name: ann[name] for name in typed if ann.get(name) is not None} == {}


def test_days_that_could_be_two_and_words_for_sums_stay_to_be_told(tmp_path):
    lines = [HEAD, "a,ann,03/04/2024,10,1", "total,,total,10,1"]
    with project(tmp_path, ORDERS, orders_csv=lines) as shop:
        shop.load()
        shop.run()
        assert {row["problem"] for row in shop.table("refine.quarantine")} == {"ambiguous_ordered_at", "totals_row"}
        assert kept(shop) == []
