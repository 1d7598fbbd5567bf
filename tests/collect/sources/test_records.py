import pytest

from motherlode.collect.sources.records import cells_of, records


@pytest.mark.parametrize(
    ("line", "cells", "state"),
    [
        ("1,2", ["1", "2"], "whole"),
        ('"a,b",2', ["a,b", "2"], "whole"),
        ('"a ""b""",', ['a "b"', ""], "whole"),
        ('42" TV,2', ['42" TV', "2"], "whole"),
        ('"a"b,2', ['"a"b', "2"], "whole"),
        ('1,"a', ["1", '"a'], "open"),
        ('1,"a\nb",2', ["1", "a\nb", "2"], "whole"),
        ('1,"a\nb"c,2', ["1", '"a\nb"c', "2"], "torn"),
    ],
)
def test_a_quotation_mark_counts_where_it_opens_and_closes_a_cell(line, cells, state):
    assert cells_of(line, ",") == (cells, state)


def test_lines_join_only_where_they_make_a_record():
    lines = ['1,"a\n', 'b",2\n', '3,"c,4\n', "5,6,7\n"]
    assert [record.cells for record in records(iter(lines), ",", 3)] == [
        ["1", "a\nb", "2"],
        ["3", '"c', "4"],
        ["5", "6", "7"],
    ]


def test_the_text_of_a_record_is_what_was_read():
    lines = ['1,"a\r\n', 'b"\r\n', "\r\n", "3,4"]
    assert [record.text for record in records(iter(lines), ",", 2)] == ['1,"a\r\nb"\r\n', "3,4"]


def test_a_mark_that_nothing_closes_ends_with_its_line_however_long_the_file():
    lines = ['1,"a\n', *("2,b\n" for _ in range(1000))]
    assert sum(1 for _ in records(iter(lines), ",", 2)) == 1001
