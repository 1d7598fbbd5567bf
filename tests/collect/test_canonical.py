"""What an event says of people stays out of the tables, however long and odd it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.collect.calls import Call
from motherlode.collect.canonical import event_cells, money, scrubbed, without_people

# Words of which texts are put together that may name somebody.
WORDS = (
    "a",
    "ann",
    "%40",
    "@",
    ".",
    "b.c",
    "=",
    "&",
    "?",
    "/",
    " ",
    '"',
    "13812345678",
    "+86 ",
    "1" * 17,
    "X",
    "é",
    "中",
)


@pytest.mark.parametrize(
    ("text", "crossed_out"),
    [
        ("/orders?email=ann%40tea.cn&page=2", "/orders?email=***"),
        ("ask ann.lee@tea.cn about it", "ask *** about it"),
        ("call +86 13812345678 now", "call *** now"),
        ("id 11010519491231002X", "id ***"),
        ("+86 13812345678@tea.cn", "+86 ***"),
        ("50% off @ the shop, order 1234567890", "50% off @ the shop, order 1234567890"),
    ],
)
def test_what_names_somebody_is_crossed_out(text, crossed_out):
    assert without_people(text) == crossed_out


@pytest.mark.parametrize("part", ["x", "%40", "a@", "a%40b/", "@", "1-", "a%40" + "b" * 300])
def test_a_text_of_a_million_letters_is_read_once(part):
    """Each letter again for every other one would take days."""
    text = part * (1_000_000 // len(part))
    assert len(without_people(f"{text} ann@tea.cn")) <= len(text) + 4


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_nothing_that_is_left_is_a_mobile_or_an_address(text):
    left = without_people(text)
    assert without_people(left) == left
    assert not any(part.endswith("@b.c") and len(part) > 4 for part in left.replace('"', " ").split())


def test_names_and_prices_that_come_again_are_read_alike():
    for _ in range(2):
        assert scrubbed({"Email": "x", "e-mail": "x", "firstName": "x", "size": 3}) == {"size": 3}
        assert [money(said) for said in (True, 1, "1.0", "x", "9" * 200)] == [None, 1, 1, None, None]


def test_a_row_of_behaviour_always_has_the_same_columns():
    bare = event_cells(Call("page", "", 0))
    full = event_cells(Call("track", "m", 0, name="Bought", properties={"price": 1, "sku": 2, "url": "/a"}))
    assert list(bare) == list(full) and full["value"] == 1 and full["product_id"] == "2"
