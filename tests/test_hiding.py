"""Personal values within words, on the way in."""

import json

import pyarrow as pa

from motherlode.hiding import hide_in_prose, is_prose
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
    (tmp_path / "inbox" / "voices.csv").write_text(
        lines + "bob,2024-05-06,fine,nothing to add at all\n", encoding="utf-8"
    )
    done = said("run", at=tmp_path)
    assert "personal values were hidden in 2 cells" in done.output
    with Project(tmp_path) as project:
        (row,) = [row for row in project.table("refine.feedback") if row["customer_id"] == "ann"]
        assert row["text"] == "电话 **** 打给我"
    stored = (tmp_path / "data" / "warehouse.duckdb").read_bytes()
    assert b"13800138777" not in stored and b"0013 8778" not in stored


def test_columns_of_codes_are_not_looked_at():
    codes = pa.table({"code": [f"+86 1380013{number:04}" for number in range(50)], "n": range(50)})
    assert hide_in_prose(codes, ["n"]) == (codes, 0)


def test_days_and_hours_are_no_words():
    minutes = range(50)
    assert not is_prose(pa.chunked_array([[f"2024-05-06 13:{minute:02}:00" for minute in minutes]]))
    assert is_prose(pa.chunked_array([[f"call at 13:{minute:02}" for minute in minutes]]))
    assert is_prose(pa.chunked_array([[f"请下午{minute}点之后打电话" for minute in minutes]]))


def test_files_are_looked_through_for_personal_data_before_they_are_loaded(tmp_path):
    (tmp_path / "inbox").mkdir()
    rows = [f"c{n},李{n},1380013{n:04},ann{n}@example.com,please call 电话 1380013{n:04},{n}" for n in range(20)]
    header = "customer_id,姓名,手机,contact2,comment,age"
    (tmp_path / "inbox" / "people.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    (tmp_path / "motherlode.toml").write_text('name = "x"', encoding="utf-8")
    done = said("govern", "scan", str(tmp_path / "inbox"), "--format", "json", at=tmp_path)
    found = {row["header"]: (row["holds"], row["field_class"], row["goes_to"]) for row in json.loads(done.stdout)}
    assert found["手机"] == ("phone", "contact", "vault")
    assert found["comment"] == ("phone", "contact", "hidden")
    assert found["contact2"][:2] == ("email", "contact") and "age" not in found
    shown = said("govern", "scan", str(tmp_path / "inbox"), at=tmp_path, lang="zh")
    assert "保险库" in shown.output and "载入时以星号隐去" in shown.output
