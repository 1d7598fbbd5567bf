import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pytest

from motherlode.access import Reading
from motherlode.collect.personal import normalise, phone
from motherlode.errors import ConfigError, ContractError, EngineError, Refused
from motherlode.vault import Vault, open_vault
from motherlode.vault.blind import MOST_RUNS
from motherlode.vault.key_file import add_key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "sqlite:///data/vault.sqlite"
KEY = "5a" * 32
READING = Reading("rights", "rights")

PEOPLE = pa.table(
    {
        "customer_id": ["ann", "bob", "cat"],
        "name": ["Canary Ann", "Canary Bob", "金丝雀猫"],
        "phone": ["+8613800138000", "+8613900139000", None],
        "email": ["canary.ann@example.com", None, "canary.cat@example.com"],
        "id_card": ["11010519491231002X", None, None],
    }
)
CANARIES = [
    text.encode() for name in ("name", "phone", "email", "id_card") for text in PEOPLE[name].to_pylist() if text
] + [b"3800138000", b"canary"]


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened = open_vault(URL, tmp_path)
    opened.keep(PEOPLE, now=NOW)
    yield opened
    opened.close()


def one(**fields: str | None) -> pa.Table:
    return pa.table({name: pa.array([value], pa.string()) for name, value in fields.items()})


def read(vault: Vault, who: list[str], *fields: str) -> list[dict]:
    return vault.reveal(who, fields, READING, now=NOW).to_pylist()


def rows(root: Path, sql: str, *parameters: object) -> list[tuple]:
    connection = sqlite3.connect(root / "data" / "vault.sqlite")
    try:
        with connection:
            return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()


def everything(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


# --- keeping and reading


def test_what_was_kept_is_read_in_the_order_of_the_question(vault: Vault) -> None:
    assert read(vault, ["cat", "ann"], "name", "phone") == [
        {"customer_id": "cat", "name": "金丝雀猫", "phone": None},
        {"customer_id": "ann", "name": "Canary Ann", "phone": "+8613800138000"},
    ]


def test_people_the_vault_never_met_are_absent(vault: Vault) -> None:
    assert read(vault, ["dan", "bob", "bob"], "name") == [{"customer_id": "bob", "name": "Canary Bob"}]


def test_reading_no_one_gives_typed_columns(vault: Vault) -> None:
    table = vault.reveal([], ["name"], READING, now=NOW)
    assert table.schema == pa.schema([("customer_id", pa.string()), ("name", pa.string())])


def test_ids_may_come_as_a_column(vault: Vault) -> None:
    table = vault.reveal(PEOPLE["customer_id"], ["email"], READING, now=NOW)
    assert table["email"].to_pylist() == PEOPLE["email"].to_pylist()


def test_keeping_the_same_again_writes_nothing(vault: Vault, tmp_path: Path) -> None:
    before = rows(tmp_path, "SELECT * FROM person ORDER BY customer_id")
    assert vault.keep(PEOPLE, now=NOW + timedelta(days=1)) == 0
    assert rows(tmp_path, "SELECT * FROM person ORDER BY customer_id") == before


def test_a_newer_value_wins_and_an_empty_one_never(vault: Vault) -> None:
    news = one(customer_id="ann", name="  ", phone=None, email="ann@new.example", address="1 Mine Road")
    assert vault.keep(news, now=NOW) == 1
    assert read(vault, ["ann"], "name", "phone", "email", "address", "id_card") == [
        {
            "customer_id": "ann",
            "name": "Canary Ann",
            "phone": "+8613800138000",
            "email": "ann@new.example",
            "address": "1 Mine Road",
            "id_card": "11010519491231002X",
        }
    ]


def test_of_several_rows_of_one_person_the_last_filled_value_counts(vault: Vault) -> None:
    orders = pa.table({"customer_id": ["dan", "ann", "dan", "dan"], "name": ["Dan", "Ann", "Daniel", None]})
    vault.keep(orders, now=NOW)
    assert read(vault, ["dan"], "name") == [{"customer_id": "dan", "name": "Daniel"}]


def test_a_person_spread_over_two_batches_is_one_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motherlode.vault.store._ROWS_A_BATCH", 2)
    vault = open_vault(URL, tmp_path)
    spread = pa.table(
        {"customer_id": ["ann"] * 5, "name": ["a", "b", "c", "d", None], "email": [None, "a@x.com", None, None, None]}
    )
    vault.keep(spread, now=NOW)
    assert read(vault, ["ann"], "name", "email") == [{"customer_id": "ann", "name": "d", "email": "a@x.com"}]
    assert vault.find("email", "a@x.com") == ["ann"]
    vault.close()


def test_rows_without_a_person_or_without_a_value_are_left_out(vault: Vault) -> None:
    assert vault.keep(pa.table({"customer_id": [None, "", "dan"], "name": ["Nobody", "No one", None]}), now=NOW) == 0
    assert vault.count() == 3


def test_records_must_say_whose_they_are(vault: Vault) -> None:
    with pytest.raises(ContractError, match="customer_id"):
        vault.keep(pa.table({"name": ["Ann"]}), now=NOW)


def test_no_records_are_no_work(vault: Vault) -> None:
    assert vault.keep(PEOPLE.slice(0, 0), now=NOW) == 0


def test_dates_are_kept_as_they_are_written(vault: Vault) -> None:
    vault.keep(pa.table({"customer_id": ["ann"], "birthday": [datetime(1990, 1, 13).date()]}), now=NOW)
    assert read(vault, ["ann"], "birthday") == [{"customer_id": "ann", "birthday": "1990-01-13"}]


def test_a_vault_closed_and_opened_again_holds_the_same(vault: Vault, tmp_path: Path) -> None:
    vault.close()
    again = open_vault(URL, tmp_path)
    assert read(again, ["bob"], "name") == [{"customer_id": "bob", "name": "Canary Bob"}]
    assert again.count() == 3
    again.close()


def test_by_columns_and_by_rows_the_same_is_kept(tmp_path: Path) -> None:
    table = pa.table(
        {
            "customer_id": ["ann", "bob", "cat", "dan"],
            "name": ["Ann", None, None, "Dan"],
            "姓名 (held back)": ["安", None, None, "丹"],
            "phone": ["+8613800138000", None, None, None],
            "id_card": [None, "11010519491231002X", None, None],
        }
    )
    by_columns, by_rows = (open_vault(f"sqlite:///{name}/vault.sqlite", tmp_path, key_text=KEY) for name in "ab")
    assert by_columns.keep(table, now=NOW) == by_rows.keep(pa.concat_tables([table, table]), now=NOW) == 3
    people = ["ann", "bob", "cat", "dan"]
    kept = [vault.reveal_all(people, READING, now=NOW) for vault in (by_columns, by_rows)]
    assert kept[0] == kept[1] and list(kept[0]) == ["ann", "bob", "dan"]
    assert [vault.find("phone", "+8613800138000") for vault in (by_columns, by_rows)] == [["ann"], ["ann"]]
    by_columns.close()
    by_rows.close()


OLD_LAYOUT = """
CREATE TABLE subject_key (customer_id TEXT PRIMARY KEY, wrapped_key BLOB, key_version INTEGER, created_at TEXT);
CREATE TABLE personal (customer_id TEXT, sensitivity TEXT, blob BLOB, kept_at TEXT);
CREATE TABLE old (index_name TEXT, token BLOB, customer_id TEXT);
INSERT INTO subject_key SELECT customer_id, wrapped_key, key_version, '' FROM person;
INSERT INTO personal SELECT customer_id, 'ordinary', ordinary, '' FROM person WHERE ordinary IS NOT NULL
    UNION ALL SELECT customer_id, 'sensitive', sensitive, '' FROM person WHERE sensitive IS NOT NULL;
INSERT INTO old SELECT index_name, substr(tokens, 16 * key + 1, 16), value
    FROM blind, json_each(CAST(customer_ids AS TEXT));
DROP TABLE person; DROP TABLE blind; ALTER TABLE old RENAME TO blind;
"""


def test_a_vault_of_an_older_layout_opens_with_everything_in_it(vault: Vault, tmp_path: Path) -> None:
    before = vault.reveal_all(["ann", "bob", "cat"], READING, now=NOW)
    vault.close()
    for statement in OLD_LAYOUT.split(";"):
        rows(tmp_path, statement)
    again = open_vault(URL, tmp_path)
    assert again.reveal_all(["ann", "bob", "cat"], READING, now=NOW) == before
    assert again.find("email", "canary.cat@example.com") == ["cat"] and again.keep(PEOPLE, now=NOW) == 0
    again.close()


# --- blind tokens


def test_every_spelling_of_a_phone_has_one_token(vault: Vault) -> None:
    values, _ = normalise(pa.array(["13800138000", "+86 138 0013 8000", "１３８００１３８０００"]), phone)
    tokens = vault.tokens("phone", values).to_pylist()
    assert len(set(tokens)) == 1
    assert len(bytes.fromhex(tokens[0])) == 16


def test_a_masked_phone_has_no_token(vault: Vault) -> None:
    values, _ = normalise(pa.array(["138****8000", None, "", "1.38E+10"]), phone)
    assert vault.tokens("phone", values).to_pylist() == [None] * 4
    assert vault.tokens("phone", pa.array(["", None, " "])).to_pylist() == [None] * 3


def test_the_same_text_has_another_token_in_another_index(vault: Vault) -> None:
    text = pa.chunked_array([["12345678"]])
    assert vault.tokens("phone", text).to_pylist() != vault.tokens("id_card", text).to_pylist()


def test_tokens_follow_from_the_key_and_the_tenant(tmp_path: Path) -> None:
    opened = [
        open_vault(f"sqlite:///{number}/vault.sqlite", tmp_path, key_text=key, tenant=tenant)
        for number, (key, tenant) in enumerate([(KEY, "a"), (KEY, "a"), (KEY, "b"), ("a5" * 32, "a")])
    ]
    tokens = [vault.tokens("email", pa.array(["ann@example.com"]))[0].as_py() for vault in opened]
    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 3
    for vault in opened:
        vault.close()


def test_a_person_is_found_by_her_value(vault: Vault) -> None:
    vault.keep(one(customer_id="ann2", phone="+8613800138000"), now=NOW)
    assert vault.find("phone", "+8613800138000") == ["ann", "ann2"]
    assert vault.find("phone", "+8613700137000") == []


def test_an_old_value_finds_no_one(vault: Vault) -> None:
    vault.keep(one(customer_id="ann", email="ann@new.example"), now=NOW)
    assert vault.find("email", "canary.ann@example.com") == []
    assert vault.find("email", "ann@new.example") == ["ann"]


def test_many_who_come_one_by_one_are_all_found_and_lie_together(tmp_path: Path) -> None:
    vault = open_vault(URL, tmp_path)
    people = [f"c{number:04d}" for number in range(1500)]
    for start in range(0, 1500, 15):
        some = people[start : start + 15]
        vault.keep(pa.table({"customer_id": some, "email": [f"{who}@example.com" for who in some]}), now=NOW)
    assert all(vault.find("email", f"{who}@example.com") == [who] for who in people)
    runs = rows(tmp_path, "SELECT bucket, count(*), sum(length(tokens) / 16) FROM blind GROUP BY bucket")
    assert sum(tokens for *_, tokens in runs) == 1500 and max(many for _, many, _ in runs) <= MOST_RUNS
    vault.close()


def test_runs_of_one_bucket_become_one(vault: Vault) -> None:
    for number in range(MOST_RUNS + 5):
        vault.keep(one(customer_id=f"kin{number:03d}", phone="+8613900139000"), now=NOW)
    assert len(vault.find("phone", "+8613900139000")) == MOST_RUNS + 6
    vault.shred(*(f"kin{number:03d}" for number in range(MOST_RUNS + 5)), now=NOW)
    assert vault.find("phone", "+8613900139000") == ["bob"] and list(vault.suppressed()) == ["customer_id"]


def test_only_identifying_columns_have_an_index(vault: Vault) -> None:
    with pytest.raises(ContractError, match="`emial` has no blind index") as raised:
        vault.find("emial", "ann@example.com")
    assert "`email`" in raised.value.hint


# --- access


@pytest.mark.parametrize(("role", "purpose"), [("", "service"), ("service", ""), ("  ", " ")])
def test_nothing_is_read_without_role_and_purpose(vault: Vault, role: str, purpose: str) -> None:
    with pytest.raises(Refused, match="role and a purpose"):
        vault.reveal(["ann"], ["name"], Reading(role, purpose), now=NOW)
    (access,) = vault.accesses()
    assert (access["outcome"], access["revealed"]) == ("unnamed", 0)


def test_every_reading_is_logged(vault: Vault) -> None:
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    vault.reveal(["ann", "bob", "dan"], ["name", "phone"], READING, now=shanghai)
    assert vault.accesses() == [
        {
            "reading_id": 1,
            "read_at": NOW.replace(tzinfo=None),
            "actor": "",
            "role": "rights",
            "purpose": "rights",
            "reason": "",
            "outcome": "revealed",
            "asked": 3,
            "revealed": 2,
            "fields": ["name", "phone"],
        }
    ]


def test_reading_a_name_leaves_the_identity_number_shut(vault: Vault, tmp_path: Path) -> None:
    rows(tmp_path, "UPDATE person SET sensitive = zeroblob(60)")
    assert read(vault, ["ann"], "name") == [{"customer_id": "ann", "name": "Canary Ann"}]
    with pytest.raises(ContractError):
        read(vault, ["ann"], "id_card")


# --- files


def test_no_file_holds_a_personal_value(vault: Vault, tmp_path: Path) -> None:
    read(vault, ["ann", "bob", "cat"], "name", "phone", "email", "id_card")
    log = (tmp_path / "data" / "vault.sqlite-wal").read_bytes()
    assert b"ann" in log, "the scan must look at the log while it is full"
    assert [canary for canary in CANARIES if canary in everything(tmp_path)] == []
    rows(tmp_path, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert [canary for canary in CANARIES if canary in everything(tmp_path)] == []
    vault.close()
    assert b"ann" in everything(tmp_path), "the scan must look at the database itself"
    assert [canary for canary in CANARIES if canary in everything(tmp_path)] == []


def test_only_the_owner_reads_the_key_and_the_vault(vault: Vault, tmp_path: Path) -> None:
    paths = [tmp_path / "motherlode.key", *(tmp_path / "data").iterdir()]
    assert {path.name for path in paths} >= {"motherlode.key", "vault.sqlite", "vault.sqlite-wal"}
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}


def test_the_key_is_made_once_and_random(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "two", "one"):
        open_vault(URL, tmp_path / name).close()
        keys.add((tmp_path / name / "motherlode.key").read_text())
    assert len(keys) == 2
    assert {len(bytes.fromhex(key)) for key in keys} == {32}
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["data", "motherlode.key"]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    open_vault(URL, tmp_path).close()
    (tmp_path / "motherlode.key").chmod(0o640)
    with pytest.raises(ConfigError, match="others can read") as raised:
        open_vault(URL, tmp_path)
    assert raised.value.hint.startswith("chmod 600")


def test_a_wrong_key_is_refused(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not the key") as raised:
        open_vault(URL, tmp_path, key_text=KEY)
    assert KEY not in str(raised.value) + raised.value.hint


def test_a_lost_key_is_said_and_not_replaced(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "motherlode.key").rename(tmp_path / "elsewhere.key")
    with pytest.raises(ConfigError, match="is missing"):
        open_vault(URL, tmp_path)
    assert not (tmp_path / "motherlode.key").exists()
    again = open_vault(URL, tmp_path, key_file=Path("elsewhere.key"))
    assert again.count() == 3
    again.close()


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "5a" * 31])
def test_a_key_of_the_wrong_shape_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="not a key of 64"):
        open_vault(URL, tmp_path, key_text=text)


def test_a_key_given_as_text_leaves_no_file(tmp_path: Path) -> None:
    open_vault(URL, tmp_path, key_text=KEY + "\n").close()
    assert not (tmp_path / "motherlode.key").exists()
    assert KEY.encode() not in everything(tmp_path)
    assert bytes.fromhex(KEY) not in everything(tmp_path)


def test_a_vault_without_a_place_for_its_key_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no key"):
        open_vault("sqlite://", tmp_path)


def test_another_tenant_is_refused(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tenant"):
        open_vault(URL, tmp_path, tenant="neighbour")


def test_a_file_that_is_no_vault_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "vault.sqlite").write_text("no database " * 200)
    with pytest.raises(EngineError, match="not a database"):
        open_vault(URL, tmp_path)


# --- tampering


def test_a_changed_record_is_seen(vault: Vault, tmp_path: Path) -> None:
    ((blob,),) = rows(tmp_path, "SELECT ordinary FROM person WHERE customer_id = 'bob'")
    for at in (0, 12, len(blob) - 1):
        changed = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        rows(tmp_path, "UPDATE person SET ordinary = ? WHERE customer_id = 'bob'", changed)
        with pytest.raises(ContractError, match="`bob` does not open") as raised:
            read(vault, ["bob"], "name")
        assert "Canary" not in str(raised.value) + raised.value.hint


def swap_blobs(root: Path) -> None:
    blobs = dict(rows(root, "SELECT customer_id, ordinary FROM person"))
    for who, other in (("bob", "cat"), ("cat", "bob")):
        rows(root, "UPDATE person SET ordinary = ? WHERE customer_id = ?", blobs[who], other)


def swap_keys(root: Path) -> None:
    keys = dict(rows(root, "SELECT customer_id, wrapped_key FROM person"))
    for who, other in (("bob", "cat"), ("cat", "bob")):
        rows(root, "UPDATE person SET wrapped_key = ? WHERE customer_id = ?", keys[who], other)


@pytest.mark.parametrize("swaps", [(swap_blobs,), (swap_keys,), (swap_blobs, swap_keys)])
def test_two_swapped_people_are_seen(vault: Vault, tmp_path: Path, swaps: tuple) -> None:
    for swap in swaps:
        swap(tmp_path)
    for who in ("bob", "cat"):
        with pytest.raises(ContractError, match="does not open"):
            read(vault, [who], "name")


def test_two_swapped_records_of_one_person_are_seen(vault: Vault, tmp_path: Path) -> None:
    rows(tmp_path, "UPDATE person SET ordinary = sensitive, sensitive = ordinary WHERE customer_id = 'ann'")
    with pytest.raises(ContractError, match="does not open"):
        read(vault, ["ann"], "name")


def test_a_failed_keep_changes_nothing(vault: Vault, tmp_path: Path) -> None:
    rows(tmp_path, "UPDATE person SET ordinary = zeroblob(60) WHERE customer_id = 'cat'")
    news = pa.table({"customer_id": ["ann", "cat", "dan"], "name": ["A", "C", "D"]})
    with pytest.raises(ContractError):
        vault.keep(news, now=NOW)
    assert read(vault, ["ann", "dan"], "name") == [{"customer_id": "ann", "name": "Canary Ann"}]


def test_an_engine_error_and_a_repr_show_no_value(vault: Vault, tmp_path: Path) -> None:
    rows(tmp_path, "DROP TABLE blind")
    with pytest.raises(EngineError, match="no such table: blind") as raised:
        vault.keep(one(customer_id="dan", name="Canary Dan", email="canary.dan@example.com"), now=NOW)
    key = (tmp_path / "motherlode.key").read_text().strip()
    shown = f"{raised.value!s} {raised.value!r} {vault!r} {vault._keys!r}"
    assert not any(secret in shown for secret in ("anary", key))


# --- forgetting


def test_a_shredded_person_is_simply_absent(vault: Vault) -> None:
    vault.shred("ann", now=NOW)
    assert read(vault, ["ann", "bob"], "name") == [{"customer_id": "bob", "name": "Canary Bob"}]
    assert vault.find("phone", "+8613800138000") == []
    assert vault.count() == 2
    assert {name: len(tokens) for name, tokens in vault.suppressed().items()} == {
        "customer_id": 1, "phone": 1, "email": 1, "id_card": 1
    }  # fmt: skip


def test_a_phone_that_a_family_shares_is_not_suppressed_with_one_of_them(vault: Vault) -> None:
    vault.keep(one(customer_id="dad", phone="+8613900139000"), now=NOW)
    vault.shred("dad", now=NOW)
    assert vault.find("phone", "+8613900139000") == ["bob"]
    assert list(vault.suppressed()) == ["customer_id"]


def test_no_file_holds_anything_of_a_shredded_person(vault: Vault, tmp_path: Path) -> None:
    (remains,) = rows(tmp_path, "SELECT wrapped_key, ordinary, sensitive FROM person WHERE customer_id = 'ann'")
    assert len(remains) == 3
    assert all(piece in everything(tmp_path) for piece in remains)
    vault.shred("ann", now=NOW)
    assert [piece for piece in [*remains, *CANARIES, b"ann"] if piece in everything(tmp_path)] == []


def test_no_destroyed_key_survives_in_a_vault_that_grew_and_changed(tmp_path: Path) -> None:
    vault = open_vault(URL, tmp_path)
    ids = [f"c{number * 7919 % 6000:05d}" for number in range(6000)]
    for start in range(0, 6000, 1500):
        some = ids[start : start + 1500]
        vault.keep(pa.table({"customer_id": some, "email": [f"{who}@example.com" for who in some]}), now=NOW)
    vault.keep(pa.table({"customer_id": ids[::3], "address": ["a much longer record " * 5] * 2000}), now=NOW)
    leaving = ids[::5]
    keys = dict(rows(tmp_path, "SELECT customer_id, wrapped_key FROM person"))
    vault.shred(*leaving, now=NOW)
    files = everything(tmp_path)
    assert [who for who in leaving if keys[who] in files] == []
    assert all(keys[who] in files for who in ids[1::5])
    vault.close()


def test_a_shredded_person_does_not_come_back_with_an_old_file(vault: Vault) -> None:
    vault.shred("ann", now=NOW)
    assert vault.keep(PEOPLE, now=NOW + timedelta(days=1)) == 0
    assert read(vault, ["ann"], "name") == []


def test_shredding_again_after_an_older_backup_forgets_again(vault: Vault, tmp_path: Path) -> None:
    backup = sqlite3.connect(tmp_path / "backup.sqlite")
    source = sqlite3.connect(tmp_path / "data" / "vault.sqlite")
    source.backup(backup)
    source.close()
    backup.close()
    vault.shred("ann", now=NOW)
    suppressed = vault.suppressed()
    vault.close()
    for path in (tmp_path / "data").iterdir():
        path.unlink()
    (tmp_path / "backup.sqlite").rename(tmp_path / "data" / "vault.sqlite")
    restored = open_vault(URL, tmp_path)
    assert restored.count() == 3
    assert restored.shred_again(suppressed, now=NOW) == ["ann"]
    assert restored.count() == 2
    assert restored.find("email", "canary.ann@example.com") == []
    restored.close()


def test_shredding_twice_or_a_stranger_does_no_harm(vault: Vault) -> None:
    vault.shred("ann", "zoe", now=NOW)
    vault.shred("ann", now=NOW + timedelta(days=1))
    assert len(vault.suppressed()["customer_id"]) == 2
    assert vault.keep(one(customer_id="zoe", name="Zoe"), now=NOW) == 0
    assert vault.count() == 2


def test_a_key_still_being_read_is_not_called_destroyed(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motherlode.vault.engine._WAIT_SECONDS", 0)
    impatient = open_vault(URL, tmp_path)
    reader = sqlite3.connect(tmp_path / "data" / "vault.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM person").fetchall()
    with pytest.raises(EngineError, match="still being read"):
        impatient.shred("ann", now=NOW)
    reader.close()
    impatient.shred("ann", now=NOW)
    assert (tmp_path / "data" / "vault.sqlite-wal").stat().st_size == 0
    impatient.close()


# --- crashes and company

KEEP_FOR_EVER = """
import sys
from datetime import datetime
from pathlib import Path
import pyarrow as pa
import motherlode.vault
from motherlode.vault import open_vault

motherlode.vault.engine._CACHE_KIB = 64  # rows reach the log long before the commit
vault = open_vault("sqlite:///data/vault.sqlite", Path(sys.argv[1]))
ids = [f"c{n:06d}" for n in range(150_000)]
people = pa.table({"customer_id": ids, "name": ["Canary"] * len(ids), "email": [f"{who}@example.com" for who in ids]})
print("ready", flush=True)
vault.keep(people, now=datetime(2026, 1, 1))
print("kept", flush=True)
"""


def test_a_vault_killed_in_the_middle_of_keeping_holds_what_it_held(vault: Vault, tmp_path: Path) -> None:
    log = tmp_path / "data" / "vault.sqlite-wal"
    command = [sys.executable, "-c", KEEP_FOR_EVER, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        while child.poll() is None and log.stat().st_size < 10_000_000:
            os.sched_yield()
        child.send_signal(signal.SIGKILL)
        assert child.stdout.read() == "", "the child must die before it is done"
    assert log.stat().st_size >= 10_000_000, "rows of the unfinished keep must stand in the log"
    assert vault.count() == 3
    assert read(vault, ["bob"], "name") == [{"customer_id": "bob", "name": "Canary Bob"}]
    assert vault.keep(one(customer_id="dan", name="Dan"), now=NOW) == 1
    assert rows(tmp_path, "PRAGMA integrity_check") == [("ok",)]


def test_two_vaults_open_at_once_see_each_other(vault: Vault, tmp_path: Path) -> None:
    other = open_vault(URL, tmp_path)
    other.keep(one(customer_id="ann", name="Ann Two"), now=NOW)
    other.keep(one(customer_id="dan", name="Dan"), now=NOW)
    assert vault.keep(one(customer_id="dan", email="dan@example.com"), now=NOW) == 1
    assert [row["name"] for row in read(vault, ["ann", "dan"], "name")] == ["Ann Two", "Dan"]
    other.close()


def test_two_writers_of_the_same_people_both_count(tmp_path: Path) -> None:
    ids = [f"c{number:04d}" for number in range(3000)]
    vaults = [open_vault(URL, tmp_path) for _ in range(2)]
    columns = ["name", "email"]

    def keep(vault: Vault, column: str) -> None:
        for start in range(0, 3000, 300):
            some = ids[start : start + 300]
            vault.keep(pa.table({"customer_id": some, column: [f"{column} {who}" for who in some]}), now=NOW)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(keep, vaults, columns))
    assert read(vaults[0], ids, *columns) == [
        {"customer_id": who, "name": f"name {who}", "email": f"email {who}"} for who in ids
    ]
    for vault in vaults:
        vault.close()


def test_a_vault_that_another_holds_too_long_is_said(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motherlode.vault.engine._WAIT_SECONDS", 0)
    impatient = open_vault(URL, tmp_path)
    holder = sqlite3.connect(tmp_path / "data" / "vault.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(EngineError, match="locked"):
        impatient.keep(one(customer_id="dan", name="Dan"), now=NOW)
    assert impatient.find("phone", "+8613800138000") == ["ann"], "a reader need not wait"
    open_vault(URL, tmp_path).close()
    holder.close()
    impatient.close()


# --- rotation


def test_after_a_rotation_every_key_is_wrapped_anew_and_everything_opens_as_before(tmp_path: Path) -> None:
    path = tmp_path / "motherlode.key"
    opened = open_vault(URL, tmp_path)
    opened.keep(PEOPLE, now=NOW)
    before, token = rows(tmp_path, "SELECT wrapped_key FROM person"), opened.token("phone", "+8613800138000")
    opened.close()
    add_key(path)
    assert path.stat().st_mode & 0o077 == 0 and len(path.read_text().split()) == 2
    again = open_vault(URL, tmp_path)
    assert read(again, ["ann"], "phone") == [{"customer_id": "ann", "phone": "+8613800138000"}]
    assert again.rewrap() == 3 and again.rewrap() == 0
    after = rows(tmp_path, "SELECT wrapped_key FROM person WHERE key_version = 2")
    assert len(after) == 3 and not set(before) & set(after)
    assert read(again, ["ann"], "phone") == [{"customer_id": "ann", "phone": "+8613800138000"}]
    assert again.token("phone", "+8613800138000") == token and again.find("phone", "+8613800138000") == ["ann"]
    again.keep(one(customer_id="dan", name="Dan"), now=NOW)
    again.close()
    path.write_text(path.read_text().split()[0] + "\n")
    older = open_vault(URL, tmp_path)
    with pytest.raises(ConfigError, match="wrapping key 2 is missing"):
        read(older, ["ann"], "phone")
    older.close()


# --- finding


def test_people_are_found_by_the_end_of_a_phone_and_by_a_name_until_they_change_or_are_shredded(tmp_path: Path) -> None:
    opened = open_vault(URL, tmp_path)
    opened.keep(one(customer_id="dan", name="Dan  Zhou", phone="+8613900001234"), now=NOW)
    opened.keep(one(customer_id="eve", name="ＤＡＮ zhou", phone="+8613811111234"), now=NOW)
    assert opened.find("phone_tail", "1234") == ["dan", "eve"] == opened.find("whole_name", "danzhou")
    opened.keep(one(customer_id="eve", phone="+8613811119999"), now=NOW)
    assert (opened.find("phone_tail", "1234"), opened.find("phone_tail", "9999")) == (["dan"], ["eve"])
    # Nobody is kept out for ever because a phone ends like hers, or for her name.
    opened.shred("dan", now=NOW)
    assert not {"phone_tail", "whole_name"} & set(opened.suppressed())
    assert opened.find("phone_tail", "1234") == [] and opened.find("whole_name", "danzhou") == ["eve"]
    opened.close()
