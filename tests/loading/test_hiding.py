"""Personal values within words, on the way in."""

import json
from datetime import datetime

import pyarrow as pa

from motherlode.access import Reading
from motherlode.loading.hiding import hide_within
from motherlode.project import Project
from small_project import said

SETTINGS = """
name = "voices"
[sources.voices]
path = "inbox/voices.csv"
table = "feedback"
columns = { customer_id = "who", given_at = "day", text = "words" }
"""


def test_a_phone_in_a_comment_does_not_reach_the_warehouse(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "motherlode.toml").write_text(SETTINGS, encoding="utf-8")
    lines = "who,day,words,note\nann,2024-05-06,电话 13800138777 打给我,call back on +86 138 0013 8778\n"
    (tmp_path / "inbox" / "voices.csv").write_text(lines + "bob,2024-05-06,fine,nothing at all\n", encoding="utf-8")
    done = said("run", at=tmp_path)
    assert "personal values were hidden in 2 cells" in done.output
    with Project(tmp_path) as project:
        (row,) = [row for row in project.table("refine.feedback") if row["customer_id"] == "ann"]
        assert row["text"] == "电话 **** 打给我"
    stored = (tmp_path / "data" / "warehouse.duckdb").read_bytes()
    assert b"13800138777" not in stored and b"0013 8778" not in stored


def test_columns_that_nobody_asks_about_are_left_alone():
    codes = pa.table({"code": [f"+86 1380013{number:04}" for number in range(50)], "n": range(50)})
    assert hide_within(codes, ["n"]) == (codes, 0)


def test_equal_texts_are_looked_at_once_and_each_cell_is_counted():
    rows = pa.table({"text": ["打 +86 138 0013 8000", "fine", None, "打 +86 138 0013 8000"]})
    clean, hidden = hide_within(rows, ["text"])
    assert clean["text"].to_pylist() == ["打 ****", "fine", None, "打 ****"] and hidden == 2


def test_where_somebody_lives_is_hidden_where_people_write_what_they_like():
    rows = pa.table({"text": ["送到上海市浦东新区张杨路100号谢谢", "ship it to 12 High Street please", "道路 3 条"]})
    clean, hidden = hide_within(rows, ["text"], {"text"})
    assert clean["text"].to_pylist() == ["****谢谢", "ship it to **** please", "道路 3 条"] and hidden == 2
    assert hide_within(rows, ["text"]) == (rows, 0)


ORDERS = """
name = "shop"
[sources.orders]
path = "inbox/orders.csv"
table = "orders"
columns = { order_id = "no", customer_id = "who", ordered_at = "day", product_name = "what", amount = "paid" }
"""


def test_free_text_that_nobody_asked_for_is_personal_and_codes_and_categories_are_not(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "motherlode.toml").write_text(ORDERS, encoding="utf-8")
    lines = ["no,who,day,what,paid,spouse,parcel,size"]
    names = ("Zqada Byron", "Zqbea Miller", "Zqcleo Stone", "Zqdora Fields", "Zqeve Waters")
    for number, name in enumerate(names):
        what, day = f"cup for +86 1380013800{number}", f"2024-05-0{number + 1}"
        lines.append(f"o{number},c{number},{day},{what},9,{name},PX-{number},big")
    (tmp_path / "inbox" / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    assert said("run", at=tmp_path).exit_code == 0
    with Project(tmp_path) as project:
        (row, *_) = project.table("collect.raw_orders").to_dicts()
        assert row["product_name"] == "cup for ****" and set(json.loads(row["extra"])) == {"parcel", "size"}
        held = project.vault.reveal_all(["c0"], Reading("rights", "rights"), now=datetime(2026, 3, 1))
        assert held["c0"]["spouse"] == "Zqada Byron"
    stored = (tmp_path / "data" / "warehouse.duckdb").read_bytes()
    assert b"Zqada" not in stored and b"13800138000" not in stored


def test_files_are_looked_through_for_personal_data_before_they_are_loaded(tmp_path):
    (tmp_path / "inbox").mkdir()
    rows = [f"c{n},李{n},1380013{n:04},ann{n}@example.com,please call 电话 1380013{n:04},{n}" for n in range(20)]
    header = "customer_id,姓名,手机,contact2,comment,age"
    (tmp_path / "inbox" / "people.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    (tmp_path / "motherlode.toml").write_text('name = "x"', encoding="utf-8")
    done = said("govern", "scan", str(tmp_path / "inbox"), "--format", "json", at=tmp_path)
    found = {row["header"]: (row["holds"], row["field_class"], row["goes_to"]) for row in json.loads(done.stdout)}
    assert found["手机"] == ("phone", "contact", "vault")
    assert found["comment"] == ("free_text", "free_text", "vault_unsorted")
    assert found["contact2"][:2] == ("email", "contact") and "age" not in found
    shown = said("govern", "scan", str(tmp_path / "inbox"), at=tmp_path, lang="zh")
    assert "保险库" in shown.output


def test_a_mobile_beside_other_words_is_hidden_and_a_number_alone_is_not():
    rows = pa.table(
        {"what": ["green tea 13900000010", "会员13900000010", "13900000010", "pot 139000000101", "5.13900000010"]}
    )
    clean, hidden = hide_within(rows, ["what"])
    assert clean["what"].to_pylist() == [
        "green tea ****",
        "会员****",
        "13900000010",
        "pot 139000000101",
        "5.13900000010",
    ]
    assert hidden == 2


def test_a_number_of_an_order_that_is_an_e_mail_is_blind_and_equal_ones_stay_equal(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "motherlode.toml").write_text(ORDERS, encoding="utf-8")
    lines = [
        "no,who,day,what,paid",
        *(f"{no},c{n},2024-05-06,cup,9" for n, no in enumerate(("zq@a.cn", "o2", "zq@a.cn"))),
    ]
    (tmp_path / "inbox" / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    with Project(tmp_path) as project:
        project.load()
        ids = project.query(project.expression("collect.raw_orders"))["order_id"]
        assert ids == [
            f"k{project.vault.token('email', 'zq@a.cn')}",
            "o2",
            f"k{project.vault.token('email', 'zq@a.cn')}",
        ]
    assert b"zq@a.cn" not in (tmp_path / "data" / "warehouse.duckdb").read_bytes()
