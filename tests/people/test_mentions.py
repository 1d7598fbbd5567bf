"""People who are named in what others wrote, after they were erased."""

from datetime import datetime
from pathlib import Path

import pytest

from loading import project, written
from motherlode import backup
from motherlode.people import mentions
from motherlode.privacy import requests
from motherlode.privacy.requests import Request
from motherlode.project import Project

SETTINGS = """
[sources.people]
path = "inbox/people.csv"
table = "customers"
columns = { customer_id = "who", name = "name", phone = "phone", address = "address" }
[sources.voices]
path = "inbox/voices.csv"
table = "feedback"
columns = { customer_id = "who", given_at = "day", text = "words" }
"""
PEOPLE = ["who,name,phone,address", "ada,Ada Zqlovelace,13800138000,1 Analytical Row", "gao,高兴,13900139000,"]
VOICES = [
    "who,day,words",
    "bob,2024-05-06,ada zqlovelace was rude to me",
    ",2024-05-06,ask Ada Zqlovelace at 1 Analytical Row",
    "bob,2024-05-07,服务很好我很高兴",
    "cat,2024-05-07,高兴先生 was kind and Joada Zqlovelacey too",
]
REQUEST = Request("passport", "tests", datetime(2026, 3, 1))


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    with project(tmp_path, SETTINGS, people_csv=PEOPLE, voices_csv=VOICES) as shop:
        shop.load()
        shop.run()
        yield shop


def words(shop: Project) -> list[str]:
    return sorted(row["text"] for row in shop.table("refine.feedback"))


def test_gdpr_17_a_whole_name_is_crossed_out_in_the_words_of_others_and_of_nobody(shop):
    erased = requests.erase(shop, ["ada"], REQUEST, lambda rows: True)
    assert words(shop) == [
        "**** was rude to me", "ask **** at ****", "服务很好我很高兴", "高兴先生 was kind and Joada Zqlovelacey too",
    ]  # fmt: skip
    assert "ada zqlovelace " not in written(shop).lower() and erased.to_read == 0
    # Each of two cells as it was loaded and as it was refined.
    assert erased.crossed_out == 4


def test_a_name_that_is_also_a_word_is_crossed_out_beside_what_makes_it_a_name_and_else_counted(shop):
    erased = requests.erase(shop, ["gao"], REQUEST, lambda rows: True)
    assert "服务很好我很高兴" in words(shop) and "**** was kind and Joada Zqlovelacey too" in words(shop)
    assert (erased.crossed_out, erased.to_read) == (2, 1)


def test_who_is_named_in_no_words_costs_no_look_at_them(shop):
    named = mentions.named(shop.stores, ["nobody"], actor="test", reason="test", now=REQUEST.now)
    assert named == mentions.Named("", "") and mentions.cross_out(shop.warehouse, named) == 0


def test_gdpr_17_an_older_backup_does_not_bring_back_what_others_said_of_her(shop, tmp_path):
    backup.backup(shop, tmp_path / "copy")
    requests.erase(shop, ["ada"], REQUEST, lambda rows: True)
    shop.close()
    assert backup.restore(tmp_path, tmp_path / "copy", now=REQUEST.now).people == 1
    with Project(tmp_path) as again:
        assert "ada zqlovelace " not in written(again).lower()


def test_a_name_with_signs_of_patterns_is_crossed_out_as_it_stands(tmp_path):
    people = [PEOPLE[0], "odd,Zq (O+Neil) [x]*,,"]
    voices = [VOICES[0], "bob,2024-05-06,I met Zq (O+Neil) [x]* today"]
    with project(tmp_path, SETTINGS, people_csv=people, voices_csv=voices) as shop:
        shop.load()
        shop.run()
        requests.erase(shop, ["odd"], REQUEST, lambda rows: True)
        assert words(shop) == ["I met **** today"]
