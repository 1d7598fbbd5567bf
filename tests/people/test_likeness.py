"""Customers who stand twice are found by what the vault has of them, and somebody decides of those in doubt."""

from datetime import datetime

import pyarrow as pa
import pytest

from motherlode.errors import ContractError
from motherlode.people import likeness
from motherlode.project import Project

NOW = datetime(2026, 11, 1)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "motherlode.toml").write_text('name = "shop"\n')
    rows = [
        {"customer_id": f"c{number:03d}", "name": f"名字{number:03d}", "phone": f"+86138{number * 7919 % 10**8:08d}",
         "email": f"p{number * 31}@example.com", "birthday": f"19{40 + number % 50}-0{1 + number % 9}-1{number % 9}"}
        for number in range(120)
    ]  # fmt: skip
    rows += [{**row, "customer_id": f"d{number}", "email": None} for number, row in enumerate(rows[:6])]
    with Project(tmp_path) as opened:
        opened.vault.keep(pa.Table.from_pylist(rows), now=NOW)
        yield opened


def test_who_stands_twice_is_found_and_found_once(project):
    found = likeness.look(project.stores, actor="test", now=NOW)
    assert {(pair.customer_id, pair.other) for pair in found} == {(f"c00{number}", f"d{number}") for number in range(6)}
    assert {pair.decision for pair in found} == {"same"}
    assert likeness.look(project.stores, actor="test", now=NOW) == []


def test_a_name_of_a_file_and_the_two_parts_of_an_sdk_in_pinyin_are_one_person(project):
    people = {"欧阳晓彤": "Xiaotong Ouyang", "张伟": "Wei Zhang", "曾丽娜": "Lina Zeng", "吕强": "Qiang Lyu"}
    for number, (name, latin) in enumerate(people.items()):
        crm = {"name": name, "address": f"浙江省杭州市西湖区文三路{number}号", "birthday": f"1990-03-1{number}"}
        first, last = latin.split()
        web = {**crm, "name": None, "first_name": first, "last_name": last, "address": f"杭州西湖文三路{number}号"}
        for who, fields in ((f"crm-{number}", crm), (f"web-{number}", web)):
            project.vault.keep(pa.Table.from_pylist([{"customer_id": who, **fields}]), now=NOW)
    found = likeness.look(project.stores, actor="test", now=NOW)
    pairs = {(pair.customer_id, pair.other) for pair in found}
    assert {(f"crm-{number}", f"web-{number}") for number in range(4)} <= pairs


def test_what_somebody_decides_counts_last(project):
    likeness.look(project.stores, actor="test", now=NOW)
    likeness.decide(project.stores, "d1", "c001", "different", actor="test", now=NOW)
    (pair,) = [pair for pair in likeness.pairs(project.stores) if pair.customer_id == "c001"]
    assert pair.decision == "different" and pair.bits > 0
    with pytest.raises(ContractError):
        likeness.decide(project.stores, "d1", "d1", "same", actor="test", now=NOW)


def test_no_field_of_anybody_reaches_the_ledger(project):
    likeness.look(project.stores, actor="test", now=NOW)
    assert not any("example" in str(fact) or "名字" in str(fact) for fact in project.ledger.read("likely_pairs"))


def test_fields_of_a_pair_are_the_same_near_or_different_and_no_value_is_told(project):
    people = [
        {"customer_id": "a", "name": "张丽娜", "phone": "+8613812345678", "email": "lina@example.com"},
        {"customer_id": "b", "name": "张丽娜", "phone": "+8613812345679", "birthday": "1990-03-12"},
    ]
    project.vault.keep(pa.Table.from_pylist(people), now=NOW)
    some = [likeness.Pair("a", "b", 1.0, "open"), likeness.Pair("a", "gone", 1.0, "open")]
    (told, nothing) = likeness.compared(project.stores, some, actor="test", now=NOW)
    assert (told["name"], told["phone"], told["email"], told["birthday"]) == ("same", "near", "missing", "missing")
    assert nothing == {} and likeness.compared(project.stores, [], actor="test", now=NOW) == []
