"""The log in which nothing is changed or taken away unseen."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from motherlode.access import Reading
from motherlode.audit import CHECKPOINTS, Audit, Finding, open_audit
from motherlode.project import Project
from motherlode.vault import open_vault
from small_project import copied, said

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "sqlite:///data/audit.sqlite"


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[Audit]:
    vault = open_vault("sqlite:///data/vault.sqlite", tmp_path)
    opened = open_audit(URL, tmp_path, vault)
    for number in range(4):
        opened.note("read", *({"batch": number, "place": place, "share": 1700000001.0} for place in range(5)), now=NOW)
    yield opened
    opened.close()
    vault.close()


def tamper(root: Path, sql: str) -> None:
    connection = sqlite3.connect(root / "data" / "audit.sqlite")
    with connection:
        connection.execute(sql)
    connection.close()


def test_a_log_is_whole_as_it_was_written(audit):
    assert audit.verify() == Finding("whole", 20)


@pytest.mark.parametrize("entry", [1, 7, 20])
def test_a_changed_entry_is_found_exactly(audit, tmp_path, entry):
    tamper(tmp_path, f"UPDATE entries SET body = replace(body, 'read', 'rear') WHERE entry = {entry}")  # noqa: S608
    assert audit.verify() == Finding("changed", entry)


def test_an_entry_taken_out_of_the_middle_is_found(audit, tmp_path):
    tamper(tmp_path, "DELETE FROM entries WHERE entry = 9")
    assert audit.verify() == Finding("changed", 9)


def test_a_log_cut_at_its_end_is_found_by_the_checkpoints(audit, tmp_path):
    tamper(tmp_path, "DELETE FROM entries WHERE entry > 12")
    assert audit.verify() == Finding("cut", 13)


def test_a_log_taken_away_with_its_checkpoints_is_missed_by_the_vault(audit, tmp_path):
    (tmp_path / "motherlode.checkpoints").unlink()
    tamper(tmp_path, "DELETE FROM entries")
    assert audit.verify() == Finding("cut", 1)


def test_a_log_written_anew_with_its_checkpoints_away_is_not_the_one_that_the_vault_knows(audit, tmp_path):
    (tmp_path / "motherlode.checkpoints").unlink()
    tamper(tmp_path, "UPDATE entries SET hash = x'00' WHERE entry = 20")
    assert audit.verify() == Finding("changed", 20)


def test_a_log_without_any_checkpoint_is_not_called_whole(audit, tmp_path):
    (tmp_path / "motherlode.checkpoints").unlink()
    tamper(tmp_path, "DELETE FROM entries WHERE entry > 12")
    assert audit.verify() == Finding("unsealed", 12)


def test_a_log_written_anew_does_not_pass_for_the_one_that_was_sealed(audit, tmp_path):
    tamper(tmp_path, "DELETE FROM entries WHERE entry > 12")
    lines = (tmp_path / CHECKPOINTS).read_text()
    audit.note("read", *({"other": place} for place in range(8)), now=NOW)
    (tmp_path / CHECKPOINTS).write_text(lines)
    assert audit.verify().outcome == "changed"


def test_a_checkpoint_that_the_house_did_not_sign_is_found(audit, tmp_path):
    path = tmp_path / CHECKPOINTS
    lines = path.read_text().splitlines()
    lines[1] = lines[1].replace(lines[1].split()[1], "00" * 32)
    path.write_text("\n".join(lines))
    assert audit.verify() == Finding("forged", 10)


def test_gdpr_25_every_reading_of_personal_fields_is_in_the_log_also_one_that_was_refused(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        project.vault.reveal(["c001"], ["phone"], Reading("service", "service"), now=NOW)
        before = len(project.audit.entries(1000))
        with pytest.raises(Exception, match="a role and a purpose"):
            project.vault.reveal(pa.array(["c001"]), ["phone"], Reading("", "service"), now=NOW)
        entries = project.audit.entries(1000)
    assert len(entries) == before + 1
    assert [(entry["role"], entry["outcome"], entry["revealed"]) for entry in entries[-2:]] == [
        ("service", "revealed", 1),
        ("", "unnamed", 0),
    ]


def test_pipl_54_what_was_run_agreed_exported_and_asked_for_is_in_the_log_which_outlives_an_erasure(tmp_path):
    shop = copied(tmp_path)
    said("consent", "grant", "c007", "--purpose", "marketing", at=shop)
    said("table", "profile.rfm", "-o", str(shop / "rfm.csv"), at=shop)
    said("rights", "erase", "c007", "--yes", at=shop)
    with Project(shop) as project:
        entries = project.audit.entries(1000)
    kinds = [entry["what"] for entry in entries]
    assert {"run", "consent", "export", "right"} <= set(kinds)
    (run,) = [entry for entry in entries if entry["what"] == "run"]
    assert run["decisions"] > 0 and len(run["digest"]) == 64
    assert b"c007" not in (shop / "data" / "audit.sqlite").read_bytes()
    done = said("audit", "verify", at=shop)
    assert (done.exit_code, done.stdout.split(":")[0]) == (0, "the log is whole")
    tamper(shop, "UPDATE entries SET body = x'00' WHERE entry = 2")
    done = said("audit", "verify", at=shop)
    assert (done.exit_code, done.stdout.strip()) == (1, "entry 2 is not what was written")


def test_pipl_54_rows_given_to_another_program_stand_in_the_index_of_exports_as_files_do(tmp_path):
    shop = copied(tmp_path)
    said("table", "profile.rfm", "--limit", "3", at=shop)
    rows = said("table", "profile.rfm", "--limit", "3", "--format", "csv", at=shop).stdout
    said("opportunities", "--format", "json", "--limit", "2", at=shop)
    reading = ("--role", "service", "--purpose", "service")
    said("reveal", "c001", "--field", "phone", *reading, "--format", "csv", at=shop)
    with Project(shop) as project:
        exports = project.ledger.read("exports")
        logged = [entry["path"] for entry in project.audit.entries(1000) if entry["what"] == "export"]
    assert [row["path"] for row in exports] == logged == [f"stdout: {name}" for name in FILES]
    assert [row["rows"] for row in exports] == [3, 2, 1]
    assert exports[0]["columns"] == rows.splitlines()[0].split(",")


FILES = ("rfm.csv", "opportunities.json", "reveal.csv")
