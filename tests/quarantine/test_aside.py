"""Rows set aside: seen, written out, mended in a file and taken back, through the commands that people use."""

import csv
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from loading import ORDERS, configure, opened, project, raw, write, written
from motherlode import ingest
from motherlode.cli import main
from motherlode.errors import ContractError, MotherlodeError
from motherlode.loading import corrections, unread
from motherlode.machine import clock
from motherlode.machine.actor import actor
from motherlode.project import Project
from motherlode.quarantine import aside

HEAD = "no,who,day,paid"
DIRT = [
    HEAD,
    "a,ann,2024-01-01,10",
    "b,bob,someday,20",
    "c,cat,2024-01-03,free",
    "d,dan,2024-01-04,40,too,many",
    "e,eve",
    "f,=SUM(1),2024-13-13,60",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project once loaded and made, to be copied: making takes longer than most tests."""
    root = tmp_path_factory.mktemp("made") / "shop"
    with project(root, orders_csv=DIRT) as shop:
        shop.load()
        shop.run()
    return root


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Any:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with opened(tmp_path) as shop:
        yield shop


def run(root: Path, *command: str) -> str:
    result = CliRunner().invoke(main, ["--lang", "en", *command, "--project", str(root)])
    assert result.exit_code == 0, result.output
    return result.output


def again(root: Path) -> None:
    """Load and make the tables anew."""
    with opened(root) as shop:
        shop.load()
        shop.run()


def counted(shop: Project) -> tuple[int, int, int]:
    [row] = shop.table("refine.accounting")
    return row["came"], row["kept"], row["set_aside"]


def exported(root: Path, name: str = "aside.csv", *options: str) -> list[dict[str, str]]:
    run(root, "quarantine", "export", "-o", str(root / name), *options)
    with (root / name).open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def edited(root: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    path = root / "mended.csv"
    with path.open("w", encoding=encoding, newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_problems_are_counted_with_the_money_in_them(shop):
    seen = {(row["table"], row["problem"]): (row["rows"], row["worth"]) for row in aside.by_problem(shop).to_pylist()}
    assert seen == {
        ("orders", "unreadable_ordered_at"): (2, 80.0),
        ("orders", "unreadable_amount"): (1, None),
        ("", "too_many_fields"): (1, None),
        ("", "too_few_fields"): (1, None),
    }


def test_examples_are_shown_as_they_came(tmp_path, shop):
    shop.close()
    assert "someday" in run(tmp_path, "quarantine", "examples", "--problem", "unreadable_ordered_at")
    assert "d,dan,2024-01-04,40,too,many" in run(tmp_path, "quarantine", "examples")


def test_only_the_rows_of_one_problem_are_shown_and_no_more_than_asked_for(shop):
    assert aside.rows(shop, "too_few_fields", actor="cleo")["text"].to_pylist() == ["e,eve"]
    assert aside.rows(shop, "unreadable_ordered_at", limit=1, actor="cleo").num_rows == 1
    assert aside.rows(shop, "no_such_problem", actor="cleo").num_rows == 0


def test_what_is_written_out_and_taken_back_unchanged_changes_nothing(tmp_path, shop):
    shop.close()
    for name in ("aside.csv", "aside.xlsx"):
        run(tmp_path, "quarantine", "export", "-o", str(tmp_path / name))
        run(tmp_path, "quarantine", "readmit", str(tmp_path / name))
    with Project(tmp_path) as shop:
        assert shop.stores.ledger.read("corrections") == []


def test_mended_cells_bring_their_rows_back(tmp_path, shop):
    shop.close()
    rows = exported(tmp_path)
    for row in rows:
        row["ordered_at"] = {"b": "2024-01-02", "f": "2024-01-06"}.get(row["order_id"], row["ordered_at"])
        row["amount"] = "30" if row["order_id"] == "c" else row["amount"]
    run(tmp_path, "quarantine", "readmit", str(edited(tmp_path, rows)))
    again(tmp_path)
    with Project(tmp_path) as shop:
        assert counted(shop) == (6, 4, 2)
        lines = {row["order_id"]: row for row in shop.table("refine.order_lines")}
        assert (lines["b"]["ordered_on"], lines["c"]["amount"]) == (date(2024, 1, 2), Decimal(30))
        assert lines["f"]["customer_id"] == "=SUM(1)"


def test_rows_are_mended_in_a_workbook_too(tmp_path, shop):
    shop.close()
    run(tmp_path, "quarantine", "export", "-o", str(tmp_path / "aside.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "aside.xlsx")
    sheet = book.active
    names = [cell.value for cell in sheet[1]]
    for line in sheet.iter_rows(min_row=2):
        cells = dict(zip(names, line, strict=True))
        if cells["order_id"].value == "b":
            cells["ordered_at"].value = date(2024, 1, 2)
        if cells["order_id"].value == "c":
            cells["amount"].value = 30.5
        if cells["text"].value == "e,eve":
            cells["order_id"].value, cells["ordered_at"].value, cells["amount"].value = "e", "2024-01-05", 50
    book.save(tmp_path / "aside.xlsx")
    run(tmp_path, "quarantine", "readmit", str(tmp_path / "aside.xlsx"))
    run(tmp_path, "run")
    with Project(tmp_path) as shop:
        assert counted(shop) == (6, 4, 2)
        lines = {row["order_id"]: row for row in shop.table("refine.order_lines")}
        assert [(lines[n]["ordered_on"].day, lines[n]["amount"]) for n in "bce"] == [
            (2, Decimal(20)),
            (3, Decimal("30.5")),
            (5, Decimal(50)),
        ]


@pytest.mark.parametrize(("encoding", "delimiter"), [("gb18030", ","), ("utf-16", "\t"), ("utf-8", ";")])
def test_a_file_saved_by_a_spreadsheet_in_its_own_way_is_read(tmp_path, shop, encoding, delimiter):
    shop.close()
    rows = exported(tmp_path)
    for row in rows:
        row["status"] = "完成" if row["order_id"] == "b" else ""
        row["ordered_at"] = "2024年1月2日" if row["order_id"] == "b" else row["ordered_at"]
    run(tmp_path, "quarantine", "readmit", str(edited(tmp_path, rows, encoding, delimiter)))
    again(tmp_path)
    with Project(tmp_path) as shop:
        assert counted(shop) == (6, 2, 4)


def test_broken_lines_are_written_out_with_their_text_and_the_columns_to_fill(tmp_path, shop):
    shop.close()
    [row] = exported(tmp_path, "few.csv", "--problem", "too_few_fields")
    assert row == {
        "table": "",
        "source": "orders",
        "file": "inbox/orders.csv",
        "row": "5",
        "problem": "too_few_fields",
        "text": "e,eve",
        "order_id": "",
        "customer_id": "",
        "ordered_at": "",
        "amount": "",
    }


def test_a_broken_line_whose_cells_are_filled_becomes_a_row(tmp_path, shop):
    shop.close()
    rows = exported(tmp_path)
    for row in rows:
        if row["text"] == "d,dan,2024-01-04,40,too,many":
            row.update(order_id="d", customer_id="dan", ordered_at="4 Jan 2024", amount="¥1,040")
    run(tmp_path, "quarantine", "readmit", str(edited(tmp_path, rows)))
    again(tmp_path)
    with Project(tmp_path) as shop:
        assert counted(shop) == (6, 2, 4)
        [line] = [row for row in shop.table("refine.order_lines") if row["order_id"] == "d"]
        assert (line["row"], line["customer_id"], line["amount"]) == (-4, "dan", Decimal(1040))
        assert aside.rows(shop, "too_many_fields", actor="cleo").num_rows == 0


def test_a_line_taken_back_with_a_wrong_cell_is_set_aside_as_a_row_and_mended_again(tmp_path, shop):
    shop.close()
    for amount in ("much", "50"):
        rows = exported(tmp_path)
        for row in rows:
            if row["text"] == "e,eve" or row["order_id"] == "e":
                row.update(order_id="e", ordered_at="2024-01-05", amount=amount)
        run(tmp_path, "quarantine", "readmit", str(edited(tmp_path, rows)))
        again(tmp_path)
    with Project(tmp_path) as shop:
        assert counted(shop) == (6, 2, 4)
        assert (-5, Decimal(50)) in [(row["row"], row["amount"]) for row in shop.table("refine.order_lines")]


def mended(shop: Project) -> None:
    """Row 2 gets a day, line 5 becomes a row."""
    now = clock.now()
    place = {"source": "orders", "file": "inbox/orders.csv"}
    cells = {"order_id": "e", "ordered_at": "2024-01-05", "amount": "50"}
    assert corrections.correct(
        shop.config, shop.stores, "orders", [{**place, "row": 2, "ordered_at": "2024-01-02"}], now=now
    )
    assert corrections.admit(shop.config, shop.stores, [{**place, "row": 5, **cells}], actor="cleo", now=now) == 1


def test_corrections_are_in_the_ledger_with_what_stood_there_before(shop):
    mended(shop)
    cell, line = shop.stores.ledger.read("corrections")
    assert cell["cells"]["now"] == {"ordered_at": "2024-01-02"}
    # What could not be read may say anything: the ledger tells it apart from other such cells, and no more.
    assert cell["cells"]["was"]["ordered_at"].startswith(unread.MARK) and "someday" not in str(cell)
    assert (line["table"], line["row"], line["cells"]["now"]["amount"]) == ("orders", -5, "50")


def test_corrections_are_made_again_when_the_file_is_read_again(tmp_path, shop):
    mended(shop)
    shop.close()
    with configure(tmp_path, ORDERS + 'channel = "none"\n') as later:
        assert [piece.outcome for piece in later.load()] == ["changed"]
        later.run()
        assert counted(later) == (6, 3, 3)


def test_corrections_are_made_again_when_a_forgotten_file_comes_back(shop):
    mended(shop)
    ingest.forget(shop.config, shop.stores, "orders")
    shop.load()
    shop.run()
    assert counted(shop) == (6, 3, 3)


def test_corrections_of_corrections_are_made_again_in_their_order(shop):
    place = {"source": "orders", "file": "inbox/orders.csv", "row": 3}
    for amount in ("29", "30", "31"):
        assert (
            corrections.correct(shop.config, shop.stores, "orders", [{**place, "amount": amount}], now=clock.now()) == 1
        )
    ingest.forget(shop.config, shop.stores, "orders")
    shop.load()
    shop.run()
    assert Decimal(31) in shop.table("refine.order_lines")["amount"]


def test_a_correction_never_lands_on_another_row_when_rows_have_moved(tmp_path, shop):
    mended(shop)
    write(tmp_path, "orders.csv", [HEAD, "new,nat,unsaid,5", *DIRT[1:]])
    shop.load()
    shop.run()
    stands = dict(raw(shop, "orders", "order_id", "ordered_at_text"))["new"]
    assert stands == unread.mark(shop.vault, "unsaid")
    assert [row["order_id"] for row in shop.table("refine.order_lines")] == ["a"]
    assert aside.rows(shop, "too_few_fields", actor="cleo")["text"].to_pylist() == ["e,eve"]


def test_a_file_that_grew_at_its_end_keeps_its_corrections(tmp_path, shop):
    mended(shop)
    write(tmp_path, "orders.csv", [*DIRT, "g,gus,2024-01-07,70"])
    shop.load()
    shop.run()
    assert counted(shop) == (7, 4, 3)


def test_a_number_that_a_person_types_in_is_blinded(shop):
    place = {"source": "orders", "file": "inbox/orders.csv"}
    cells = {"order_id": "e", "ordered_at": "2024-01-05", "amount": "5", "customer_id": "13812345678"}
    corrections.admit(shop.config, shop.stores, [{**place, "row": 5, **cells}], actor="cleo", now=clock.now())
    corrections.correct(
        shop.config, shop.stores, "orders", [{**place, "row": 2, "customer_id": "a@canary.com"}], now=clock.now()
    )
    told = written(shop)
    assert "13812345678" not in told and "canary" not in told


def test_a_personal_cell_cannot_be_corrected_in_the_warehouse(shop):
    row = {"source": "orders", "file": "inbox/orders.csv", "row": 2, "phone": "13812345678"}
    with pytest.raises(ContractError, match="personal"):
        corrections.correct(shop.config, shop.stores, "orders", [row], now=clock.now())
    assert shop.stores.ledger.read("corrections") == []


def test_a_file_without_the_columns_that_say_where_its_rows_belong_is_refused(tmp_path, shop):
    path = edited(tmp_path, [{"source": "orders", "amount": "3"}])
    with pytest.raises(MotherlodeError, match="table, file, row"):
        aside.readmit(shop, path, actor="cleo")


def test_rows_that_are_not_set_aside_are_not_touched(tmp_path, shop):
    shop.close()
    rows = exported(tmp_path)
    rows += [{**rows[0], "table": "orders", "row": "1", "amount": "999"}, {**rows[0], "source": "nowhere"}]
    run(tmp_path, "quarantine", "readmit", str(edited(tmp_path, rows)))
    with Project(tmp_path) as shop:
        assert shop.stores.ledger.read("corrections") == []


def test_the_words_of_a_broken_line_of_feedback_can_be_mended(tmp_path):
    toml = '[sources.said]\npath = "inbox/said.csv"\ntable = "feedback"\n'
    toml += '[sources.said.columns]\nfeedback_id = "id"\ntext = "words"\nrating = "stars"\n'
    with project(tmp_path, toml, said_csv=["id,words,stars,shop", "1,fine,5,x", "2,well, well,3,x"]) as said:
        said.load()
        said.run()
    rows = exported(tmp_path)
    rows[0].update(feedback_id="2", text="well, well", rating="3")
    run(tmp_path, "quarantine", "readmit", str(edited(tmp_path, rows)))
    again(tmp_path)
    with Project(tmp_path) as said:
        # A line taken back has a number below zero, and so stands first.
        assert sorted((row["text"], row["rating"]) for row in said.table("refine.feedback")) == [
            ("fine", 5.0),
            ("well, well", 3.0),
        ]


def test_the_vault_notes_who_read_broken_lines(shop):
    before = len(shop.stores.vault.accesses())
    aside.rows(shop, "too_few_fields", actor="cleo")
    noted = shop.stores.vault.accesses()[before:]
    assert [(access["actor"], access["role"], access["fields"]) for access in noted] == [
        ("cleo", "quarantine", ["text"])
    ]


def test_no_reading_is_without_its_reader_whatever_command_reads(tmp_path, shop):
    shop.close()
    run(tmp_path, "quarantine", "examples")
    rows = exported(tmp_path)
    for row in rows:
        if row["text"] == "e,eve":
            row.update(order_id="e", ordered_at="2024-01-05", amount="50")
    run(tmp_path, "quarantine", "readmit", str(edited(tmp_path, rows)))
    again(tmp_path)
    run(tmp_path, "rights", "access", "ann", "--format", "json")
    run(tmp_path, "rights", "erase", "ann", "--yes")
    with Project(tmp_path) as told:
        accesses = told.stores.vault.accesses()
    assert {"quarantine", "rights"} <= {access["role"] for access in accesses}
    assert {access["actor"] for access in accesses} == {actor()}
