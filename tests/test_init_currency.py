"""A project whose files state no currency says that it assumes one."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from motherlode.cli import main


def begun(folder: Path, header: str, paid: str) -> tuple[str, str]:
    lines = "\n".join(f"D{n},C{n % 20},2024-03-{1 + n % 28:02},{paid}" for n in range(60))
    (folder / "orders.csv").write_text(f"order_id,customer_id,order_date,{header}\n{lines}\n", encoding="utf-8")
    said = CliRunner().invoke(main, ["--lang", "en", "init", str(folder), "--project", str(folder / "p"), "--yes"])
    assert said.exit_code == 0
    return said.stderr, (folder / "p" / "motherlode.toml").read_text(encoding="utf-8")


def test_what_is_assumed_is_said_and_written(tmp_path: Path) -> None:
    said, written = begun(tmp_path, "amount", "12.50")
    assert "no file says in which currency" in said
    assert 'currency = "CNY" # assumed' in written


@pytest.mark.parametrize(("header", "paid", "code"), [("amount (USD)", "12.50", "USD"), ("amount", "€12.50", "EUR")])
def test_what_a_file_states_is_not_assumed(tmp_path: Path, header: str, paid: str, code: str) -> None:
    said, written = begun(tmp_path, header, paid)
    assert "assumed" not in said + written
    assert f'currency = "{code}"' in written
