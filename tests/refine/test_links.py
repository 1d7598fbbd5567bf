"""One phone makes two numbers one person, unless the customer file says that they are two."""

import duckdb
import ibis
import pyarrow as pa
import pytest

from motherlode.graph.given import GIVEN
from motherlode.graph.wiring import to_sql
from motherlode.refine.links import links

KINDS = {
    "string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "date": pa.date32(),
    "timestamp(6)": pa.timestamp("us"),
}  # fmt: skip
PEOPLE = {
    **dict.fromkeys(("customer_id", "previous_id", "file", "problem"), "string"),
    **dict.fromkeys(("phone_key", "email_key", "id_card_key"), "string"),
    "row": "int64", "birth_year": "float64", "registered_at": "timestamp(6)", "registered_on": "date",
}  # fmt: skip
EVENTS = {
    **dict.fromkeys(("customer_id", "anonymous_id", "previous_id", "file", "problem"), "string"),
    "row": "int64", "occurred_at": "timestamp(6)", "occurred_on": "date",
}  # fmt: skip


def linked(*people, kind="phone"):
    """Numbers that a phone, or a file that says so, links."""
    rows = [
        {**dict.fromkeys(PEOPLE), "problem": "", "file": "f", "row": row, "phone_key": "t", **one}
        for row, one in enumerate(people)
    ]
    engine, tables = duckdb.connect(), []
    shapes = {"graded_events": EVENTS, "graded_customers": PEOPLE, "recorded_pairs": GIVEN["recorded_pairs"]}
    for name, shape in shapes.items():
        schema = pa.schema([(column, KINDS[kind]) for column, kind in shape.items()])
        engine.register(name, pa.Table.from_pylist(rows if shape is PEOPLE else [], schema))
        tables.append(ibis.table(dict(shape), name=name))
    found = engine.sql(to_sql(links(*tables))).to_arrow_table().to_pylist()
    return {row["customer_id"] for row in found if row["other_kind"] == kind}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({}, {}),
        ({"birth_year": 1980}, {}),
        ({"birth_year": 1980, "id_card_key": "x"}, {"birth_year": 1980, "id_card_key": "x"}),
    ],
)
def test_one_phone_is_one_person_where_nothing_speaks_against_it(one, two):
    assert linked({"customer_id": "ann", **one}, {"customer_id": "bob", **two}) == {"ann", "bob"}


@pytest.mark.parametrize("said", [("birth_year", 1980, 2010), ("id_card_key", "x", "y")])
def test_a_family_that_shares_a_phone_is_not_one_person(said):
    name, one, two = said
    assert linked({"customer_id": "ann", name: one}, {"customer_id": "bob", name: two}) == set()


def test_numbers_of_one_person_are_linked_by_the_number_of_the_person_that_the_file_gives():
    accounts = ({"customer_id": name, "previous_id": of} for name, of in (("c1", "ann"), ("c2", "ann"), ("bob", "bob")))
    assert linked(*accounts, kind="customer") == {"c1", "c2"}
