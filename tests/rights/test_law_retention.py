"""What is past its time goes by itself."""

from datetime import date, datetime
from pathlib import Path

import pytest

from motherlode.access import FIELD_CLASSES, Reading
from motherlode.govern.retention import retention
from motherlode.project import Project
from motherlode.rights import expiry
from motherlode.schemas import INPUTS
from small_project import said

NOW = datetime(2026, 3, 1, 12)
SETTINGS = """
name = "clock-shop"
[sources.sales]
path = "inbox/sales.csv"
table = "orders"
columns = { order_id = "no", customer_id = "who", ordered_at = "day", amount = "paid" }
[sources.visits]
path = "inbox/visits.csv"
table = "events"
columns = { customer_id = "who", occurred_at = "day", event = "event" }
[sources.people]
path = "inbox/people.csv"
table = "customers"
columns = { customer_id = "who", name = "name", phone = "phone", id_card = "card", city = "city" }
[tables.retention]
orders_days = 3650
customers_days = 3650
events_days = 1095
identity_days = 1095
contact_days = 1095
sensitive_days = 365
"""
PEOPLE = """who,name,phone,card,city
ann,Ann Old,13800138001,11010519491231002X,上海
bob,Bob New,13800138002,,上海
cat,Cat Unseen,13800138003,,上海
"""


def write(root: Path, sales: str, visits: str) -> None:
    (root / "inbox").mkdir(exist_ok=True)
    (root / "motherlode.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "inbox" / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (root / "inbox" / "sales.csv").write_text("no,who,day,paid\n" + sales, encoding="utf-8")
    (root / "inbox" / "visits.csv").write_text("who,day,event\n" + visits, encoding="utf-8")


@pytest.fixture
def shop(tmp_path):
    write(
        tmp_path,
        "1,ann,2012-05-01,10\n2,ann,2015-05-01,10\n3,bob,2019-12-01,10\n",
        "ann,2014-05-01,view\nbob,2019-11-30,view\n",
    )
    with Project(tmp_path) as project:
        project.load()
        yield project


def days(project: Project, source: str) -> list[str]:
    rows = project.warehouse.expression(f"loaded.{source}")
    happened = rows.ordered_at if source == "sales" else rows.occurred_at
    return sorted(str(day) for day in project.query(rows.select(day=happened.date()))["day"])


def test_pipl_19_gdpr_5_rows_and_fields_go_with_the_run_that_finds_them_past_their_time(shop):
    shop.run(date(2015, 6, 1))
    assert not shop.expired
    shop.run(date(2016, 12, 1))
    assert shop.expired.people == {"sensitive": 1}
    shop.run(date(2017, 12, 1))
    assert (shop.expired.rows, shop.expired.people) == ({"events": 1}, {})
    shop.run(date(2018, 12, 1))
    assert (shop.expired.rows, shop.expired.people) == ({}, {"identity": 1, "contact": 1})
    assert days(shop, "sales") == ["2012-05-01", "2015-05-01", "2019-12-01"]
    assert days(shop, "visits") == ["2019-11-30"]
    reading = Reading("rights", "rights")
    assert shop.vault.reveal_all(["ann", "bob"], reading, now=NOW) == {
        "ann": {}, "bob": {"name": "Bob New", "phone": "+8613800138002"},
    }  # fmt: skip
    assert shop.vault.find("phone", "+8613800138001") == []
    assert shop.vault.find("phone", "+8613800138003") == ["cat"], "whose last day nobody knows stays"
    assert [entry["day"] for entry in shop.audit.entries(99) if entry["what"] == "retention"] == [
        "2016-12-01", "2017-12-01", "2018-12-01",
    ]  # fmt: skip


def test_pipl_19_a_run_for_a_day_far_ahead_deletes_nothing_that_is_in_its_time(shop):
    shop.run(date(2100, 1, 1))
    assert days(shop, "sales") == ["2012-05-01", "2015-05-01", "2019-12-01"]


def test_pipl_19_when_time_goes_on_in_the_data_old_rows_go(shop):
    shop.run()
    write(shop.root, "1,ann,2012-05-01,10\n3,bob,2019-12-01,10\n4,bob,2024-02-01,10\n", "bob,2024-01-01,view\n")
    shop.load()
    shop.run()
    assert shop.expired.rows == {"orders": 1, "customers": 1}
    assert days(shop, "sales") == ["2019-12-01", "2024-02-01"]
    assert shop.table("refine.accounting").to_dicts()[-1]["came"] == 2


def test_periods_are_settings_and_nought_keeps_for_ever(shop):
    config = shop.config
    longer = config.__class__(root=config.root, tables={"retention": {"events_days": 0, "sensitive_days": 0}})
    assert expiry.periods(longer, shop.graph)["events"] == 0
    gone = expiry.expire(longer, shop.stores, shop.graph, date(2017, 12, 1), now=NOW)
    assert not gone


def test_every_input_about_people_and_every_class_of_fields_has_a_period():
    named = {row["data"] for row in retention().to_pylist()}
    people = {name for name, table in INPUTS.items() if any(column.name == "customer_id" for column in table.columns)}
    assert {*people, *FIELD_CLASSES} - named == {"consents"}, "proofs of consent are kept"


@pytest.mark.parametrize(
    ("lang", "told"),
    [("zh", "保存期限已到：删除行为 1 行"), ("en", "past their time: 1 rows of Events deleted")],
)
def test_a_run_says_what_went(shop, lang, told):
    shop.close()
    done = said("run", "--as-of", "2019-12-01", at=shop.root, lang=lang)
    assert done.exit_code == 0 and told in done.output
    shown = said("table", "govern.retention", at=shop.root, lang=lang)
    assert "1,095" in shown.output or "1095" in shown.output
