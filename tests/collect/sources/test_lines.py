import pytest

from motherlode.collect.sources.files import Files, files
from motherlode.collect.sources.lines import flat, rows
from motherlode.errors import ConfigError, ContractError


def test_objects_flatten_and_lists_stay_json():
    assert flat(b'{"a": {"b": {"c": 1}}, "l": [1, {"x": 2.50}], "e": {}}') == {
        "a.b.c": "1",
        "l": '[1, {"x": 2.50}]',
        "e": "{}",
    }


def test_values_keep_their_letters():
    text = b'{"price": 1.50, "id": 12345678901234567890, "ok": true, "none": null, "name": "\\u5f20"}'
    assert flat(text) == {"price": "1.50", "id": "12345678901234567890", "ok": "true", "none": "", "name": "张"}


def test_lines_that_are_no_objects_are_kept(read):
    found = read("a.jsonl", '{"a": 1}\nnope\n\n[1]\n{"a": 2}')
    assert found.rows == [["1"], ["2"]]
    assert [(line.row, line.text, line.problem) for line in found.broken] == [
        (2, "nope", "not_json"),
        (3, "[1]", "not_json"),
    ]


def test_a_key_first_seen_late_has_a_column(read):
    found = read("a.ndjson", '{"a": 1}\n' * 1000 + '{"b": 2}\n')
    assert found.names == ["a", "b"]
    assert found.rows[-1] == ["", "2"]


def test_a_key_first_seen_after_the_first_batch_has_a_column(read):
    found = read("a.jsonl", '{"a": 1}\n' * 60_000 + '{"b": 2}\n')
    assert (found.names, len(found.rows)) == (["a", "b"], 60_001)


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ('[{"a": 1},\n {"a": "x"}]', [["1"], ["x"]]),
        ('{"a": 1}\n{"a": 2}\n', [["1"], ["2"]]),
        ('{"orders": [{"a": 1}, {"a": 2}], "count": 2}', [["1"], ["2"]]),
        ('{"id": 1, "a": [{"b": 1}], "c": [{"b": 2}]}', [["1", '[{"b": 1}]', '[{"b": 2}]']]),
        ('{\n "a": [1,\n2]}', [["[1,\n2]"]]),
        ("[]", []),
        ("", []),
    ],
)
def test_json_documents_are_arrays_lines_or_one_object(read, content, rows):
    assert read("a.json", content).rows == rows


def test_json_lines_may_be_in_a_chinese_encoding(read):
    assert read("a.jsonl", '{"姓名": "张三"}\n'.encode("gb18030")).rows == [["张三"]]


def test_an_object_too_deep_to_follow_is_kept_as_a_line(read):
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    found = read("a.jsonl", f'{{"a": 1}}\n{deep}\n')
    assert (found.rows, [line.text for line in found.broken]) == ([["1"]], [deep])


def test_a_packed_file_that_is_none_is_refused(read):
    with pytest.raises(ContractError, match=r"a\.jsonl\.gz"):
        read("a.jsonl.gz", b'{"a": 1}')


ORDER = b"""{"id": 7, "customer": {"id": "c1"}, "tax_lines": [{"rate": 1}],
             "line_items": [{"sku": "a", "price": 1.50}, {"sku": "b", "tags": [{"x": 1}]}]}"""


def test_an_order_is_a_row_for_each_of_its_lines_with_all_else_of_it_beside():
    rest = {"id": "7", "customer.id": "c1", "tax_lines": '[{"rate": 1}]'}
    assert rows(ORDER) == [
        {**rest, "line_items.sku": "a", "line_items.price": "1.50"},
        {**rest, "line_items.sku": "b", "line_items.tags": '[{"x": 1}]'},
    ]


@pytest.mark.parametrize(
    "text",
    [
        b'{"id": 1, "line_items": []}', b'{"id": 1, "items": ["a", "b"]}', b'{"id": 1, "refunds": [{"id": 2}]}',
        b'{"event_name": "purchase", "items": [{"id": 1}, {"id": 2}]}',
    ],
)  # fmt: skip
def test_an_object_without_lines_and_an_event_with_products_stay_one_row(text):
    assert len(rows(text)) == 1
    assert rows(text) == [flat(text)]


def test_a_list_of_keys_and_values_is_columns():
    text = b"""{"event_params": [{"key": "page", "value": {"string_value": "/a", "int_value": null}},
                                 {"key": "n", "value": 3}], "other": [{"key": "page"}]}"""
    assert flat(text) == {"event_params.page": "/a", "event_params.n": "3", "other": '[{"key": "page"}]'}


def test_lines_are_numbered_through_and_a_broken_object_keeps_its_own_number(read):
    found = read("a.jsonl", ORDER.replace(b"\n", b"") + b"\nnope\n" + ORDER.replace(b"\n", b""))
    assert len(found.rows) == 4
    assert [line.row for line in found.broken] == [2]


def test_a_document_that_is_one_order_is_its_lines_and_one_that_wraps_orders_is_those(read):
    assert len(read("one.json", ORDER).rows) == 2
    assert len(read("all.json", b'{"orders": [' + ORDER + b"," + ORDER + b'], "request_id": 3}').rows) == 4


DUMP = '{"customers": [{"id": 1}, {"id": 2}], "orders": [{"id": 7, "who": 1}], "count": 3}'


def test_a_document_of_several_lists_is_a_piece_for_each(tmp_path):
    (tmp_path / "dump.json").write_text(DUMP)
    pieces = list(files(Files("dump.json", root=str(tmp_path))))
    assert [piece.address for piece in pieces] == ["dump.json#customers", "dump.json#orders"]
    assert [batch.rows.num_rows for piece in pieces for batch in piece.batches()] == [2, 1]
    with pytest.raises(ConfigError, match="no list `order`"):
        list(files(Files("dump.json", root=str(tmp_path), sheet="order")))


def test_a_document_of_columns_is_read_by_row(read):
    found = read("frame.json", '{"who": {"0": "a", "1": "b"}, "sku": {"0": "x", "1": "y"}, "n": {"0": 1, "1": null}}')
    assert found.rows == [["a", "x", "1"], ["b", "y", ""]]
