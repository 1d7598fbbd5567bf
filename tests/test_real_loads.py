"""The public data sets by `init`, `ingest` and `run` without a hand edit: the counts that others have published."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from motherlode import init
from motherlode.project import Project

pytestmark = pytest.mark.slow


# Every table is made, and models learn from few: how well they do is asked elsewhere.
FEW = "\n[tables.snapshots]\nmost_customers = 2000\n"


@contextmanager
def begun(data: Path, root: Path, name: str) -> Iterator[Project]:
    folder = data / name
    if not folder.is_dir():
        pytest.skip(f"the data set {name} is not at {data}")
    init.write(init.look(folder, root), folder, root)
    settings = root / "motherlode.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + FEW, encoding="utf-8")
    with Project(root) as project:
        project.load()
        project.run()
        yield project


def counted(project: Project) -> dict[str, tuple[int, int, int]]:
    return {
        Path(row["file"]).name.partition(".")[0]: (row["came"], row["kept"], row["set_aside"])
        for row in project.table("refine.accounting")
    }


def one(project: Project, sql: str) -> object:
    return project.stores.warehouse.value(sql)


def test_online_retail_has_its_541_909_lines_25_900_invoices_and_4_372_customers(shared_data, tmp_path):
    with begun(shared_data, tmp_path, "online_retail") as shop:
        assert counted(shop) == {"online_retail": (541_909, 541_909, 0)}
        lines = "FROM refine.order_lines"
        aside = one(shop, "SELECT count(*) FROM refine.quarantine")
        assert one(shop, f"SELECT count(*) {lines}") + aside == 541_909
        assert one(shop, f"SELECT count(DISTINCT order_id) {lines}") == 25_900
        assert one(shop, f"SELECT count(DISTINCT customer_id) {lines}") == 4_372
        assert one(shop, f"SELECT count(*) {lines} WHERE customer_id IS NULL") == 135_080
        assert str(one(shop, f"SELECT sum(amount) {lines}")) == "9747747.9340"


def test_lines_in_a_workbook_are_what_they_are_in_parquet(shared_data, tmp_path):
    path = shared_data / "online_retail" / "online_retail.parquet"
    if not path.is_file():
        pytest.skip(f"the data set online_retail is not at {shared_data}")
    rows = pq.read_table(path).slice(100_000, 40_000)
    for folder in ("flat", "book"):
        (tmp_path / folder).mkdir()
    pq.write_table(rows, tmp_path / "flat/Online Retail.parquet")
    with xlsxwriter.Workbook(str(tmp_path / "book/Online Retail.xlsx"), {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet("Online Retail"), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, rows.schema.names)
        for number, record in enumerate(zip(*(column.to_pylist() for column in rows.columns), strict=True), 1):
            for place, cell in enumerate(record):
                if cell is not None:
                    sheet.write(number, place, cell, day if isinstance(cell, datetime) else None)
    seen = []
    for folder in ("flat", "book"):
        with begun(tmp_path, tmp_path / f"shop-{folder}", folder) as shop:
            assert counted(shop) == {"Online Retail": (40_000, 40_000, 0)}
            sql = """SELECT order_id, customer_id, product_id, product_name, quantity, amount, ordered_at
                     FROM refine.order_lines ORDER BY ALL"""
            seen.append(shop.stores.warehouse.arrow(sql).to_pylist())
    assert seen[0] == seen[1] and len({line["order_id"] for line in seen[0]}) > 1_000


KEPT = {
    "adventureworks": {
        "AdventureWorks_Customers": 18_148,
        "AdventureWorks_Products": 293,
        "AdventureWorks_Sales_2017": 2_630,
        "AdventureWorks_Sales_2018": 23_935,
        "AdventureWorks_Sales_2019": 29_481,
    },
    "crm_opportunities": {"accounts": 85, "products": 7, "sales_pipeline": 8_800},
    "bank_churners": {"BankChurners": 10_127},
    "complete_journey": {
        "campaigns": 6_589,
        "coupon_redemptions": 2_102,
        "demographics": 801,
        "products": 92_331,
        "transactions": 1_469_307,
    },
}


@pytest.mark.parametrize("name", KEPT)
def test_a_public_data_set_loads_without_a_hand_edit_and_loses_no_row(shared_data, tmp_path, name):
    with begun(shared_data, tmp_path, name) as shop:
        assert counted(shop) == {file: (rows, rows, 0) for file, rows in KEPT[name].items()}
        assert {piece.outcome for piece in shop.load()} == {"unchanged"}
