"""The ledger: facts are added and read, none is changed."""

import sqlite3
from datetime import date, datetime

import pytest

from motherlode.errors import ConfigError, EngineError
from motherlode.ledger import open_ledger


def ran(day: date) -> dict[str, object]:
    at = datetime(2024, 7, 1, 9)
    return {"started_at": at, "finished_at": at, "as_of": day, "version": "1", "tables": {"profile.rfm": 3}}


@pytest.fixture
def ledger(tmp_path):
    store = open_ledger("sqlite:///data/ledger.sqlite", tmp_path)
    yield store
    store.close()


def test_facts_come_back_as_they_went_in_oldest_first(ledger):
    ledger.record("runs", [ran(date(2024, 6, 30))])
    ledger.record("runs", [ran(date(2024, 7, 31))])
    days = [(fact["run_id"], fact["as_of"], fact["tables"]) for fact in ledger.read("runs")]
    assert days == [(1, date(2024, 6, 30), {"profile.rfm": 3}), (2, date(2024, 7, 31), {"profile.rfm": 3})]


def test_the_last_run_is_the_one_recorded_last_not_the_one_as_of_the_latest_day(ledger):
    assert ledger.last_run() is None
    ledger.record("runs", [ran(date(2024, 7, 31)), ran(date(2024, 6, 30))])
    assert ledger.last_run()["as_of"] == date(2024, 6, 30)


def test_facts_of_one_call_are_recorded_together_or_not_at_all(ledger):
    with pytest.raises(Exception, match="NOT NULL"):
        ledger.record("runs", [ran(date(2024, 6, 30)), ran(None)])
    assert ledger.read("runs") == []


def test_a_ledger_of_an_older_version_gets_the_columns_that_it_lacks(tmp_path):
    older = sqlite3.connect(tmp_path / "ledger.sqlite")
    older.execute("CREATE TABLE cuts (cut_id INTEGER PRIMARY KEY, customer_id TEXT, other_kind TEXT, actor TEXT)")
    older.execute("INSERT INTO cuts VALUES (1, 'ann', 'email', 'me')")
    older.commit()
    older.close()
    store = open_ledger("sqlite:///ledger.sqlite", tmp_path)
    (fact,) = store.read("cuts")
    store.close()
    assert (fact["customer_id"], fact["other"], fact["made_at"]) == ("ann", None, None)


def test_a_fact_about_two_people_goes_with_either(ledger):
    pair = {"decision": "later", "actor": "ann", "bits": 9.0, "made_at": datetime(2024, 7, 1)}
    couples = [("c1", "c2"), ("c3", "c1"), ("c3", "c2")]
    ledger.record("likely_pairs", [{"customer_id": one, "other": two, **pair} for one, two in couples])
    assert len(ledger.about("likely_pairs", ["c1"])) == 2
    assert ledger.forget(["c1"])["likely_pairs"] == 2
    assert [(fact["customer_id"], fact["other"]) for fact in ledger.read("likely_pairs")] == [("c3", "c2")]


def test_no_facts_are_no_work(ledger):
    ledger.record("runs", [])
    assert ledger.read("runs") == []


def test_facts_outlive_the_process_that_wrote_them(tmp_path):
    for _ in range(2):
        store = open_ledger("sqlite:///data/ledger.sqlite", tmp_path)
        store.record("runs", [ran(date(2024, 6, 30))])
        store.close()
    store = open_ledger("sqlite:///data/ledger.sqlite", tmp_path)
    assert len(store.read("runs")) == 2
    store.close()


@pytest.mark.parametrize("url", ["ledger.sqlite", "mongo://me:s3cret@host/x", "", "://"])
def test_a_url_of_no_known_database_is_a_question_of_configuration_and_is_not_repeated(url, tmp_path):
    with pytest.raises(ConfigError, match="ledger = … is no URL") as told:
        open_ledger(url, tmp_path)
    assert "s3cret" not in told.value.message and told.value.hint


def test_a_driver_that_is_not_installed_is_named(tmp_path):
    with pytest.raises(ConfigError) as told:
        open_ledger("oracle://me:s3cret@host/x", tmp_path)
    assert told.value.hint.startswith("pip install ") and "s3cret" not in told.value.message


def test_a_file_that_cannot_be_made_is_told_with_its_place(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger.sqlite").mkdir()
    with pytest.raises(EngineError, match=r"cannot be opened") as told:
        open_ledger("sqlite:///data/ledger.sqlite", tmp_path)
    assert str(tmp_path) in told.value.message
