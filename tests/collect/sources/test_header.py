import pytest

from motherlode.collect.sources.header import column_names, header_row


def test_words_above_numbers_are_headers():
    assert header_row([["name", "age"], ["ann", "31"], ["bob", "44"]]) == 0


def test_numbers_above_numbers_are_data():
    assert header_row([["1_1", "-0.9", "fine"], ["1_2", "0.4", "bad"]]) is None


def test_a_word_that_comes_back_below_is_data():
    assert header_row([["ann", "female"], ["bob", "male"], ["cat", "female"]]) is None


def test_words_above_other_words_are_headers():
    assert header_row([["Table", "Field"], ["accounts", "sector"], ["accounts", "revenue"]]) == 0


def test_titles_and_blank_rows_are_passed_over():
    rows = [["会员报表", "", ""], ["", "", ""], ["会员ID", "日期", "金额"], ["1", "2024年1月5日", "¥1,200"]]
    assert header_row(rows) == 2


def test_a_sparse_first_row_of_data_is_not_taken_for_a_title():
    assert header_row([["1", "", ""], ["2", "3", "4"], ["5", "6", "7"]]) is None


@pytest.mark.parametrize(
    "cell", ["12", "-1.5", "¥1,234.50", "(88.00)", "1.2万", "2024-01-05 13:04", "ann@x.com", "9.34E-05"]
)
def test_values_in_many_shapes_are_no_headers(cell):
    assert header_row([[cell]]) is None


@pytest.mark.parametrize("cell", ["id", "address_1", "E1", "T1", "年龄", "金额(元)", "Q1 2024"])
def test_names_with_digits_and_units_are_headers(cell):
    assert header_row([[cell]]) == 0


def test_no_rows_have_no_headers():
    assert header_row([]) is None


def test_blanks_around_headers_go_and_every_column_gets_a_name_of_its_own():
    header = ["\ufeff收货地址 ", "a", "a", "", "a", "a.2", "\u3000"]
    assert column_names(header, 8) == ("收货地址", "a", "a.2", "column_4", "a.3", "a.2.2", "column_7", "column_8")
