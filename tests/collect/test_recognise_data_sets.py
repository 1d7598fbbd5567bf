"""Real files: what a thoughtful analyst would make of each folder."""

import bz2
import csv
import gzip
import io
import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from motherlode.collect.recognise import Look, Proposal, propose

DATA = Path(__file__).parents[2].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not here")
ROWS = 2000

EXPECTED: dict[str, dict[str, str | None]] = {
    "adventureworks": {
        "customers": "customers", "product_subcategories": None, "products": "products", "products_unclean": None,
        "returns": None, "sales": "orders",
    },
    "anon_reviews": {"anonreviews": "feedback"},
    "bank_churners": {"bank_churners": "customers"},
    "bank_marketing": {"bank_additional_full": "customers", "bank_full": "customers"},
    "cdnow": {"cdnow_master": "orders", "cdnow_sample": None},
    "complete_journey": {
        "campaign_descriptions": None, "campaigns": "touches", "coupon_redemptions": "touches", "coupons": None,
        "demographics": "customers", "products": "products", "promotions": None, "transactions": "orders",
    },
    "crm_opportunities": {
        "accounts": "customers", "data_dictionary": None, "products": "products", "sales_pipeline": "deals",
        "sales_teams": None,
    },
    "febrl": {"dataset1": "customers"},
    "german_credit": {"germancredit": "customers"},
    "ifood_campaign": {"ml_project1_data": "customers"},
    "mmm_robyn": {"dt_simulated_weekly": None},
    "online_retail": {"online_retail": "orders"},
    "online_shoppers": {"online_shoppers_intention": "customers"},
    "path_data": {"path_data": None},
    "rete_ecom": {"ecom": "events"},
    "splink_people": {"fake": "customers", "fake_labels": None, "historical_figures_with_errors_50k": "customers"},
    "taiwan_default": {"uci_credit_card": "customers"},
    "telco_ibm": {"telco_customer_churn": "customers"},
    "wholesale_customers": {"wholesale_customers": None},
    "zh_asap_sample": {"dev_sample": "feedback"},
    "zh_reviews_mixed": {"test": None, "train": None, "valid": None},
}  # fmt: skip

COLUMNS: dict[tuple[str, str], dict[str, str]] = {
    ("adventureworks", "sales"): {
        "order_id": "OrderNumber", "customer_id": "CustomerKey", "ordered_at": "OrderDate", "product_id": "ProductKey",
        "quantity": "OrderQuantity",
    },
    ("adventureworks", "products"): {
        "product_id": "ProductKey", "product_name": "ProductName", "unit_price": "ProductPrice",
        "unit_cost": "ProductCost",
    },
    ("anon_reviews", "anonreviews"): {
        "customer_id": "reviewerId", "product_id": "vendorId", "rating": "rating", "given_at": "date",
    },
    ("bank_churners", "bank_churners"): {
        "customer_id": "CLIENTNUM", "age": "Customer_Age", "gender": "Gender", "churned": "Attrition_Flag",
        "tenure_months": "Months_on_book", "inactive_months": "Months_Inactive_12_mon", "spend_365d": "Total_Trans_Amt",
        "orders_365d": "Total_Trans_Ct",
    },
    ("cdnow", "cdnow_master"): {
        "customer_id": "customer_id", "ordered_at": "date", "quantity": "number_of_cds", "amount": "dollar_value",
    },
    ("complete_journey", "transactions"): {
        "order_id": "basket_id", "customer_id": "household_id", "ordered_at": "transaction_timestamp",
        "channel": "store_id",
        "product_id": "product_id", "quantity": "quantity", "amount": "sales_value", "discount": "retail_disc",
    },
    ("crm_opportunities", "sales_pipeline"): {
        "deal_id": "opportunity_id", "customer_id": "account", "stage": "deal_stage", "amount": "close_value",
        "opened_at": "engage_date", "closed_at": "close_date", "product_id": "product", "owner": "sales_agent",
    },
    ("crm_opportunities", "accounts"): {
        "customer_id": "account", "company": "account", "industry": "sector", "employees": "employees",
        "annual_revenue": "revenue",
    },
    ("rete_ecom", "ecom"): {
        "customer_id": "user_id", "session_id": "session_id", "event": "event", "occurred_at": "timestamp",
        "device": "platform", "campaign": "acquisition_channel",
    },
    ("telco_ibm", "telco_customer_churn"): {
        "customer_id": "customerID", "gender": "gender", "tenure_months": "tenure", "churned": "Churn",
    },
    ("ifood_campaign", "ml_project1_data"): {
        "customer_id": "ID", "registered_at": "Dt_Customer", "responded": "Response",
    },
    ("taiwan_default", "uci_credit_card"): {
        "customer_id": "ID", "gender": "SEX", "age": "AGE", "defaulted": "default.payment.next.month",
    },
    ("zh_asap_sample", "dev_sample"): {"text": "reviewbody", "rating": "star"},
}  # fmt: skip


def _text_look(path: Path) -> Look:
    opened = gzip.open if path.suffix == ".gz" else bz2.open
    with opened(path, "rt", encoding="utf-8-sig", errors="replace") as file:
        text = file.read(2_000_000)
    first = text.split("\n", 1)[0]
    mark = max(",;|\t", key=first.count)
    rows = (
        list(csv.reader(io.StringIO(text), delimiter=mark, skipinitialspace=True))
        if mark in first
        else [line.split() for line in text.splitlines()]
    )
    head, *body = [row for row in rows if len(row) == len(rows[0])][: ROWS + 1]
    return Look(path.name, {header: [row[n] for row in body] for n, header in enumerate(head)})


def _typed_look(path: Path) -> Look:
    rows = next(pq.ParquetFile(path).iter_batches(ROWS))
    columns = {name: ["" if v is None else str(v) for v in rows.column(name).to_pylist()] for name in rows.schema.names}
    return Look(path.name, columns, {field.name: str(field.type) for field in rows.schema})


def folder(name: str) -> dict[str, Proposal]:
    files = sorted(path for path in (DATA / name).iterdir() if path.suffix in {".gz", ".bz2", ".parquet"})
    looks = [_typed_look(path) if path.suffix == ".parquet" else _text_look(path) for path in files]
    return {proposal.name: proposal for proposal in propose(looks)}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_folder_becomes_the_right_tables(name: str) -> None:
    assert {source: proposal.table for source, proposal in folder(name).items()} == EXPECTED[name]


@pytest.mark.parametrize(("name", "source"), COLUMNS)
def test_a_real_file_is_mapped_whole_and_no_further(name: str, source: str) -> None:
    assert folder(name)[source].columns == COLUMNS[name, source]


@pytest.mark.parametrize(
    ("name", "source", "outcome"),
    [("bank_marketing", "bank_full", "responded"), ("german_credit", "germancredit", "defaulted"),
     ("online_shoppers", "online_shoppers_intention", "converted")],
)  # fmt: skip
def test_rows_that_say_what_happened_but_not_to_whom_are_numbered(name: str, source: str, outcome: str) -> None:
    proposal = folder(name)[source]
    assert proposal.numbered
    assert outcome in proposal.columns and "customer_id" not in proposal.columns


def test_good_and_bad_are_told_apart() -> None:
    assert folder("german_credit")["germancredit"].replace == {"defaulted": {"bad": "yes", "good": "no"}}


def test_three_years_of_sales_are_one_source_in_american_dates() -> None:
    sales = folder("adventureworks")["sales"]
    assert (sales.path, sales.date_order, sales.date_order_sure) == ("AdventureWorks_Sales_*.csv.gz", "mdy", True)


def test_reasons_are_given_for_what_is_left_alone() -> None:
    found = folder("adventureworks")
    assert found["products_unclean"].why == "duplicate_of:products"
    assert found["returns"].why == "aggregate_without_keys"
    assert found["product_subcategories"].why == "reference_only"


def test_existing_customers_have_not_churned() -> None:
    said = folder("bank_churners")["bank_churners"].replace["churned"]
    assert said == {"Existing Customer": "no", "Attrited Customer": "yes"}


def test_two_lists_that_number_different_people_alike_are_not_mixed() -> None:
    assert folder("smcrm")["acquisition_retention"].why == "conflicts_with:customer_acquisition"


def test_a_database_of_a_music_shop_is_understood() -> None:
    database = sqlite3.connect(":memory:")
    database.deserialize(gzip.decompress((DATA / "chinook_db" / "Chinook_Sqlite.sqlite.gz").read_bytes()))
    tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
    looks = []
    for table in tables:
        rows = database.execute(f'select * from "{table}" limit {ROWS}')  # noqa: S608
        names, body = [column[0] for column in rows.description], rows.fetchall()
        columns = {name: ["" if row[n] is None else str(row[n]) for row in body] for n, name in enumerate(names)}
        looks.append(Look(table, columns))
    database.close()
    found = {proposal.path: proposal.table for proposal in propose(looks) if proposal.table}
    assert found == {"Customer": "customers", "Invoice": "orders", "InvoiceLine": "orders", "Track": "products"}
