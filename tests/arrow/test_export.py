"""Rows as files that other programs read."""

import csv
import io
import json
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.arrow import export
from motherlode.errors import MotherlodeError

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
ROWS = pa.table(
    {
        "who": ["王小明", "=cmd|' /C calc'!A0", None],
        "net": pa.array([-5.25, math.nan, math.inf]),
        "paid": pa.array([Decimal("-1234.5600"), None, Decimal("0.1000")], pa.decimal128(18, 4)),
        "n": pa.array([-3, None, 2**53], pa.int64()),
        "on": pa.array([date(2024, 2, 29), None, None]),
        "at": pa.array([datetime(2024, 2, 29, 8, 30), None, None], pa.timestamp("us")),
        "new": [True, False, None],
    }
)


def written(kind, rows=ROWS):
    out = io.BytesIO()
    export.write(rows, kind, out)
    return out.getvalue()


def as_csv(rows):
    return list(csv.DictReader(io.StringIO(written("csv", rows).decode())))


def test_csv_on_a_stream_is_plain_utf8_and_in_a_file_begins_with_the_mark_that_excel_needs(tmp_path):
    assert written("csv").startswith(b"who,net,")
    export.write_file(ROWS, tmp_path / "list.csv", "csv")
    assert (tmp_path / "list.csv").read_bytes() == b"\xef\xbb\xbf" + written("csv")


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_cell_or_header_of_a_csv_is_a_formula(text):
    (row,) = as_csv(pa.table({text: [text]}))
    assert row == {f"'{text}": f"'{text}"}


def test_negative_numbers_stay_numbers():
    first = as_csv(ROWS)[0]
    assert (first["net"], first["paid"], first["n"]) == ("-5.25", "-1234.56", "-3")


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")), min_size=1))
def test_every_other_text_comes_back_from_a_csv_as_it_was(texts):
    harmless = [text for text in texts if not text.startswith(export.FORMULA_STARTS)]
    rows = pa.table({"n": list(range(len(harmless))), "text": pa.array(harmless, pa.string())})
    read = list(csv.reader(io.StringIO(written("csv", rows).decode(), newline="")))
    assert [row[1] for row in read[1:]] == harmless


def test_json_is_an_array_with_an_object_a_line_and_no_nan():
    text = written("json").decode()
    assert json.loads(text, parse_constant=pytest.fail) == [
        {"who": "王小明", "net": -5.25, "paid": -1234.56, "n": -3, "on": "2024-02-29", "at": "2024-02-29T08:30:00",
         "new": True},
        {"who": "=cmd|' /C calc'!A0", "net": None, "paid": None, "n": None, "on": None, "at": None, "new": False},
        {"who": None, "net": None, "paid": 0.1, "n": 2**53, "on": None, "at": None, "new": None},
    ]  # fmt: skip
    assert len(text.splitlines()) == 5 and "王小明" in text


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx", "parquet"])
def test_no_rows_are_still_a_file_of_the_format(kind, tmp_path):
    path = tmp_path / f"none.{kind}"
    export.write_file(ROWS.slice(0, 0), path, kind)
    read = {
        "csv": lambda: len(path.read_text("utf-8-sig").splitlines()) - 1,
        "json": lambda: len(json.loads(path.read_text())),
        "xlsx": lambda: openpyxl.load_workbook(path).active.max_row - 1,
        "parquet": lambda: pyarrow.parquet.read_table(path).num_rows,
    }
    assert read[kind]() == 0


def test_values_within_values_are_written_too():
    nested = pa.table({"a": [[1.5, math.nan]], "b": [{"x": Decimal("2.5"), "t": time(8)}], "c": [timedelta(days=1)]})
    assert json.loads(written("json", nested)) == [
        {"a": [1.5, None], "b": {"x": 2.5, "t": "08:00:00"}, "c": "1 day, 0:00:00"}
    ]
    assert as_csv(nested)[0]["a"] == "[1.5, null]"
    assert written("xlsx", nested)


def test_an_excel_sheet_holds_texts_and_numbers_and_no_formula(tmp_path):
    path = tmp_path / "list.xlsx"
    texts = pa.table({"text": [*DANGEROUS, "https://example.com", "007", "x" * 40_000], "n": [*range(8), -1.5]})
    export.write_file(texts, path, "xlsx")
    sheet = openpyxl.load_workbook(path).active
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert [cell.value.replace("_x000D_", "\r") for cell in cells[:8]] == [*DANGEROUS, "https://example.com", "007"]
    assert len(cells[8].value) == export.EXCEL_LETTERS
    assert sheet["B10"].value == -1.5 and sheet["B10"].data_type == "n"


def test_an_excel_sheet_shows_chinese_and_leaves_out_what_is_no_number(tmp_path):
    path = tmp_path / "list.xlsx"
    export.write_file(ROWS, path, "xlsx")
    values = list(openpyxl.load_workbook(path).active.values)
    assert values[0] == tuple(ROWS.schema.names)
    assert values[1][:4] == ("王小明", -5.25, -1234.56, -3) and values[2][1:3] == (None, None)


def test_more_rows_than_a_sheet_holds_are_refused_before_the_file_is_touched(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_text("before")
    many = pa.table({"n": pa.nulls(export.EXCEL_ROWS + 1)})
    with pytest.raises(MotherlodeError, match="1,048,576 rows do not fit") as told:
        export.write_file(many, path, "xlsx")
    assert "--format csv" in told.value.hint
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ["before"]


def test_parquet_comes_back_as_it_was(tmp_path):
    export.write_file(ROWS, tmp_path / "list.parquet", "parquet")
    back = pyarrow.parquet.read_table(tmp_path / "list.parquet")
    assert back.schema.equals(ROWS.schema)
    assert back.drop_columns("net").to_pylist() == ROWS.drop_columns("net").to_pylist()


def test_rows_in_many_batches_are_all_written():
    many = pa.table({"n": range(25_001)})
    assert [row["n"] for row in json.loads(written("json", many))] == list(range(25_001))
    assert len(as_csv(many)) == 25_001


def test_an_unknown_format_is_told_with_those_there_are():
    with pytest.raises(MotherlodeError, match="`txt`") as told:
        written("txt")
    assert told.value.hint == "one of csv, json, xlsx, parquet"
