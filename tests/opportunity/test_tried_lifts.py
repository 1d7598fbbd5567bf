"""Past campaigns with hold-outs drawn by lot move the values of real opportunities; those without teach nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from lots_of_worlds import histories_of, lots_of
from opportunity_base import AS_OF as TODAY
from opportunity_base import base, buyer, make

from motherlode.opportunity.shadow_rankings import shadow_rankings
from motherlode.opportunity.simulator.nature import AS_OF, Nature
from motherlode.opportunity.simulator.world import World, draw
from motherlode.opportunity.tried_lifts import tried_lifts

STAGES = ("intro", "trial", "mature", "decline", "lost")


@pytest.fixture(scope="module")
def world() -> World:
    return draw(112, 6000, Nature(randomised=0.6))


def test_lifts_of_past_lots_are_near_the_truth_of_the_world(world):
    function = tried_lifts
    found = function(lots_of(world), histories_of(world), as_of=AS_OF).to_pylist()
    rows = {(r["play"], r["stage"], r["value_tier"]): r for r in found}
    coach, idle = rows["coach_skill", "mature", "high"], rows["win_back", "mature", "high"]
    assert coach["lift"] == pytest.approx(0.06, abs=2.5 * coach["lift_error"])
    assert coach["lift"] > coach["lift_error"]
    assert abs(idle["lift"]) < 2.5 * idle["lift_error"]
    assert coach["last_tried_on"] == AS_OF - timedelta(weeks=26)
    assert min(coach["stage_treated"], coach["held_out"]) > 100 > rows["coach_skill", "mature", "none"]["treated"]


def test_the_order_of_rows_does_not_matter(world):
    small = msgspec.structs.replace(world, tables={name: rows.slice(0, 20_000) for name, rows in world.tables.items()})
    lots, histories = lots_of(small), histories_of(small)
    backwards = [rows.take(pa.array(np.arange(rows.num_rows)[::-1])) for rows in (lots, histories)]
    assert tried_lifts(lots, histories, as_of=AS_OF).equals(tried_lifts(*backwards, as_of=AS_OF))


def test_without_lots_there_is_nothing(world):
    for function in (tried_lifts, shadow_rankings):
        assert function(lots_of(world)[:0], histories_of(world)[:0], as_of=AS_OF).num_rows == 0


def test_simple_rankings_run_in_shadow_and_none_is_surely_better_than_the_engine(world):
    rows = {row["policy"]: row for row in shadow_rankings(lots_of(world), histories_of(world), as_of=AS_OF).to_pylist()}
    simple = ["past_spend", "rfm", "lifetime_value", "peer_headroom", "response_model"]
    assert list(rows) == ["engine", "cold_start", *simple]
    assert rows["engine"]["ahead"] == 0
    assert all(row["ahead_low"] <= row["ahead"] and not row["better"] for row in rows.values())
    assert all(row["value_error"] > 0 for row in rows.values())


def contact(number: int, treated: bool, **more: Any) -> dict[str, Any]:
    usual = {"source": "crm", "file": "f", "row": number, "customer_id": f"t{number:04}", "touched_on": LONG_AGO}
    play = more.pop("play", "wake_dormant")
    return usual | {"treated": treated, "play": play if treated else None, "propensity": 0.5} | more


LONG_AGO = TODAY - timedelta(days=200)


def campaign(gain: float, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """Two hundred regular buyers, half of them treated: who was, pays `gain` times as much from then on."""
    dice = np.random.default_rng(4)
    touches = [contact(number, number % 2 == 0, **more) for number in range(200)]
    orders, people = [], []
    for row in touches:
        usual = 50.0
        people.append({"customer_id": row["customer_id"], "known_on": TODAY - timedelta(days=900)})
        for ago in range(0, 700, 14):
            lifted = gain if row["treated"] and ago < 200 else 1.0
            paid = usual * lifted * dice.gamma(50, 1 / 50)
            ordered = TODAY - timedelta(days=ago)
            orders.append({"customer_id": row["customer_id"], "ordered_on": ordered, "amount": Decimal(f"{paid:.2f}")})
    shop = base(buyer("ann", dormant=True))
    return shop | {"touches": touches, "orders": orders, "customers": [*shop["customers"], *people]}


def test_a_campaign_that_worked_raises_the_value_and_the_evidence() -> None:
    before, after = make(base(buyer("ann", dormant=True))).row("candidates"), make(campaign(1.15)).row("candidates")
    assert after["assumed_value"] == before["value"]
    assert after["value"] > 1.5 * before["value"]
    assert (after["evidence_level"], after["assumed"]) == ("E3", False)
    assert after["value_high"] - after["value"] < before["value_high"] - before["value"]


def test_a_campaign_that_did_nothing_lowers_the_value() -> None:
    before, after = make(base(buyer("ann", dormant=True))).row("candidates"), make(campaign(1.0)).row("candidates")
    assert after["value"] < before["value"]


def test_a_campaign_without_lots_is_an_observation_and_changes_no_value() -> None:
    before = make(base(buyer("ann", dormant=True))).row("candidates")
    after = make(campaign(1.5, propensity=None)).row("candidates")
    assert (after["evidence_level"], after["assumed"], after["value"]) == ("E1", True, before["value"])
