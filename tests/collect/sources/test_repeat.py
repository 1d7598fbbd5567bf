"""What a report says once an order is said by each of its lines."""

import pyarrow as pa

from motherlode import init
from motherlode.collect.sources.files import Files, files
from motherlode.collect.sources.repeat import repeated
from motherlode.doors import Batch

HEADERS = ("no", "day")
REPORT = "Order No.,Customer,Order date,Item,Qty,Unit price\n" + "".join(
    f"O{n},Ann {n % 5},2024-01-{n + 1:02},tea,1,9.50\n,,,cup,{n + 1},3.00\n" for n in range(20)
)


def rows(*cells: tuple[str | None, str | None, str]) -> pa.RecordBatch:
    names = (*HEADERS, "item")
    return pa.record_batch({name: pa.array([row[n] for row in cells], pa.string()) for n, name in enumerate(names)})


def test_empty_cells_say_what_stands_above_across_batches_and_half_a_row_stays_as_it_is():
    first = rows(("o1", "d1", "tea"), (None, "", "cup"))
    second = rows(("", "", "pot"), ("Total", "", "15"), ("o2", "d2", "tea"), (" ", None, "cup"))
    found = [batch.rows.to_pylist() for batch in repeated([Batch(first, 1), Batch(second, 3)], HEADERS)]
    assert [(row["no"], row["day"]) for part in found for row in part] == [
        ("o1", "d1"), ("o1", "d1"), ("o1", "d1"), ("Total", ""), ("o2", "d2"), ("o2", "d2"),
    ]  # fmt: skip


def test_a_report_is_proposed_with_what_it_says_once(tmp_path):
    (tmp_path / "report.csv").write_text(REPORT)
    (proposal,) = init.look(tmp_path, tmp_path)
    assert proposal.repeat == ("Order No.", "Order date", "Customer")
    (piece,) = files(Files("report.csv", root=str(tmp_path), repeat=proposal.repeat))
    (batch,) = piece.batches()
    assert batch.rows["Order No."].to_pylist()[:4] == ["O0", "O0", "O1", "O1"]


def test_cells_that_are_empty_here_and_there_are_left_empty(tmp_path):
    lines = REPORT.replace(",,,cup", "O9,,2024-01-09,cup")
    (tmp_path / "orders.csv").write_text(lines)
    (proposal,) = init.look(tmp_path, tmp_path)
    assert proposal.repeat == ()
