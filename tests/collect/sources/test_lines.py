import pytest

from motherlode.collect.sources.lines import flat
from motherlode.errors import ContractError


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
        ('{"a": [{"b": 1}], "c": [{"b": 2}]}', [['[{"b": 1}]', '[{"b": 2}]']]),
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
