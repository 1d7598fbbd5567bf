"""Personal values with most of them hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.access import FIELD_CLASSES
from motherlode.masking import mask


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("phone", "+8613800138000", "+86 138****8000"),
        ("phone", "+861065520007;ext=12", "+86 ****07"),
        ("receiver_phone", "+442071838750", "+44****8750"),
        ("email", "ann.lee@example.com", "a****@example.com"),
        ("name", "张三", "张*"),
        ("name", "Ann Lee", "A***"),
        ("id_card", "11010519491231002X", "110**************X"),
        ("bank_card", "6222021234567890123", "**** 0123"),
        ("birthday", "1990-05-17", "1990-**-**"),
        ("address", "广东省深圳市南山区科技园路1号", "广东省深圳市南山区****"),
        ("address", "12 Long Street, Leeds", "****"),
        ("remark", "call after six", "****"),
        ("何时", "anything", "****"),
        ("phone", None, None),
    ],
)
def test_a_value_is_masked_in_the_way_of_its_kind(field, value, shown):
    assert mask(field, value) == shown


@given(st.sampled_from(sorted(field for fields in FIELD_CLASSES.values() for field in fields)), st.text(max_size=40))
def test_no_value_comes_out_whole(field, value):
    shown = mask(field, value)
    assert shown != value or "*" in value
