import pyarrow as pa
import pytest

from motherlode.arrow.kinds import is_number, is_text


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_texts_of_every_width_are_texts(kind):
    assert is_text(kind) and not is_number(kind)


@pytest.mark.parametrize("kind", [pa.int64(), pa.float32(), pa.decimal128(9, 2)])
def test_what_can_be_added_up_is_a_number(kind):
    assert is_number(kind) and not is_text(kind)


@pytest.mark.parametrize("kind", [pa.bool_(), pa.date32(), pa.list_(pa.string())])
def test_a_yes_a_day_and_a_list_are_neither(kind):
    assert not is_number(kind) and not is_text(kind)
