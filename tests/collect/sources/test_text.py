import bz2
import csv
import gzip
import io

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motherlode.collect.sources import text
from motherlode.collect.sources.files import Files, files
from motherlode.collect.sources.layout import Layout
from motherlode.errors import ConfigError, ContractError


def test_cells_stay_as_they_came(read):
    assert read("a.csv", "id,amount\n007, 1.50 \n8,NULL\n9,\n").rows == [["007", " 1.50 "], ["8", "NULL"], ["9", ""]]


def test_quoted_cells_may_hold_delimiters_quotation_marks_and_line_ends(read):
    found = read("a.csv", 'id,remark\n1,"say ""hi"", then\r\nleave"\n2,"x\n\ny"\n')
    assert found.rows == [["1", 'say "hi", then\r\nleave'], ["2", "x\n\ny"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(read, delimiter):
    found = read("a.txt", "id,name,price\n1,Ann,2\n2,Bob,3\n".replace(",", delimiter))
    assert (found.names, found.rows) == (["id", "name", "price"], [["1", "Ann", "2"], ["2", "Bob", "3"]])


def test_decimal_commas_do_not_hide_the_semicolon(read):
    assert read("a.csv", "name;price\nx;1,5\ny;2,5\n").rows == [["x", "1,5"], ["y", "2,5"]]


def test_columns_may_be_set_apart_by_blanks(read):
    found = read("a.txt", " customer_id  date  value\r\n 00001 19970101  11.77\r\n 00002 19970112   12.00  \r\n")
    assert found.names == ["customer_id", "date", "value"]
    assert found.rows == [["00001", "19970101", "11.77"], ["00002", "19970112", "12.00"]]


def test_back_ticks_that_stand_before_every_cell_are_no_part_of_it(read):
    found = read(
        "bill.csv", "交易时间,商户订单号,金额\n`2024-05-06 10:00:00,`007,`1.00\n`2024-05-07 10:00:00,`008,``\n"
    )
    assert found.rows == [["2024-05-06 10:00:00", "007", "1.00"], ["2024-05-07 10:00:00", "008", ""]]
    assert read("a.csv", "name,price\n`quoted`,1\n").rows == [["`quoted`", "1"]]


def test_names_of_two_words_are_one_column(read):
    found = read("a.txt", "Customer Name\nAnn Lee\nBob Ray\n")
    assert (found.names, found.rows) == (["Customer Name"], [["Ann Lee"], ["Bob Ray"]])


def test_every_line_is_a_row_or_a_broken_line(read):
    found = read("a.csv", "a,b,c\n1,2\n1,2,3\n\n1,2,3,4\n   \n5,6,7\n")
    assert found.rows == [["1", "2", "3"], ["5", "6", "7"]]
    assert [(line.row, line.text, line.problem) for line in found.broken] == [
        (1, "1,2", "too_few_fields"),
        (3, "1,2,3,4", "too_many_fields"),
    ]


def test_broken_lines_of_a_file_with_stray_quotation_marks_are_numbered_alike(read):
    found = read("a.csv", 'a,b,c\n1,2\n1,5" pipe,"x\n\n1,2,3,4\n')
    assert found.rows == [["1", '5" pipe', '"x']]
    assert [(line.row, line.problem) for line in found.broken] == [(1, "too_few_fields"), (3, "too_many_fields")]


def test_a_broken_line_far_into_the_file_is_kept(read):
    good = "1,2,3\n" * 6_000_000
    found = [*_batches_of(read, "a.csv", "a,b,c\n" + good + "x,y\n" + "4,5,6\n")]
    assert sum(batch.rows.num_rows for batch in found) == 6_000_001
    assert [line.text for batch in found for line in batch.broken] == ["x,y"]
    assert [line.row for batch in found for line in batch.broken] == [6_000_001]
    assert len(found) > 1


def _batches_of(read, name, content):
    path = read.__closure__[0].cell_contents / name
    path.write_text(content)
    return text.batches(path, Layout())


def test_a_lone_quotation_mark_swallows_no_row(read):
    found = read("a.csv", 'a,b\n1,"x\n2,y\n3,"z"\n')
    assert found.rows == [["1", '"x'], ["2", "y"], ["3", "z"]]


def test_a_quotation_over_several_records_swallows_no_row(read):
    found = read("a.tsv", '1\t0.5\t"He came.\n2\t-1\tHe saw.\n3\t0.1\tHe won."\n')
    assert found.rows == [["1", "0.5", '"He came.'], ["2", "-1", "He saw."], ["3", "0.1", 'He won."']]


def test_numbers_kept_from_excel_by_a_formula_stay_whole(read):
    assert read("a.csv", 'id,name\n="0012",Ann\n="0013",Bob\n').rows == [['="0012"', "Ann"], ['="0013"', "Bob"]]


def test_all_line_ends_count(read):
    assert read("a.csv", b"a,b\r\n1,2\n3,4\r5,6\r\n\r\n7,8").rows == [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8"]]


def test_zero_bytes_are_letters(read):
    assert read("a.csv", b"a,b\n1,\x002\n").rows == [["1", "\x002"]]


@pytest.mark.parametrize("content", ["", "\n\n \r\n"])
def test_a_file_without_text_has_no_batches(tmp_path, content):
    (tmp_path / "a.csv").write_text(content)
    (piece,) = files(Files("a.csv", root=str(tmp_path)))
    assert list(piece.batches()) == []


@pytest.mark.parametrize("content", ["a,b", "a,b\n", '"a","b"\n\n'])
def test_headers_alone_give_one_batch_without_rows(tmp_path, content):
    (tmp_path / "a.csv").write_text(content)
    (piece,) = files(Files("a.csv", root=str(tmp_path)))
    (batch,) = piece.batches()
    assert (batch.rows.schema.names, batch.rows.num_rows) == (["a", "b"], 0)


def test_a_header_may_be_quoted_over_two_lines(read):
    found = read("a.csv", '会员ID,"金额\n(元)",城市\n1,2,上海\n')
    assert (found.names, found.rows) == (["会员ID", "金额\n(元)", "城市"], [["1", "2", "上海"]])


def test_titles_above_the_headers_are_passed_over(read):
    found = read("a.csv", "会员订单报表,,\n\n导出日期：2024-01-01\n会员ID,订单,金额（元）\n1,2,3\n合计,,3\n")
    assert (found.names, found.rows) == (["会员ID", "订单", "金额（元）"], [["1", "2", "3"], ["合计", "", "3"]])


def test_the_user_knows_where_the_headers_are(read):
    found = read("a.csv", "x\n\nid,v\n1,2\n", header=3)
    assert (found.names, found.rows) == (["id", "v"], [["1", "2"]])


def test_the_user_knows_that_there_are_no_headers(read):
    found = read("a.csv", "ann,paris\nbob,rome\n", header=0)
    assert (found.names, found.rows) == (["column_1", "column_2"], [["ann", "paris"], ["bob", "rome"]])


def test_a_header_beyond_the_end_is_refused(read):
    with pytest.raises(ConfigError, match="past the end"):
        read("a.csv", "a,b\n1,2\n", header=9)


def test_a_delimiter_is_one_character(read):
    with pytest.raises(ConfigError) as raised:
        read("a.csv", "a||b\n", delimiter="||")
    assert '"|"' in raised.value.hint


def test_a_delimiter_after_the_last_cell_loses_nothing(read):
    found = read("a.csv", "a,b\n1,2,\n3,4,\n")
    assert (found.names, found.rows) == (["a", "b", "column_3"], [["1", "2", ""], ["3", "4", ""]])


def test_a_delimiter_after_the_last_header_loses_nothing(read):
    found = read("a.csv", "a,b,\n1,2\n3,4\n")
    assert (found.names, found.rows, found.broken) == (["a", "b"], [["1", "2"], ["3", "4"]], [])


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [("gz", gzip.compress), ("bz2", bz2.compress), ("zst", lambda raw: pa.compress(raw, "zstd", asbytes=True))],
)
def test_packed_files_are_unpacked(read, suffix, pack):
    assert read(f"a.csv.{suffix}", pack(b"a,b\n1,2\n")).rows == [["1", "2"]]


def test_a_packed_file_cut_short_is_an_error_not_fewer_rows(read):
    with pytest.raises(ContractError, match=r"a\.csv\.gz"):
        read("a.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 100_000)[:-100])


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=8)


@given(st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_was_written_as_csv_comes_back(tmp_path, rows):
    width = len(rows[0]) if rows else 2
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([[f"h{i}" for i in range(width)], *rows])
    (tmp_path / "a.csv").write_text(written.getvalue(), encoding="utf-8", newline="")
    found = list(text.batches(tmp_path / "a.csv", Layout(delimiter=",", header=1, encoding="utf-8")))
    assert [list(row.values()) for batch in found for row in batch.rows.to_pylist()] == rows


@given(st.text(st.sampled_from('ab,"\n\r '), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
def test_no_letter_of_any_file_is_lost(tmp_path, content):
    """Whatever the quotation marks do, each letter of a line comes back in a row or in a broken line."""
    (tmp_path / "a.csv").write_text("h1,h2\n" + content, newline="")
    found = list(text.batches(tmp_path / "a.csv", Layout(delimiter=",", header=1)))
    rows = [cell for batch in found for row in batch.rows.to_pylist() for cell in row.values()]
    given_back = "".join(rows) + "".join(line.text for batch in found for line in batch.broken)
    assert given_back.count("a") == content.count("a")
    assert given_back.count("b") == content.count("b")
