import codecs

import pytest

from motherlode.errors import ConfigError

CHINESE = "订单号,会员名,城市\n1001,张三,上海\n"
TRADITIONAL = "訂單號,會員名,城市\n1001,張三,台北\n"
JAPANESE = "受注番号,顧客名,商品名\n1001,山田,りんごジュース\n"
WESTERN = "Kunde,Stadt,Land\nMüller,Köln,Österreich\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", CHINESE),
        ("utf-16", CHINESE),
        ("gb18030", CHINESE),
        ("big5", TRADITIONAL),
        ("cp932", JAPANESE),
        ("cp1252", WESTERN),
    ],
)
@pytest.mark.parametrize("times", [1, 200_000])
def test_an_encoding_is_found_in_files_of_two_lines_and_of_many(read, encoding, text, times):
    header, row = text.splitlines()
    found = read("a.csv", (header + "\n" + (row + "\n") * times).encode(encoding))
    assert found.names == header.split(",")
    assert len(found.rows) == times
    assert found.rows[0] == found.rows[-1] == row.split(",")


def test_a_byte_order_mark_is_no_part_of_the_first_header(read):
    assert read("a.csv", codecs.BOM_UTF8 + CHINESE.encode()).names == ["订单号", "会员名", "城市"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_letters_are_found_without_a_mark(read, encoding):
    assert read("a.csv", "id,name\n1,Ann\n".encode(encoding)).rows == [["1", "Ann"]]


@pytest.mark.parametrize(("encoding", "name"), [("gb18030", "张三丰"), ("cp1252", "Müller")])
def test_a_first_foreign_letter_megabytes_into_the_file_is_read_right(read, encoding, name):
    ascii_rows = "1,Ann Smith of Long Street\n" * 120_000
    found = read("a.csv", f"id,name\n{ascii_rows}2,{name}\n3,Bob\n".encode(encoding))
    assert len(found.rows) == 120_002
    assert found.rows[120_000:] == [["2", name], ["3", "Bob"]]


def test_a_letter_cut_in_two_spoils_no_other(read):
    found = read("a.csv", b"id,name\n" + "1,张三\n".encode() * 1000 + "2,张".encode()[:-1] + b"\n")
    assert found.rows[0] == ["1", "张三"]
    assert found.rows[-1] == ["2", r"\xe5\xbc"]


def test_the_second_byte_of_a_chinese_letter_may_look_like_a_delimiter(read):
    found = read("a.csv", "id|name|city\n1|亅|上海\n2|张|北京\n".encode("gb18030"))
    assert b"|" in "亅".encode("gb18030")
    assert found.rows[0] == ["1", "亅", "上海"]


def test_the_user_knows_the_encoding(read):
    assert read("a.csv", "name,city\nЖанна,Москва\n".encode("cp1251"), encoding="cp1251").rows == [["Жанна", "Москва"]]


def test_gbk_as_given_reads_letters_that_came_later(read):
    assert read("a.csv", "name,city\n㐂,上海\n".encode("gb18030"), encoding="gbk").rows == [["㐂", "上海"]]


def test_an_unknown_encoding_is_refused(read):
    with pytest.raises(ConfigError, match="`klingon`"):
        read("a.csv", "a,b\n1,2\n", encoding="klingon")
