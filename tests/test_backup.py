"""Copies of the stores, and what opens them."""

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime

import pytest

from motherlode import backup
from motherlode.access import Reading
from motherlode.errors import NotReady
from motherlode.ledger.allowance import Allowance
from motherlode.privacy import cases, preferences
from motherlode.privacy.requests import Request
from motherlode.project import Project
from small_project import copied, said

NOW = datetime(2026, 3, 1, 12)
READING = Reading("rights", "rights")


def test_a_backup_without_its_wrapped_keys_opens_for_nobody(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        wrapped = project.vault.count()
        written = backup.backup(project, tmp_path / "copy", tmp_path / "keys")
    assert written[-1] == tmp_path / "keys" / "keys.sqlite" and written[-1].stat().st_mode & 0o077 == 0
    copy = sqlite3.connect(tmp_path / "copy" / "vault.sqlite")
    keys = sqlite3.connect(written[-1])
    assert copy.execute("SELECT count(*) FROM person WHERE wrapped_key IS NOT NULL").fetchone() == (0,)
    rows = keys.execute("SELECT wrapped_key FROM keys").fetchall()
    assert b"c001" not in written[-1].read_bytes()
    assert len(rows) == wrapped > 0
    stored = (tmp_path / "copy" / "vault.sqlite").read_bytes()
    assert not any(key in stored for (key,) in rows)
    copy.close()
    keys.close()


def test_a_backup_is_put_back_with_its_keys_and_not_without(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        backup.backup(project, tmp_path / "copy", tmp_path / "keys")
        before = project.vault.reveal_all(["c001"], READING, now=NOW)
    with pytest.raises(NotReady, match=r"keys\.sqlite"):
        backup.restore(shop, tmp_path / "copy", now=NOW)
    # Twice, as a backup must serve as often as it is needed.
    assert backup.restore(shop, tmp_path / "copy", now=NOW, keys=tmp_path / "keys").people == 0
    assert backup.restore(shop, tmp_path / "copy", now=NOW, keys=tmp_path / "keys").people == 0
    with Project(shop) as project:
        assert project.vault.reveal_all(["c001"], READING, now=NOW) == before != {}


def test_the_keys_of_a_backup_are_never_among_its_files_and_nobody_else_reads_any_of_them(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        written = backup.backup(project, tmp_path / "copy")
    assert written[-1] == tmp_path / "copy-keys" / "keys.sqlite"
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == [
        "ledger.sqlite", "vault.sqlite", "warehouse.duckdb",
    ]  # fmt: skip
    assert {path.stat().st_mode & 0o077 for path in (*written, tmp_path / "copy", tmp_path / "copy-keys")} == {0}
    assert backup.restore(shop, tmp_path / "copy", now=NOW).people == 0


def test_the_stores_of_a_new_project_can_be_read_by_their_owner_alone(tmp_path):
    (tmp_path / "motherlode.toml").write_text('name = "new"', encoding="utf-8")
    with Project(tmp_path) as project:
        project.warehouse.rewrite()
        project.ledger.read("exports")
        project.audit.note("run", {"decisions": 0}, now=NOW)
    data = tmp_path / "data"
    modes = {path.name: path.stat().st_mode & 0o777 for path in (data, *data.iterdir())}
    assert modes == dict.fromkeys(modes, 0o600) | {"data": 0o700} and len(modes) >= 4


def test_a_file_of_opportunities_says_how_many_of_its_people_are_to_be_asked_first(tmp_path):
    shop = copied(tmp_path)
    done = said("opportunities", "-o", str(tmp_path / "list.csv"), at=shop)
    assert "asks for a consent that is not on record" in done.output


def test_an_older_backup_unsays_no_refusal_and_lifts_no_restriction(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        backup.backup(project, tmp_path / "copy")
    for words in (
        ("consent", "withdraw", "c001", "--purpose", "marketing"),
        ("rights", "object", "c002"),
        ("rights", "restrict", "c003"),
    ):
        assert said(*words, at=shop).exit_code == 0
    for _ in range(2):
        backup.restore(shop, tmp_path / "copy", now=NOW)
        with Project(shop) as project:
            may = {row["customer_id"]: row["verdict"] for row in project.table("govern.contactable")}
            assert (may["c001"], may["c002"]) == ("refused", "objected") and "c003" not in may
            assert len(project.ledger.about("consents", ["c001"])) == 1


def test_an_older_backup_brings_no_wrong_value_back_and_forgets_no_request_budget_or_file(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        backup.backup(project, tmp_path / "copy")
        asked = cases.ask(project, "c004", "access", Request("seen", "li", NOW)).case
        Allowance(project.ledger, 3.0).reserve("partner", 2.0, {"hash": "h"}, actor="li", now=NOW)
        project.note_export(shop / "list.csv", ["customer_id"], 1)
    assert said("rights", "rectify", "c001", "phone=13800138999", "city=Lhasa", at=shop).exit_code == 0
    assert said("govern", "rotate", at=shop).exit_code == 0
    for _ in range(2):
        backup.restore(shop, tmp_path / "copy", now=NOW)
        with Project(shop) as project:
            token = project.vault.token("phone", "+8613800138999")
            project.run()
            (row,) = [row for row in project.table("refine.customers") if row["customer_id"] == "c001"]
            assert (row["phone_key"], row["city"]) == (token, "Lhasa")
            assert project.vault.find("phone", "+8613800138001") == []
            assert cases.case(project.ledger, asked).state == "open"
            assert [fact["kind"] for fact in project.ledger.read("requests")] == ["rectify"]
            assert Allowance(project.ledger, 3.0).spent("partner", NOW.year) == 2.0
            assert [fact["rows"] for fact in project.ledger.read("exports")] == [1]
            # Who was wrapped under an older key is so no more.
            assert project.vault.rewrap() == 0


def test_a_backup_takes_the_place_of_a_ledger_that_is_broken(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        backup.backup(project, tmp_path / "copy")
        runs = project.ledger.read("runs")
    for file in (shop / "data").glob("ledger.sqlite*"):
        file.write_bytes(b"no database" * 1000)
    backup.restore(shop, tmp_path / "copy", now=NOW)
    with Project(shop) as project:
        assert project.ledger.read("runs") == runs != []


def broken_ledger(shop):
    for file in (shop / "data").glob("ledger.sqlite*"):
        file.write_bytes(b"no database" * 1000)


def test_a_refusal_since_the_backup_stands_also_where_the_ledger_is_broken(tmp_path):
    shop = copied(tmp_path)
    assert said("consent", "grant", "c001", "--purpose", "marketing", at=shop).exit_code == 0
    with Project(shop) as project:
        backup.backup(project, tmp_path / "copy")
    with (shop / "inbox" / "people.csv").open("a", encoding="utf-8") as file:
        file.write("new1,New Person,13900139111,上海,2024-06-01\r\n")
    with Project(shop) as project:
        project.load()
        project.run()
        links = [project.vault.link([who], datetime(2100, 1, 1), now=datetime(2026, 1, 1)) for who in ("c004", "c005")]
        asked = cases.ask(project, "c004", "access", Request("seen", "li", NOW)).case
        Allowance(project.ledger, 3.0).reserve("partner", 2.0, {"hash": "h"}, actor="li", now=NOW)
        project.audit.note("release", {"hash": "h", "recipient": "partner", "epsilon": 2.0, "actor": "li"}, now=NOW)
    for words in (
        ("consent", "withdraw", "c001", "--purpose", "marketing"),
        ("consent", "withdraw", "new1", "--purpose", "profiling"),
        ("rights", "object", "c002"),
        ("rights", "restrict", "c003"),
        ("rights", "restrict", "c006"),
        ("rights", "restrict", "c006", "--lift"),
        ("consent", "link", "c004", "--revoke"),
        ("table", "profile.rfm", "-o", str(tmp_path / "rfm.csv")),
    ):
        assert said(*words, at=shop).exit_code == 0, words
    broken_ledger(shop)
    done = said("restore", str(tmp_path / "copy"), "--yes", at=shop)
    assert done.exit_code == 0 and "were taken from the log" in done.stderr and "may be missing" in done.stderr
    with Project(shop) as project:
        may = {row["customer_id"]: row["verdict"] for row in project.table("govern.contactable")}
        assert (may["c001"], may["c002"]) == ("refused", "objected") and "c003" not in may and "c006" in may
        assert [bool(preferences.behind(project, key, now=NOW)) for key in links] == [False, True]
        assert cases.case(project.ledger, asked).state == "open"
        assert [row["kind"] for row in project.ledger.read("requests")] == ["object", "restrict", "restrict", "lift"]
        assert [row["path"] for row in project.ledger.read("exports")] == [str(tmp_path / "rfm.csv")]
        assert Allowance(project.ledger, 3.0).spent("partner", NOW.year) == 2.0
        assert project.ledger.about("consents", ["new1"]) == []
        project.load()
        project.run()
        profiled = {row["customer_id"]: row["profiling"] for row in project.table("govern.usable")}
        assert profiled["new1"] is False and profiled["c004"] is True
        assert project.ledger.beginning("consents", "token:") == []
    facts = said("restore", str(tmp_path / "copy"), "--yes", at=shop)
    assert facts.exit_code == 0 and "taken from the log" not in facts.stderr, "what is known is not taken twice"


def test_where_neither_ledger_nor_log_can_be_read_somebody_must_accept_what_is_missing(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        backup.backup(project, tmp_path / "copy")
        last = project.ledger.last_run()["finished_at"]
    broken_ledger(shop)
    with closing(sqlite3.connect(shop / "data" / "audit.sqlite", isolation_level=None)) as log:
        log.execute("DELETE FROM entries WHERE entry = (SELECT max(entry) FROM entries)")
    done = said("restore", str(tmp_path / "copy"), "--yes", at=shop)
    assert done.exit_code == 1 and "--accept" in done.stderr
    assert (shop / "data" / "ledger.sqlite").read_bytes().startswith(b"no database"), "nothing was touched"
    done = said("restore", str(tmp_path / "copy"), "--yes", "--accept", at=shop)
    assert done.exit_code == 0 and f"{last:%Y-%m-%d %H:%M}" in done.stderr


def test_a_backup_restored_into_an_empty_folder_says_what_nobody_knows(tmp_path):
    shop = copied(tmp_path)
    with Project(shop) as project:
        backup.backup(project, tmp_path / "copy")
    shutil.rmtree(shop / "data")
    done = said("restore", str(tmp_path / "copy"), "--yes", at=shop)
    assert done.exit_code == 0 and "may be missing" in done.stderr
