from datetime import date
from functools import partial

import pyarrow as pa
import pytest

from motherlode.collect.personal import SPELLINGS, Normal, birth_year, email, id_card, normalise, phone
from motherlode.schemas import IDENTIFYING

TODAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+86 138 0013 8000",
        "１３８００１３８０００",
        "0086-138-0013-8000",
        "86 13800138000",
        "'13800138000",
        "13800138000.0",
        " 138-0013-8000\t",
        "(+86)138.0013.8000",
        "013800138000",
        "1.3800138000E+10",
    ],
)
def test_every_way_to_write_a_mobile_is_one_number(text: str) -> None:
    assert phone(text) == Normal("+8613800138000")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("010-12345678", "+861012345678"),
        ("86-10-12345678", "+861012345678"),
        ("(021) 6888 8888", "+862168888888"),
        ("+1 415 555 2671", "+14155552671"),
        ("+852 9123 4567", "+85291234567"),
        ("+44 20 7946 0958", "+442079460958"),
        ("400-800-1234", "+864008001234"),
    ],
)
def test_landlines_and_foreign_numbers_follow_their_own_plans(text: str, number: str) -> None:
    assert phone(text) == Normal(number)


def test_colleagues_behind_one_switchboard_stay_two_people() -> None:
    assert phone("021-68888888转801") == Normal("+862168888888;ext=801")
    assert phone("021-68888888转802") == Normal("+862168888888;ext=802")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1.38E+10", "digits_lost"),
        ("1.38e10", "digits_lost"),
        ("1.3800138E+10", "digits_lost"),
        ("138****8000", "masked"),
        ("138＊＊＊＊8000", "masked"),
        ("138xxxx8000", "masked"),
        ("13800138000/13900139000", "several"),
        ("13800138000、010-12345678", "several"),
        ("12345", "impossible"),
        ("66668888", "impossible"),
        ("00000000000", "impossible"),
        ("1380013800", "impossible"),
        ("no phone", "impossible"),
        ("无", "impossible"),
    ],
)
def test_a_phone_that_names_no_one_says_why(text: str, problem: str) -> None:
    assert phone(text) == Normal(None, problem)


def test_a_number_without_country_code_belongs_to_the_country_of_the_source() -> None:
    assert phone("(415) 555-2671", country="US") == Normal("+14155552671")
    assert phone("13800138000", country="US") == Normal(None, "impossible")
    assert phone("+8613800138000", country="US") == Normal("+8613800138000")


@pytest.mark.parametrize("spell", [phone, email, id_card, partial(birth_year, as_of=TODAY)])
@pytest.mark.parametrize("blank", ["", "  ", "\t", "　", "'"])
def test_a_blank_is_nothing_and_no_problem(spell, blank) -> None:
    assert spell(blank) == Normal(None)


@pytest.mark.parametrize("spell", [phone, email, id_card])
@pytest.mark.parametrize("text", ["+86 138 0013 8000", "Ann@Example.com", "110105491231002", "010-12345678转5"])
def test_a_value_in_its_one_spelling_stays_as_it_is(spell, text) -> None:
    once = spell(text)
    assert once.value is None or spell(once.value) == once


@pytest.mark.parametrize(
    "text", ["Ann@Example.COM", " ann@example.com ", "ａｎｎ＠ｅｘａｍｐｌｅ.com", "ann@example。com"]
)
def test_every_way_to_write_an_address_is_one_address(text: str) -> None:
    assert email(text) == Normal("ann@example.com")


@pytest.mark.parametrize(
    "text", ["a_b+c@x-y.co.uk", "o'hara@example.ie", "用户@例子.公司", "x@xn--fsq.xn--55qx5d", "1@qq.com"]
)
def test_unusual_addresses_are_addresses(text: str) -> None:
    assert email(text) == Normal(text)


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "test@@x",
        "test@@x.com",
        "a b@c.com",
        "@x.com",
        "ann@",
        "ann",
        "x@.com",
        "x@a..com",
        "a.@x.com",
        ".a@x.com",
        "a@x.1",
        "a@x.c",
        "x@-y.com",
        "x@y-.com",
        "a" * 65 + "@x.com",
        "a@" + "b" * 64 + ".com",
        "a@" + "b." * 130 + "com",
    ],
)
def test_an_impossible_address_is_refused(text: str) -> None:
    assert email(text) == Normal(None, "impossible")


def test_a_masked_address_names_no_one() -> None:
    assert email("a***n@qq.com") == Normal(None, "masked")


@pytest.mark.parametrize(
    "text",
    ["11010519491231002X", "11010519491231002x", "110105 19491231 002X", "'11010519491231002X", "110105491231002"],
)
def test_every_way_to_write_an_identity_number_is_its_18_places(text: str) -> None:
    assert id_card(text) == Normal("11010519491231002X")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("110105194912310021", "checksum"),
        ("11010519491231003X", "checksum"),
        ("110105194913310021", "impossible"),
        ("110105490231002", "impossible"),
        ("000105194912310021", "impossible"),
        ("1101051949123100", "impossible"),
        ("E12345678", "impossible"),
        ("1.10105E+17", "digits_lost"),
        ("110105********002X", "masked"),
    ],
)
def test_an_identity_number_that_cannot_be_says_why(text: str, problem: str) -> None:
    assert id_card(text) == Normal(None, problem)


def test_any_one_wrong_digit_of_an_identity_number_is_seen() -> None:
    card = "11010519491231002X"
    typos = [card[:at] + str((int(card[at]) + step) % 10) + card[at + 1 :] for at in range(17) for step in range(1, 10)]
    assert {id_card(typo).value for typo in typos} == {None}


@pytest.mark.parametrize(
    "text",
    ["1990-01-13", "1990/1/13 00:00:00", "1990年1月13日", "19900113", "13/01/1990", "01/13/1990", "1990", "1990.1.13"],
)
def test_the_year_of_a_birthday_is_read_in_any_order(text: str) -> None:
    assert birth_year(text, as_of=TODAY) == Normal("1990")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1900-01-01", "placeholder"),
        ("0000-00-00", "placeholder"),
        ("2025-06-02", "impossible"),
        ("1899-05-05", "impossible"),
        ("1990-02-30", "impossible"),
        ("90-01-02", "impossible"),
        ("1990-**-**", "masked"),
    ],
)
def test_a_birthday_that_cannot_be_says_why(text: str, problem: str) -> None:
    assert birth_year(text, as_of=TODAY) == Normal(None, problem)


def test_a_child_born_today_has_a_birthday() -> None:
    assert birth_year("2025-06-01", as_of=TODAY) == Normal("2025")


def test_each_distinct_value_of_a_column_is_looked_at_once() -> None:
    seen = []

    def noted(text: str) -> Normal:
        seen.append(text)
        return email(text)

    column = pa.chunked_array([["Ann@x.com", None, "bad"], ["Ann@x.com", "bad", "bob@x.com"]])
    values, problems = normalise(column, noted)
    assert values.to_pylist() == ["ann@x.com", None, None, "ann@x.com", None, "bob@x.com"]
    assert problems.to_pylist() == ["", "", "impossible", "", "impossible", ""]
    assert sorted(seen) == ["Ann@x.com", "bad", "bob@x.com"]


@pytest.mark.parametrize("column", [pa.array([], pa.string()), pa.array([None, None], pa.null())])
def test_a_column_without_values_gives_none(column) -> None:
    values, problems = normalise(column, phone)
    assert (values.null_count, problems.to_pylist()) == (len(column), [""] * len(column))
    assert (values.type, problems.type) == (pa.string(), pa.string())


@pytest.mark.parametrize("column", [pa.array([13800138000, None]), pa.array([13800138000.0, None])])
def test_numbers_typed_as_numbers_keep_their_digits(column) -> None:
    values, _ = normalise(column, phone)
    assert values.to_pylist() == ["+8613800138000", None]


def test_a_missing_number_among_floats_costs_no_digits() -> None:
    values, problems = normalise(pa.array([13800138000.0, float("nan")]), phone)
    assert values.to_pylist() == ["+8613800138000", None]
    assert problems.to_pylist() == ["", ""]


def test_every_identifying_column_has_a_spelling() -> None:
    assert set(SPELLINGS) == set(IDENTIFYING)
