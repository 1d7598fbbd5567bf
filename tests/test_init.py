"""A folder is looked at, and what is recognised is written down for the user to correct."""

import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from motherlode import init
from motherlode.config import read_config
from motherlode.errors import ContractError, MotherlodeError
from motherlode.project import Project

ORDERS = ["order_id,customer_id,order_date,amount", *(f"o{n},c{n % 5},2024-01-{n + 1:02},{n}.5" for n in range(20))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "orders.csv").write_text("\n".join(ORDERS) + "\n", encoding="utf-8")
    return folder


def begun(folder: Path) -> dict[str, Any]:
    root = folder.parent
    init.write(init.look(folder, root), folder, root)
    return tomllib.loads((root / "motherlode.toml").read_text(encoding="utf-8"))


def test_what_is_written_can_be_read_and_loaded(folder):
    written = begun(folder)
    assert written["sources"]["orders"]["table"] == "orders"
    assert read_config(folder.parent).sources["orders"].columns["ordered_at"] == "order_date"
    with Project(folder.parent) as project:
        assert [piece.rows for piece in project.load()] == [20]


def test_a_folder_that_holds_folders_alone_is_looked_through_but_not_what_the_project_keeps(folder):
    root = folder.parent
    (root / ".hidden").mkdir()
    (root / "data").mkdir()
    for place in (".hidden/a.csv", "data/ledger.sqlite"):
        (root / place).write_text("a,b\n1,2\n")
    assert [proposal.path for proposal in init.look(root, root)] == ["exports/orders.csv"]


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    (tmp_path / "in").mkdir()
    with pytest.raises(ContractError, match="in` holds no file"):
        init.look(tmp_path / "in", tmp_path)


def test_a_file_that_cannot_be_read_is_left_alone_and_named(folder):
    (folder / "broken.xlsx").write_bytes(b"no workbook")
    (folder / "broken.parquet").write_bytes(b"no parquet")
    found = {proposal.path.rpartition("/")[2]: proposal.why for proposal in init.look(folder, folder.parent)}
    assert found == {"orders.csv": "matched", "broken.parquet": "unreadable", "broken.xlsx": "unreadable"}
    assert list(begun(folder)["sources"]) == ["orders"]
    assert "# exports/broken.xlsx is left alone: unreadable" in (folder.parent / "motherlode.toml").read_text("utf-8")


def test_a_part_of_a_file_that_is_left_alone_is_named_with_it(folder):
    (folder / "dump.json").write_text('{"stock": [{"place": "a"}, {"place": "b"}], "racks": [{"rack": "x"}]}')
    begun(folder)
    written = (folder.parent / "motherlode.toml").read_text("utf-8")
    assert "# exports/dump.json#stock is left alone" in written and "# exports/dump.json#racks is left" in written


def test_files_of_other_kinds_and_hidden_ones_are_passed_over(folder):
    for name in ("notes.docx", ".orders.csv", "~$orders.xlsx"):
        (folder / name).write_bytes(b"x")
    (folder / "orders").mkdir()
    assert [proposal.path for proposal in init.look(folder, folder.parent)] == ["exports/orders.csv"]


@pytest.mark.parametrize("content", ["", "hello\nworld\n"])
def test_a_folder_in_which_nothing_is_recognised_is_an_error_that_says_what_to_do(tmp_path, content):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(MotherlodeError) as caught:
        init.write(init.look(tmp_path, tmp_path), tmp_path, tmp_path)
    assert "by hand" in caught.value.hint and not (tmp_path / "motherlode.toml").exists()


@pytest.mark.parametrize(
    ("content", "step"),
    [
        ("basket_id,customer_id,product,quantity,price\n" + "b1,c1,tea,2,3.5\n" * 9, "when each order was made"),
        ("name,age,education\n" + "Ann,41,PhD\nBob,33,BA\n" * 9, "says who"),
        ("1,17850,2.55\n2,17851,3.39\n3,17852,1.85\n", "names above the columns"),
    ],
)
def test_a_file_that_lacks_one_thing_is_refused_with_how_to_add_it(tmp_path, content, step):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(MotherlodeError, match="recognised") as caught:
        init.write(init.look(tmp_path, tmp_path), tmp_path, tmp_path)
    assert step in caught.value.hint


def test_a_folder_without_a_file_is_an_error(tmp_path):
    with pytest.raises(ContractError, match="no file"):
        init.look(tmp_path, tmp_path)


def test_one_file_can_be_looked_at_alone(folder):
    assert [proposal.table for proposal in init.look(folder / "orders.csv", folder.parent)] == ["orders"]


def test_cells_that_are_empty_in_a_typed_file_are_no_words(folder, monkeypatch):
    seen = []
    monkeypatch.setattr(init, "propose", lambda looks: seen.extend(looks) or ())
    pq.write_table(pa.table({"n": [1, None], "t": [None, "x"]}), folder / "typed.parquet")
    init.look(folder, folder.parent)
    assert seen[1].columns == {"n": ["1", ""], "t": ["", "x"]} or seen[1].columns == {"n": ["1.0", ""], "t": ["", "x"]}


def test_settings_of_the_user_s_own_are_kept(folder):
    (folder.parent / "motherlode.toml").write_text(
        '# mine\nname = "my-shop"\ntimezone = "UTC"\n\n[tables.ranked]\nbudget = 5.0\n', encoding="utf-8"
    )
    written = begun(folder)
    assert (written["name"], written["timezone"], written["currency"]) == ("my-shop", "UTC", "CNY")
    assert written["tables"] == {"ranked": {"budget": 5.0}}
    assert "# mine" in (folder.parent / "motherlode.toml").read_text(encoding="utf-8")


def test_an_order_of_days_that_is_not_sure_is_marked(folder):
    lines = [ORDERS[0], *(f"o{n},c{n},0{n}/02/2024,5" for n in range(1, 9))]
    (folder / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    begun(folder)
    assert 'date_order = "dmy" # not sure' in (folder.parent / "motherlode.toml").read_text(encoding="utf-8")


def test_a_sheet_is_named_and_a_folder_elsewhere_is_given_whole(tmp_path):
    import xlsxwriter

    away, root = tmp_path / "away", tmp_path / "root"
    away.mkdir()
    with xlsxwriter.Workbook(str(away / "book.xlsx")) as book:
        sheet = book.add_worksheet("Sales")
        for number, line in enumerate(ORDERS):
            sheet.write_row(number, 0, line.split(","))
    init.write(init.look(away, root), away, root)
    [source] = tomllib.loads((root / "motherlode.toml").read_text(encoding="utf-8"))["sources"].values()
    assert (source["sheet"], Path(source["path"])) == ("Sales", away / "book.xlsx")
    with Project(root) as project:
        assert [piece.rows for piece in project.load()] == [20]
