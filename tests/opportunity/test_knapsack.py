"""Tests of one play a customer under limits of money and capacity."""

from typing import Any

import numpy as np
import pytest
from opportunity_base import Base, candidate, make
from scipy.optimize import Bounds, LinearConstraint, milp


def allotted(rows: list[dict[str, Any]], owners: dict[str, str] | None = None, **limits: float) -> Base:
    people = [{"customer_id": who, "owner": owner} for who, owner in (owners or {}).items()]
    settings = {"ranked": {"pilot_customers": 10**9, **limits}}
    return make({"candidates": rows, "customers": people}, settings=settings)


def chosen(base: Base) -> list[tuple[str, str]]:
    return [(row["customer_id"], row["play"]) for row in base.rows("ranked", chosen=True)]


def by_phone(who: str, value: float) -> dict[str, Any]:
    return candidate(who, "call", value, 1.0, channel="phone")


def test_the_room_of_a_channel_goes_to_those_who_gain_most_from_it() -> None:
    rows = [by_phone("ann", 10), by_phone("bob", 30), by_phone("cat", 20)]
    rows.append(candidate("bob", "mail", 28, 1, channel="email"))
    base = allotted(rows, phone_customers=1)
    assert chosen(base) == [("bob", "mail"), ("cat", "call")]
    assert base.row("ranked", customer_id="ann")["verdict"] == "channel_full"


def test_a_sales_person_has_time_for_so_many() -> None:
    rows = [by_phone(who, value) for who, value in (("ann", 9.0), ("bob", 8.0), ("cat", 7.0), ("dan", 6.0))]
    owners = {"ann": "eva", "bob": "eva", "cat": "eva", "dan": "fei"}
    base = allotted(rows, owners, owner_customers=2)
    assert [who for who, _ in chosen(base)] == ["ann", "bob", "dan"]
    assert base.row("ranked", customer_id="cat")["verdict"] == "owner_full"
    prices = {row["name"]: row["price"] for row in base.rows("shadow_prices", resource="owner")}
    assert prices["eva"] == pytest.approx(6.0, abs=1e-6) and prices["fei"] == 0.0


def test_a_play_without_evidence_is_tried_on_a_few_and_one_with_evidence_on_all() -> None:
    new = [candidate(f"c{who}", "card", 10.0 + who, 1.0) for who in range(9)]
    known = [candidate(f"d{who}", "mail", 10.0, 1.0, evidence_level="E3") for who in range(9)]
    base = allotted(new + known, pilot_customers=4)
    assert [play for _, play in chosen(base)].count("card") == 4
    assert [play for _, play in chosen(base)].count("mail") == 9
    row = base.row("ranked", customer_id="c0")
    assert (row["verdict"], row["cut_line"]) == ("pilot_full", "profit_peak")


def test_the_lines_beyond_the_budget_know_no_limits() -> None:
    rows = [by_phone("ann", 10), by_phone("bob", 30), candidate("bob", "gift", 40, 12)]
    base = allotted(rows, phone_customers=0, budget=1.0)
    assert chosen(base) == []
    (peak,) = base.rows("cut_lines", line="profit_peak")
    assert (peak["customers"], peak["value"], peak["cost"]) == (2, 40.0, 2.0)


@pytest.mark.parametrize("seed", range(5))
def test_no_list_within_the_limits_is_much_better(seed: int) -> None:
    """Against the exact optimum of an integer programme, and against the bound that is claimed."""
    dice = np.random.default_rng(seed)
    who, plays = 80, ("call", "mail", "gift")
    channel = {"call": "phone", "mail": "email", "gift": "post"}
    rows, owners = [], {f"c{n:02}": f"s{n % 3}" for n in range(who)}
    for number in range(who):
        for play in plays:
            cost = float(dice.integers(1, 20))
            value = round(cost * dice.uniform(0.5, 6), 2)
            rows.append(candidate(f"c{number:02}", play, value, cost, channel=channel[play]))
    base = allotted(rows, owners, budget=250.0, phone_customers=10, owner_customers=16)
    claim, taken = base.row("claim"), base.rows("ranked", chosen=True)
    net = np.array([row["value"] - row["cost"] for row in rows])
    weights = np.zeros((who + 2 + 3, len(rows)))
    for place, row in enumerate(rows):
        weights[int(row["customer_id"][1:]), place] = 1
        weights[who, place] = row["cost"]
        weights[who + 1, place] = row["channel"] == "phone"
        weights[who + 2 + int(owners[row["customer_id"]][1:]), place] = 1
    most = np.array([*np.ones(who), 250.0, 10.0, 16.0, 16.0, 16.0])
    limits = LinearConstraint(weights, ub=most)
    best = -milp(-net, constraints=limits, integrality=np.ones(len(rows)), bounds=Bounds(0, 1)).fun
    own = sum(row["net"] for row in taken)
    assert best * 0.985 <= own <= best + 1e-6
    assert own / (1 - claim["optimality_gap"]) >= best - 1e-6
    assert sum(row["cost"] for row in taken) <= 250 and sum(row["channel"] == "phone" for row in taken) <= 10
    assert max(np.unique([owners[row["customer_id"]] for row in taken], return_counts=True)[1]) <= 16
