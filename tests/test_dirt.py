"""The ten planted kinds of dirt: real files, and every line of them accounted for."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import dirty_shop
from motherlode import init
from motherlode.access import Reading
from motherlode.project import Project
from motherlode.schemas import IDENTIFYING

ORDERS, MEMBERS, LINES = "exports/订单.csv", "exports/会员.csv", "exports/lines.csv"
STORE = "exports/门店.xlsx#六月"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("dirty-shop")
    dirty_shop.write(root / "exports")
    init.write(init.look(root / "exports", root), root / "exports", root)
    with Project(root) as project:
        project.load()
        project.run()
        yield project


def by_row(project: Project, address: str, file: str) -> dict[int, dict[str, Any]]:
    return {row["row"]: row for row in project.table(address) if row["file"] == file}


def problems(project: Project, file: str) -> dict[int, str]:
    aside = project.table("refine.quarantine")
    return {row["row"]: row["problem"] for row in aside if row["file"] == file and row["table"]}


@pytest.mark.parametrize(
    ("file", "came", "kept", "set_aside", "anonymous"),
    [(ORDERS, 17, 9, 8, 2), (MEMBERS, 107, 105, 2, 0), (LINES, 7, 4, 3, 1), (STORE, 5, 4, 1, 1)],
)
def test_every_line_of_a_file_came_and_is_kept_or_set_aside(project, file, came, kept, set_aside, anonymous):
    [counted] = [row for row in project.table("refine.accounting") if row["file"] == file]
    assert [counted[name] for name in ("came", "kept", "set_aside", "anonymous")] == [came, kept, set_aside, anonymous]


def test_each_row_that_is_set_aside_says_why(project):
    assert problems(project, ORDERS) == {
        8: "placeholder_date",
        9: "future_date",
        10: "conflicting_amount",
        12: "repeated_order",
        14: "unreadable_amount",
        15: "totals_row",
    }
    assert problems(project, MEMBERS) == {6: "missing_customer_id", 107: "totals_row"}
    assert problems(project, STORE) == {5: "totals_row"}


def test_rows_with_too_few_or_too_many_fields_are_kept_as_they_came(project):
    broken = [row for row in project.table("refine.quarantine") if not row["table"]]
    assert sorted(row["problem"] for row in broken) == ["too_few_fields", "too_many_fields"]


def test_a_quoted_newline_is_no_end_of_a_row(project):
    assert by_row(project, "refine.order_lines", ORDERS)[2]["order_id"] == "A002"


def test_days_in_two_orders_are_read_where_only_one_is_possible_and_asked_for_where_not(project):
    lines = by_row(project, "refine.order_lines", LINES)
    assert {row: str(line["ordered_on"]) for row, line in lines.items()} == {
        3: "2010-12-25",
        4: "2010-12-25",
        5: "2010-12-27",
        6: "2010-12-28",
    }
    assert problems(project, LINES) == {
        1: "ambiguous_ordered_at",
        2: "ambiguous_ordered_at",
        7: "unreadable_ordered_at",
    }


def test_amounts_are_read_as_people_write_them(project):
    lines = by_row(project, "refine.order_lines", ORDERS)
    assert {row: line["amount"] for row, line in lines.items()} == {
        1: Decimal("128"),
        2: Decimal("1280.5"),
        3: Decimal("-12"),
        4: Decimal("12000"),
        5: Decimal("100"),
        6: Decimal("66"),
        7: Decimal("33"),
        11: Decimal("55"),
        13: Decimal("70"),
    }


def test_a_workbook_s_days_and_amounts_are_read_whatever_its_cells_are(project):
    lines = by_row(project, "refine.order_lines", STORE)
    assert [(str(line["ordered_on"]), line["amount"]) for _, line in sorted(lines.items())] == [
        ("2024-06-01", Decimal(60)),
        ("2024-06-02", Decimal("12.5")),
        ("2024-06-03", Decimal(30)),
        ("2024-06-04", Decimal(-30)),
    ]


def test_a_totals_row_and_an_order_that_counts_once_more_are_worth_nothing_of_their_own(project):
    aside = by_row(project, "refine.quarantine", ORDERS)
    assert {row: aside[row]["worth"] for row in (9, 10, 12, 14)} == {9: Decimal(20), 10: None, 12: None, 14: None}
    totals = [row for row in project.table("refine.quarantine") if row["problem"] == "totals_row"]
    assert [row["worth"] for row in totals] == [None] * 3


def test_money_that_came_is_money_kept_and_money_set_aside(project):
    grades = project.table("refine.grades").to_dicts()
    orders = [row for row in grades if row["file"] == ORDERS]
    kept = sum(row["worth"] or 0 for row in orders if not row["problem"])
    aside = sum(row["worth"] or 0 for row in orders if row["problem"])
    assert (kept, aside) == (Decimal("13720.5"), Decimal(30))


def test_of_a_repeated_order_the_last_row_counts(project):
    lines = by_row(project, "refine.order_lines", ORDERS)
    assert [row for row, line in lines.items() if line["order_id"] in ("A010", "A011")] == [11, 13]


def test_a_return_without_its_order_is_a_return_that_undoes_nothing(project):
    returned = {row["return_id"]: row for row in project.table("refine.returns")}
    assert {name: row["matched_by"] for name, row in returned.items()} == {
        "A003": "",
        "C536379": "customer",
        "C536380": "",
        "S4": "product",
    }


def test_rows_without_a_customer_are_anonymous_sales(project):
    nobody = [row["order_id"] for row in project.table("refine.order_lines") if row["customer_id"] is None]
    assert sorted(nobody) == ["536367", "A006", "A007", "S3"]


def test_a_phone_that_cannot_be_trusted_is_no_key_and_says_why(project):
    raw = by_row(project, "collect.raw_orders", ORDERS)
    seen = {row: (raw[row]["phone_key"] is not None, raw[row]["personal_problem"]) for row in (3, 4, 5, 6, 7)}
    assert seen == {
        3: (True, ""),
        4: (True, ""),
        5: (False, "phone:digits_lost,"),
        6: (False, "phone:masked,"),
        7: (False, ""),
    }
    assert raw[3]["phone_key"] == raw[4]["phone_key"]


def test_values_that_cannot_be_are_left_empty_with_a_note_and_keep_nobody_out(project):
    notes = by_row(project, "refine.graded_customers", MEMBERS)
    assert {row: notes[row]["repairs"] for row in (1, 2, 3, 4, 5, 8)} == {
        1: "",
        2: "",
        3: "!age,email:impossible,",
        4: "!age,!registered_at,id_card:checksum,birthday:impossible,",
        5: "!registered_at,birthday:placeholder,",
        8: "",
    }
    people = {row["customer_id"]: row for row in project.table("refine.customers")}
    assert {who: (people[who]["age"], people[who]["registered_on"]) for who in ("M2", "M8")} == {
        "M2": (None, None),
        "M8": (None, people["M8"]["registered_on"]),
    }
    assert people["M3"]["birth_year"] is None and people["M1"]["birth_year"] == 1949


def test_one_person_in_three_spellings_with_two_phones_is_all_there(project):
    raw = by_row(project, "collect.raw_customers", MEMBERS)
    first, second, third = (raw[row] for row in (1, 2, 3))
    assert first["phone_key"] == second["phone_key"] != third["phone_key"]
    assert first["email_key"] == second["email_key"]
    vault = project.stores.vault
    assert vault.find("phone", "+8613800138001") == ["M1", "M7"] and vault.find("phone", "+8613500135008") == ["M8"]
    read = vault.reveal(["M1", "M7", "M8"], ["name"], Reading("rights", "rights"), now=project_now())
    assert read["name"].to_pylist() == ["张三", "张 三", "Zhang San"]


def project_now() -> Any:
    from datetime import datetime

    return datetime(2024, 7, 1)


def test_no_personal_cell_is_in_the_warehouse_or_the_ledger(project):
    project.stores.warehouse.checkpoint()
    written = b"".join(path.read_bytes() for path in sorted((project.root / "data").glob("*")) if path.is_file())
    named = ["张三", "李四", "静安区", "二路2号", "13800138001", "13900139002", "13600136009", "zhang@example.com"]
    named += ["11010519491231002X", "1949-12-31", "n42@example.com", "ann@example.org", "会员42", "13700137003"]
    assert [name for name in named if name.encode() in written] == []
    assert set(IDENTIFYING) == {"phone", "email", "id_card"}


def test_a_column_that_nobody_asked_for_and_that_looks_personal_is_held_back_in_the_vault(project):
    assert all(row["extra"] is None for row in by_row(project, "collect.raw_orders", LINES).values())
    read = project.stores.vault.reveal(["17850"], ["Customer Email"], Reading("rights", "rights"), now=project_now())
    assert read["Customer Email"].to_pylist() == ["ann@example.org"]


def test_the_files_themselves_are_as_they_were(project):
    assert Path(project.root / ORDERS).read_bytes().decode("gb18030").splitlines()[2] == dirty_shop.ORDERS[2]
