"""Who is who is made of links alone: in whatever order they came, and exactly undone when a link is."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from motherlode.refine.identities import identities

SHAPE = pa.schema(
    [
        *((name, pa.string()) for name in ("customer_id", "other_kind", "other")),
        ("first_at", pa.timestamp("us")),
        ("linked_on", pa.date32()),
        ("file", pa.string()),
        ("row", pa.int64()),
    ]
)
CUTS = pa.schema([(name, pa.string()) for name in ("customer_id", "other_kind", "other")])


def link(customer, other_kind, other, at=0, row=1):
    return {
        "customer_id": customer,
        "other_kind": other_kind,
        "other": other,
        "first_at": at,
        "file": "log",
        "row": row,
    }


def people(links, cuts=(), **settings):
    made = identities(pa.Table.from_pylist(links, SHAPE), pa.Table.from_pylist(list(cuts), CUTS), **settings)
    return {(row["kind"], row["value"]): row for row in made.to_pylist()}


def owners(links, cuts=()):
    return {key: row["customer_id"] for key, row in people(links, cuts).items()}


CUSTOMERS = st.sampled_from(["ann", "bob", "cat", "dan", "eve"])
LINKS = st.builds(
    link,
    CUSTOMERS,
    st.sampled_from(["device", "customer", "email", "phone"]),
    st.sampled_from(["d1", "d2", "e1", "ann", "bob", "fay"]),
    st.integers(0, 5),
)


def one_each(links):
    """As the table of links has them: each pair once, with what was seen first."""
    first = {}
    for one in sorted(links, key=lambda one: (one["first_at"], one["row"])):
        if one["customer_id"] != one["other"]:
            first.setdefault((one["customer_id"], one["other_kind"], one["other"]), one)
    return list(first.values())


@given(st.lists(LINKS, max_size=12).map(one_each), st.randoms())
def test_any_order_gives_the_same_people(links, chance):
    shuffled = list(links)
    chance.shuffle(shuffled)
    assert people(shuffled) == people(links)


@given(st.lists(LINKS, max_size=12).map(one_each), LINKS)
def test_a_link_that_is_cut_leaves_what_was_there_before_it(links, more):
    key = (more["customer_id"], more["other_kind"], more["other"])
    before = [one for one in links if (one["customer_id"], one["other_kind"], one["other"]) != key]
    cut = [dict(zip(("customer_id", "other_kind", "other"), key, strict=True))]
    assert people([*before, more], cut) == people(before)


def test_a_device_points_to_its_one_customer():
    (device,) = [row for (kind, _), row in people([link("ann", "device", "d1")]).items() if kind == "device"]
    assert (device["customer_id"], device["through"], device["file"], device["row"]) == ("ann", "ann", "log", 1)


def test_a_device_of_a_hundred_customers_makes_none_of_them_one():
    made = people([link(f"c{number}", "device", "till", at=number) for number in range(100)])
    assert {row["customer_id"] for (kind, _), row in made.items() if kind == "customer"} == {
        f"c{number}" for number in range(100)
    }
    assert made["device", "till"]["customer_id"] is None
    assert made["device", "till"]["verdict"] == "shared_device"


def test_two_numbers_with_one_email_are_the_one_that_was_seen_first():
    made = people([link("new", "email", "t1", at=5), link("old", "email", "t1", at=2)])
    assert made["customer", "new"]["customer_id"] == "old"
    assert made["customer", "new"]["through"] == "t1"
    assert made["email", "t1"]["customer_id"] == "old"


def test_an_email_of_many_is_shared_and_merges_nobody():
    made = owners([link(name, "email", "info") for name in ("ann", "bob", "cat")])
    assert made["customer", "ann"] == "ann" and made["email", "info"] is None


def test_an_alias_is_one_customer_whichever_number_stands_first():
    for one, two in (("ann", "bob"), ("bob", "ann")):
        made = owners([link(one, "customer", two), link("ann", "device", "d1")])
        assert len(set(made.values())) == 1


def test_an_alias_of_a_device_is_a_device():
    made = owners([link("ann", "device", "d1"), link("bob", "device", "d1"), link("bob", "customer", "d1")])
    assert made["customer", "ann"] == "ann" and made["customer", "bob"] == "bob"


def test_words_for_nobody_link_nobody():
    assert people([link("ann", "device", "anonymous"), link("null", "device", "d1")]) == {}
