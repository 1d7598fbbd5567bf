"""A file from a browser is kept aside, looked at, put right, tried and taken."""

import io
from pathlib import Path

import msgspec
import pytest

from motherlode.config import read_config
from motherlode.errors import ContractError
from motherlode.web import importing

MOST = 1_000_000


def orders(encoding: str = "gb18030") -> bytes:
    """A shop's export: one amount that is none."""
    lines = ["订单编号,会员编号,实付金额,下单时间"]
    lines += [f"T{n},M{n % 7},{'免费' if n == 5 else n + 0.5},2024/3/{n % 28 + 1} 10:00" for n in range(40)]
    return "\r\n".join(lines).encode(encoding)


def staged(root: Path, name: str = "订单.csv", content: bytes | None = None) -> str:
    return importing.stage(root, name, io.BytesIO(orders() if content is None else content), most_bytes=MOST)


def test_a_chinese_export_is_recognised_in_its_encoding(tmp_path: Path) -> None:
    (proposal,) = importing.propose(tmp_path, staged(tmp_path))
    assert proposal.table == "orders"
    assert proposal.columns == {
        "order_id": "订单编号",
        "customer_id": "会员编号",
        "amount": "实付金额",
        "ordered_at": "下单时间",
    }


def test_trying_says_what_would_be_set_aside_and_writes_nothing(tmp_path: Path) -> None:
    (proposal,) = importing.propose(tmp_path, staged(tmp_path))
    tried = importing.attempt(tmp_path, proposal)
    assert (tried.rows, tried.kept, tried.problems, tried.is_whole) == (40, 39, (("no_amount", 1),), True)
    assert not (tmp_path / "motherlode.toml").exists() and not (tmp_path / "inbox").exists()


def test_a_form_corrects_the_guess(tmp_path: Path) -> None:
    proposals = importing.propose(tmp_path, staged(tmp_path))
    said = {
        "table:0": "orders",
        "column:0:0": "order_id",
        "column:0:1": "",
        "column:0:2": "amount",
        "column:0:3": "ordered_at",
    }
    (changed,) = importing.corrected(proposals, said)
    assert "customer_id" not in changed.columns and changed.columns["amount"] == "实付金额"
    assert importing.missing(msgspec.structs.replace(changed, columns={})) == ["ordered_at"]


def test_a_file_that_is_taken_is_in_the_inbox_and_in_the_settings(tmp_path: Path) -> None:
    (tmp_path / "motherlode.toml").write_text('name = "shop" # ours\n')
    mark = staged(tmp_path)
    (name,) = importing.take(tmp_path, mark, importing.propose(tmp_path, mark))
    again = staged(tmp_path)
    importing.take(tmp_path, again, importing.propose(tmp_path, again))
    assert sorted(path.name for path in (tmp_path / "inbox").iterdir()) == ["2-订单.csv", "订单.csv"]
    assert list(read_config(tmp_path).sources) == [name, f"{name}_2"]
    assert "# ours" in (tmp_path / "motherlode.toml").read_text()
    assert list((tmp_path / importing.FOLDER).iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\li\\会员.xlsx", "会员.xlsx"),
        ("..", "file"),
        ("/", "file"),
        ("a\x00b\n.csv", "ab.csv"),
        ("$(rm -rf).csv", "(rm -rf).csv"),
        (".hidden.csv", "hidden.csv"),
    ],
)
def test_a_name_stays_in_its_folder(name: str, kept: str) -> None:
    assert importing.tidy(name) == kept


@pytest.mark.parametrize("name", ["virus.exe", "page.html", "..", "motherlode.toml"])
def test_what_is_not_read_is_not_kept(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContractError, match="not read"):
        staged(tmp_path, name)
    assert not (tmp_path / importing.FOLDER).exists()


def test_too_large_a_file_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="larger than"):
        staged(tmp_path, content=b"x" * (MOST + 1))
    assert list((tmp_path / importing.FOLDER).iterdir()) == []


@pytest.mark.parametrize("mark", ["", "..", "../..", "0" * 16, "A" * 16, "%2e%2e"])
def test_only_a_mark_that_was_given_leads_to_a_file(tmp_path: Path, mark: str) -> None:
    (tmp_path / importing.FOLDER).mkdir(parents=True)
    with pytest.raises(ContractError, match="not here"):
        importing.propose(tmp_path, mark)
