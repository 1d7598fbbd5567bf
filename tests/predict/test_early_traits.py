"""What the first days show, and the ready-made segments, on the small shop with names."""

from datetime import date

import duckdb
import ibis
import pyarrow as pa
import pytest

from motherlode.graph.wiring import to_sql, wire
from motherlode.plugins import find_promises
from motherlode.predict.early_traits import early_traits
from motherlode.predict.ready_segments import ready_segments
from motherlode.tables import promised
from motherlode.testing import make_all
from shop import shop

AS_OF = date(2024, 6, 30)


@pytest.fixture(scope="module")
def traits() -> dict[str, dict]:
    house = make_all(wire(find_promises()), shop(), AS_OF)
    return {row["customer_id"]: row for row in house.arrow("SELECT * FROM predict.early_traits").to_pylist()}


def test_only_the_first_days_count(traits):
    # Cat registered on May 20 and looked around in June.
    assert traits["cat"]["early_events"] == 0
    assert max(row["early_orders"] for row in traits.values()) <= 2
    assert traits["ann"]["city"] == "上海" and traits["acme"]["industry"] == "steel"


def test_seeds_are_of_high_value_and_not_new(traits):
    assert all(not (row["seed"] and row["new"]) for row in traits.values())
    assert traits["cat"]["new"] and not traits["cat"]["seed"]
    assert any(row["seed"] for row in traits.values())


def test_nothing_that_changes_with_being_a_customer_is_an_early_trait():
    shape = {promised(early_traits).name: set(NAMES)}
    assert shape["early_traits"].isdisjoint({"level", "points", "balance", "tags", "lead_score", "spend_365d"})


NAMES = early_traits(
    *(
        ibis.table(shape, name=name)
        for name, shape in {
            "customers": {
                "customer_id": "string", "known_on": "date", "age": "float64", "employees": "float64",
                "annual_revenue": "float64", "kind": "string", "gender": "string", "country": "string",
                "province": "string", "city": "string", "origin": "string", "industry": "string",
            },
            "features": {"customer_id": "string", "orders_all": "int64"},
            "value_tiers": {"customer_id": "string", "value_tier": "string"},
            "orders": {
                "customer_id": "string", "ordered_on": "date", "amount": "float64", "lines": "int64",
                "with_coupon": "boolean", "channel": "string", "country": "string",
            },
            "events": {"customer_id": "string", "occurred_on": "date"},
        }.items()
    ),
    as_of=AS_OF,
).columns  # fmt: skip

# Customer: orders, open deals, stage, dormant, tier, score of resemblance; and the segment.
PEOPLE = {
    "ann": (9, 0, "mature", False, "high", None, "high_value_loyal"),
    "bob": (9, 0, "mature", True, "high", None, "churn_risk"),
    "cat": (0, 0, "intro", False, "none", 0.95, "high_potential_unconverted"),
    "dan": (0, 0, "intro", False, "none", 0.40, None),
    "acme": (0, 1, "intro", False, "none", None, "high_potential_unconverted"),
    "eve": (4, 0, "decline", False, "mid", None, "churn_risk"),
    "fay": (4, 0, "decline", False, "low", None, None),
    "gus": (4, 0, "lost", True, "high", None, None),
}


def test_ready_made_segments_hold_whom_they_say():
    columns = {
        "features": ("orders_all", "deals_open"),
        "lifecycle": ("stage", "dormant"),
        "value_tiers": ("value_tier",),
        "lookalike": ("score",),
    }
    given = [name for names in columns.values() for name in names]
    rows = [{"customer_id": who, **dict(zip(given, told[:-1], strict=True))} for who, told in PEOPLE.items()]
    everything, connection = pa.Table.from_pylist(rows), duckdb.connect()
    tables = []
    for name, names in columns.items():
        part = everything.select(["customer_id", *names])
        connection.register(name, part.filter(pa.compute.is_valid(part[names[0]])))
        kinds = {"string": "string", "int64": "int64", "bool": "boolean", "double": "float64"}
        tables.append(ibis.table({field.name: kinds[str(field.type)] for field in part.schema}, name=name))
    made = connection.sql(to_sql(ready_segments(*tables))).to_arrow_table().to_pylist()
    found = {row["customer_id"]: row["segment"] for row in made}
    assert found == {who: told[-1] for who, told in PEOPLE.items() if told[-1]}
