"""Personal data in cells and in running text."""

import random

import pytest

from motherlode.collect.detection import classify, find, hide, is_company_code, places
from motherlode.collect.personal import id_card

RNG = random.Random(7)
PHONE_CELLS = [f"1{RNG.choice('3456789')}{RNG.randrange(10**9):09}" for _ in range(2000)]


def digits(many: int) -> str:
    return "".join(RNG.choices("0123456789", k=many))


def id_cards(many: int) -> list[str]:
    bodies = (f"{RNG.choice(('110105', '310101', '440305'))}{RNG.randint(1940, 2010)}{RNG.randint(1, 12):02}"
              f"{RNG.randint(1, 28):02}{digits(3)}" for _ in range(many))  # fmt: skip
    wholes = (body + check for body in bodies for check in "0123456789X")
    return [whole for whole in wholes if id_card(whole).value == whole]


def luhn(body: str) -> str:
    return next(body + check for check in "0123456789" if _luhn(body + check))


def _luhn(number: str) -> bool:
    """By the book, and not by the code under test."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def company_codes(many: int) -> list[str]:
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    bodies = (f"9{RNG.choice('123')}110105{''.join(RNG.choices(signs, k=9))}" for _ in range(many))
    return [body + next(sign for sign in signs if is_company_code(body + sign)) for body in bodies]


def kinds(text: str) -> list[str]:
    return [found.kind for found in find(text)]


@pytest.mark.parametrize("text", ["tel13800138000", "加wx13800138000a谢谢", "call:x13800138000"])
def test_a_mobile_that_letters_touch_is_hidden_where_people_write_what_they_like(text):
    assert "13800138000" not in hide(text, with_places=True) and "13800138000" in hide(text)


@pytest.mark.parametrize("text", ["SF1380013800012", "0.13800138000", "A138001380001", "v13800138000.25"])
def test_more_digits_than_a_mobile_has_are_no_mobile(text):
    assert hide(text, with_places=True) == text


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (id_cards(500), "id_card"),
        ([luhn(f"62{digits(RNG.choice((13, 14, 16)))}") for _ in range(500)], "bank_card"),
        ([luhn(f"4{digits(14)}") for _ in range(500)], "bank_card"),
        (company_codes(500), "company_code"),
        (PHONE_CELLS[:500], "phone"),
    ],
    ids=["id_card", "unionpay", "visa", "company_code", "phone"],
)
@pytest.mark.parametrize("sentence", ["客户说卡号或电话 {}，请回复", "my card or phone {} please"])
def test_every_checked_number_is_found_in_a_sentence(made, kind, sentence):
    missed = [value for value in made if kind not in kinds(sentence.format(value))]
    assert len(missed) <= len(made) * 0.01


@pytest.mark.parametrize(
    "text",
    ["13800138000", "20240506070809", "6901234567892", "order 4111111111111112", "客户编号 00123456789", "v1.2.3@home",
     "2024-05-06 07:08:09", "¥1,380,013.80", "page 123-45 of 6789"],
)  # fmt: skip
def test_numbers_without_a_word_or_a_checksum_are_left_alone(text):
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("+44 20 7183 8750", "phone"),
        ("(415) 555-1234", "phone"),
        ("010-65520007", "phone"),
        ("138 0013 8000", "phone"),
        ("公司91350100M000100Y43", "company_code"),
        ("ann.lee+x@mail.example.co.uk", "email"),
        ("DE89 3704 0044 0532 0130 00", "iban"),
        ("SSN 123-45-6789", "ssn"),
        ("4111 1111 1111 1111", "bank_card"),
    ],
)
def test_marked_values_are_found_by_themselves(text, kind):
    assert kinds(text) == [kind]


def test_false_positives_among_random_digits_are_rare():
    strings = [digits(RNG.randint(6, 20)) for _ in range(50_000)]
    assert sum(bool(kinds(text)) for text in strings) <= 50


@pytest.mark.parametrize("text", ["上海市浦东新区世纪大道100号", "广东省深圳市南山区科技园路1号", "12 Long Street"])
def test_street_addresses_are_seen(text):
    assert len(list(places(f"送到 {text} 谢谢"))) == 1


@pytest.mark.parametrize(
    ("cells", "kind", "personal"),
    [
        (PHONE_CELLS, "phone", True),
        ([f"00{digits(9)}" for _ in range(50)], "", False),
        ([digits(11) for _ in range(200)], "", False),
        (company_codes(30), "company_code", False),
        ([f"请拨打 {phone} 谢谢" for phone in PHONE_CELLS[:30]], "phone", False),
        (["上海市浦东新区世纪大道100号"] * 10, "address", True),
        (["blue", "red"] * 10, "", False),
        ([], "", False),
    ],
)
def test_a_column_is_what_most_of_its_cells_are(cells, kind, personal):
    seen = classify(cells)
    assert (seen.kind, seen.is_personal) == (kind, personal)


def test_values_are_hidden_where_they_stand_among_words():
    assert hide("请打13800138000或写 ann@example.com，谢谢") == "请打****或写 ****，谢谢"
    assert hide("电话：13800138000。") == "电话：****。" and hide("nothing") == "nothing"
