"""Money that is written in hundredths or ten thousands is read as money."""

import pyarrow as pa
import pytest

from motherlode import init
from motherlode.collect.recognise import Look, propose
from motherlode.collect.sources.files import Files, files
from motherlode.collect.sources.times import multiplied
from motherlode.doors import Batch


def test_cells_are_multiplied_exactly_and_what_is_no_number_says_its_factor():
    rows = pa.record_batch({"id": ["a", "b", "c", "d", "e"], "fen": ["3990", "1,000", "", None, "about 5"]})
    (read,) = multiplied([Batch(rows, 1)], {"fen": 0.01, "elsewhere": 100})
    assert read.rows["fen"].to_pylist() == ["39.90", "10.00", "", None, "about 5 × 0.01"]
    assert read.rows["id"].to_pylist() == list("abcde")


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("(分)", 0.01), ("（单位：分）", 0.01), ("(万元)", 10_000), ("[千元]", 1_000), ("(元)", None), ("", None),
     ("(分期)", None)],
)  # fmt: skip
def test_the_unit_in_brackets_says_what_the_numbers_count(unit, factor):
    header = f"实付金额{unit}"
    columns = {
        "订单编号": [f"D{n}" for n in range(60)],
        "会员ID": [f"C{n % 20}" for n in range(60)],
        "下单时间": [f"2024-03-{1 + n % 28:02} 10:00:00" for n in range(60)],
        header: [str(3900 + n) for n in range(60)],
    }
    (found,) = propose([Look("orders.csv", columns)])
    assert found.columns["amount"] == header
    assert found.times == ({} if factor is None else {header: factor})


def test_a_project_reads_what_init_wrote(tmp_path):
    lines = "\n".join(f"D{n},C{n % 20},2024-03-{1 + n % 28:02},{3900 + n}" for n in range(60))
    (tmp_path / "orders.csv").write_text(f"订单编号,会员ID,下单时间,实付金额(分)\n{lines}\n", encoding="utf-8")
    init.write(init.look(tmp_path, tmp_path), tmp_path, tmp_path)
    assert '"实付金额(分)" = 0.01' in (tmp_path / "motherlode.toml").read_text(encoding="utf-8")
    path = str(tmp_path / "orders.csv")
    (piece,) = files(Files(path=path, root=str(tmp_path), times={"实付金额(分)": 0.01}))
    (batch,) = piece.batches()
    assert batch.rows["实付金额(分)"][0].as_py() == "39.00"
