"""Exports as other countries, shops and spreadsheets write them, from `init` to tables without a hand edit."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from motherlode import init
from motherlode.project import Project

GERMAN = "Bestellnummer;Kundennummer;Bestelldatum;Artikelbezeichnung;Menge;Einzelpreis;Gesamtbetrag;Währung;Status\n"
STATES = ("Versendet", "Storniert", "Versendet", "Versendet")


def german_orders() -> str:
    return GERMAN + "".join(
        f"B{n};{100 + n % 7};{1 + n % 28:02}.0{1 + n % 3}.2024;Tee Größe {n % 3};2;"
        f"1.{200 + n},50;2.{401 + 2 * n},00;EUR;{STATES[n % 4]}\n"
        for n in range(40)
    )


def people() -> str:
    rows = (f"{100 + n};Jürgen;Müller {n};{30000 + n};Köln;0{1 + n}.02.1980\n" for n in range(7))
    return "Kundennummer;Vorname;Nachname;PLZ;Ort;Geburtsdatum\n" + "".join(rows)


def order(number: int) -> dict[str, object]:
    lines = [{"id": n, "sku": f"p{n}", "price": "10.50", "quantity": n + 1} for n in range(1 + number % 3)]
    return {"id": 9000 + number, "created_at": f"2024-03-{1 + number % 28:02}T10:00:00+01:00", "line_items": lines,
            "customer": {"id": 100 + number % 7}, "total_price": "99.00", "tax_lines": [{"rate": 0.19}]}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("unusual")
    folder = root / "exports"
    folder.mkdir()
    (folder / "Bestellungen.csv").write_bytes(german_orders().encode("cp1252"))
    (folder / "Kunden.csv").write_bytes(people().encode("cp1252"))
    loyalty = "customer_id,level,points\n" + "".join(f"{100 + n},gold,{n * 10}\n" for n in range(7))
    (folder / "loyalty.csv").write_text(loyalty)
    (folder / "web_orders.json").write_text(json.dumps({"orders": [order(n) for n in range(30)], "request_id": 1}))
    months = "".join(f"{100 + n},{n},0,7.50\n" for n in range(7))
    (folder / "branch_spend.csv").write_text("customer_id,2024-01,2024-02,2024-03\n" + months)
    till = "".join(f"T{n},C{n % 3},{1 + n % 12:02}/{1 + n % 28:02}/23,$1{n}.50\n" for n in range(36))
    (folder / "till.csv").write_text("Transaction ID,Customer ID,Date,Net Sales\n" + till)
    init.write(init.look(folder, root), folder, root)
    with Project(root) as project:
        project.load()
        project.run()
    return root


@pytest.fixture
def opened(shop):
    with Project(shop) as project:
        yield project


def test_nothing_is_lost_and_nothing_counts_as_mended_that_was_right(opened):
    rows = opened.table("refine.accounting")
    counted = {Path(row["file"]).stem: (row["came"], row["kept"], row["set_aside"]) for row in rows}
    lines = sum(len(order(n)["line_items"]) for n in range(30))
    assert counted == {
        "Bestellungen": (40, 40, 0), "Kunden": (7, 7, 0), "loyalty": (7, 7, 0), "web_orders": (lines, lines, 0),
        "branch_spend": (13, 13, 0), "till": (36, 36, 0),
    }  # fmt: skip
    assert {Path(row["file"]).stem: row["repaired"] for row in rows if row["repaired"]} == {"till": 36}


def test_a_short_year_behind_month_and_day_is_not_taken_for_one_of_antiquity(opened):
    sql = "SELECT min(ordered_on) AS first, max(ordered_on) AS last FROM refine.order_lines WHERE file LIKE '%till%'"
    assert opened.stores.warehouse.arrow(sql).to_pylist() == [{"first": date(2023, 1, 1), "last": date(2023, 12, 24)}]


def test_german_amounts_days_and_states_are_read(opened):
    sql = "SELECT order_id, ordered_on AS day, amount, kind FROM refine.order_lines WHERE order_id IN ('B0', 'B1')"
    found = {row["order_id"]: row for row in opened.stores.warehouse.arrow(sql).to_pylist()}
    assert found["B0"] == {"order_id": "B0", "day": date(2024, 1, 1), "amount": Decimal("2401.0000"), "kind": "sale"}
    assert found["B1"]["kind"] == "cancelled"
    assert opened.config.currency == "EUR"


def test_lines_of_orders_in_json_count_for_themselves_and_not_for_their_total(opened):
    sql = "SELECT sum(amount) FROM refine.order_lines WHERE order_id LIKE '90%'"
    pieces = sum(line["quantity"] for n in range(30) for line in order(n)["line_items"])
    assert opened.stores.warehouse.value(sql) == Decimal("10.5") * pieces


def test_months_of_a_spreadsheet_are_orders_of_their_months(opened):
    sql = "SELECT sum(amount) FROM refine.order_lines WHERE file LIKE '%branch%' AND kind = 'sale'"
    assert opened.stores.warehouse.value(sql) == Decimal("73.5")


def test_what_two_files_say_of_a_customer_is_known_of_her(opened):
    row = opened.stores.warehouse.arrow("SELECT city, level, points FROM refine.customers WHERE customer_id = '103'")
    assert row.to_pylist() == [{"city": "Köln", "level": "gold", "points": 30.0}]
