"""Who may sign in: the last fact of a name counts, and passwords are kept as hashes alone."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from motherlode.errors import ContractError
from motherlode.ledger import Ledger, open_ledger
from motherlode.web import users

NOW = datetime(2024, 6, 30)
PASSWORD = "correct horse battery"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = open_ledger("sqlite:///ledger.sqlite", tmp_path)
    yield one
    one.close()


def add(ledger: Ledger, name: str, role: str = "analyst", password: str = PASSWORD) -> None:
    users.add(ledger, name, role, password, actor="ann", now=NOW)


def test_only_the_right_password_lets_in(ledger: Ledger) -> None:
    add(ledger, "ann", "admin")
    everybody = users.known(ledger)
    assert users.check(everybody, "ann", PASSWORD) == everybody["ann"]
    assert users.check(everybody, "ann", PASSWORD + "!") is None
    assert users.check(everybody, "bob", PASSWORD) is None


def test_no_password_stands_in_the_ledger(ledger: Ledger) -> None:
    add(ledger, "ann")
    assert PASSWORD not in str(ledger.read("users"))
    assert ledger.read("users")[0]["password_hash"].startswith("$argon2id$")


def test_the_last_fact_counts(ledger: Ledger) -> None:
    add(ledger, "ann", "admin")
    add(ledger, "bob", "sales")
    add(ledger, "bob", "marketer", "another password")
    assert users.known(ledger)["bob"].role == "marketer"
    assert users.check(users.known(ledger), "bob", PASSWORD) is None
    users.remove(ledger, "bob", actor="ann", now=NOW)
    assert "bob" not in users.known(ledger)


def test_somebody_always_administers(ledger: Ledger) -> None:
    add(ledger, "ann", "admin")
    with pytest.raises(ContractError, match="last administrator"):
        users.remove(ledger, "ann", actor="ann", now=NOW)


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        ("", "sales", PASSWORD),
        ("x" * 81, "sales", PASSWORD),
        ("a\nb", "sales", PASSWORD),
        ("ann", "root", PASSWORD),
        ("ann", "sales", "short"),
        ("ann", "sales", "x" * 2000),
        ("averylongname", "sales", "AVeryLongName"),
    ],
)
def test_names_roles_and_passwords_that_cannot_be(ledger: Ledger, name: str, role: str, password: str) -> None:
    with pytest.raises(ContractError):
        add(ledger, name, role, password)
