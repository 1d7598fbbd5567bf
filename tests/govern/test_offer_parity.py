"""The same offer costs the same for groups of customers, or it is seen."""

import duckdb
import ibis
import pyarrow as pa
import pytest

from motherlode.govern.offer_parity import offer_parity
from motherlode.graph.wiring import to_sql

SHAPES = {
    "ranked": {"customer_id": "string", "play": "string", "cost": "float64", "chosen": "boolean"},
    "customers": {"customer_id": "string", "gender": "string", "age": "int64"},
    "value_tiers": {"customer_id": "string", "value_tier": "string"},
}


def made(ranked, customers, tiers, **settings):
    """The rows by grouping, group and play."""
    given = (("ranked", ranked), ("customers", customers), ("value_tiers", tiers))
    expression = offer_parity(*(ibis.table(SHAPES[name], name=name) for name, _ in given), **settings)
    with duckdb.connect() as connection:
        for name, rows in given:
            columns = list(zip(*rows, strict=True))
            connection.register(name, pa.table(dict(zip(SHAPES[name], columns, strict=True))))
        rows = connection.sql(to_sql(expression)).to_arrow_table().to_pylist()
    return {(row["grouping"], row["group"], row["play"]): row for row in rows}


def shop(cost_of):
    """Two hundred people who are offered the same play, half women, half old, a third of high value."""
    people = [(f"c{n}", "f" if n % 2 else "m", 70 if n < 100 else 30) for n in range(200)]
    tiers = [(f"c{n}", "high" if n % 3 == 0 else "low") for n in range(200)]
    return [(who, "win_back", cost_of(int(who[1:])), True) for who, *_ in people], people, tiers


def test_pipl_24_arp_17_the_same_offer_to_everybody_is_alike():
    rows = made(*shop(lambda n: 5.0))
    assert {row["verdict"] for row in rows.values()} == {"alike"}
    assert sum(row["share"] for key, row in rows.items() if key[0] == "gender") == pytest.approx(1)


def test_pipl_24_ndsr_42_a_group_whose_offers_are_smaller_is_seen_and_by_how_much():
    rows = made(*shop(lambda n: 4.0 if n % 2 else 6.0))
    women, men = rows["gender", "f", "win_back"], rows["gender", "m", "win_back"]
    assert (women["verdict"], men["verdict"]) == ("smaller", "larger")
    assert (women["cost_difference"], men["cost_difference"]) == (pytest.approx(-0.2), pytest.approx(0.2))
    assert rows["age_band", "65_plus", "win_back"]["verdict"] == "alike"


def test_of_few_offers_and_of_chance_nothing_is_said():
    ranked, people, tiers = shop(lambda n: 4.0 + 2.0 * (n % 7))
    assert {row["verdict"] for row in made(ranked, people, tiers).values()} == {"alike"}
    few = made(ranked[:60], people, tiers)
    assert {row["verdict"] for key, row in few.items() if key[0] == "gender"} == {"few"}


def test_only_what_is_chosen_counts_and_an_offer_for_nothing_is_alike():
    ranked, people, tiers = shop(lambda n: 0.0)
    passed_by = [(who, "thank_you", 9.0, False) for who, *_ in people]
    rows = made([*ranked, *passed_by], people, tiers)
    assert {play for *_, play in rows} == {"win_back"}
    assert {(row["cost_difference"], row["verdict"]) for row in rows.values()} == {(0.0, "alike")}
