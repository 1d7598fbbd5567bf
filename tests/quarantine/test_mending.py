"""Rows set aside for one cell are mended together."""

from datetime import datetime
from pathlib import Path

import pytest

from motherlode.project import Project
from motherlode.quarantine import mending
from motherlode.quarantine.mending import Cell, Group
from motherlode.schemas import INPUTS
from small_project import SETTINGS, write_csv

NOW = datetime(2024, 6, 1)
PRICE = Group("orders", "unreadable_unit_price", "unit_price")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    lines = [
        {"no": f"{n}", "who": f"c{n % 5}", "day": f"2024-05-{n % 28 + 1:02}", "sku": "t1", "name": "tea", "kind": "茶",
         "pieces": 1, "price": {0: "about 12,50 yuan", 1: "free?", 2: ""}.get(n, "20")}
        for n in range(30)
    ]  # fmt: skip
    write_csv(tmp_path / "inbox" / "sales.csv", lines)
    write_csv(tmp_path / "inbox" / "people.csv", [{"who": "c1", "name": "Ann", "phone": "", "city": "", "since": ""}])
    (tmp_path / "motherlode.toml").write_text(SETTINGS, encoding="utf-8")
    with Project(tmp_path) as project:
        project.load()
        project.run()
    return tmp_path


def test_a_group_is_proposed_tried_and_taken_back_and_the_count_falls(shop: Path) -> None:
    with Project(shop) as project:
        known = mending.cells(project, PRICE, actor="lin", now=NOW)
        assert known == [Cell("about 12,50 yuan", 1, "12.50"), Cell("free?", 1, "")]
        changes = {"about 12,50 yuan": "12.50", "free?": "nothing"}
        tried = mending.attempt(project, PRICE, changes)
        assert (tried.changed, tried.kept, tried.problems) == (2, 1, (("unreadable_unit_price", 1),))
        assert len(mending.cells(project, PRICE, actor="lin", now=NOW)) == 2
        before = len(project.table("refine.quarantine"))
        assert mending.mend(project, PRICE, {"about 12,50 yuan": "12.50"}, actor="lin", now=NOW) == 1
        project.run()
        assert len(project.table("refine.quarantine")) == before - 1
        assert mending.cells(project, PRICE, actor="lin", now=NOW) == [Cell("free?", 1, "")]
        assert "correction" in {entry["what"] for entry in project.audit.entries(9)}


@pytest.mark.parametrize(
    ("table", "problem", "column"),
    [
        ("orders", "ambiguous_ordered_at", "ordered_at"),
        ("orders", "future_date", "ordered_at"),
        ("orders", "no_amount", "amount"),
        ("orders", "repeated_order", None),
        ("orders", "totals_row", None),
        ("", "too_few_fields", None),
        ("customers", "missing_phone", None),
        ("nothing", "missing_x", None),
    ],
)
def test_a_group_is_one_of_a_cell_that_names_nobody(table: str, problem: str, column: str | None) -> None:
    found = mending.group(table, problem)
    assert (found.column if found else None) == column


@pytest.mark.parametrize(
    ("cell", "column", "proposal"),
    [
        ("12,34", "amount", "12.34"),
        ("约 1,234.50 元", "amount", "1234.50"),
        ("1,234", "amount", "1234"),
        ("3 or 4", "amount", ""),
        ("free", "amount", ""),
        ("31/12/2024", "ordered_at", "2024-12-31"),
        ("02/01/2024 10:00", "ordered_at", "2024-01-02 10:00"),
        ("12/31/2024", "ordered_at", ""),
        ("soon", "ordered_at", ""),
    ],
)
def test_what_a_cell_may_mean(cell: str, column: str, proposal: str) -> None:
    assert mending.proposal(INPUTS["orders"].column(column), cell) == proposal
