"""What an event says of people stays out of the tables, however long and odd it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.collect.calls import Call
from motherlode.collect.canonical import event_cells, money, scrubbed, without_people

NAMING = (
    "ann@b.cn",
    "ann%40b.cn",
    "a.n+n@b.co.cn",
    "%40ann@b.cn",
    "13812345678",
    "+8613812345678",
    "11010519491231002X",
)
PLAIN = ("a", "@", "%40", "a@", "@b", "a@b", ".", "=", "&", "?", "/", '"', "1", "1234567890", "50%", "中", "é")


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


@given(st.lists(st.sampled_from(NAMING + PLAIN), max_size=12))
def test_each_word_that_names_somebody_is_crossed_out_and_no_other(words):
    crossed_out = ["***" if word in NAMING else word for word in words]
    assert without_people(" ".join(words)) == " ".join(crossed_out)


def test_names_and_prices_that_come_again_are_read_alike():
    for _ in range(2):
        assert scrubbed({"Email": "x", "e-mail": "x", "firstName": "x", "size": 3}) == {"size": 3}
        assert [money(said) for said in (True, 1, "1.0", "x", "9" * 200)] == [None, 1, 1, None, None]


def test_a_row_of_behaviour_always_has_the_same_columns():
    bare = event_cells(Call("page", "", 0))
    full = event_cells(Call("track", "m", 0, name="Bought", properties={"price": 1, "sku": 2, "url": "/a"}))
    assert list(bare) == list(full) and full["value"] == 1 and full["product_id"] == "2"
