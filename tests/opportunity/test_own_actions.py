"""Actions of the company's own campaigns come back as proposals, valued by the engine that the simulator marks."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from lots_of_worlds import doings_of, histories_of, lots_of, picks_of
from opportunity_base import base, buyer, make
from test_tried_lifts import campaign

from motherlode.opportunity.engine.habits import as_used
from motherlode.opportunity.engine.outlook import basis
from motherlode.opportunity.own_actions import own_actions
from motherlode.opportunity.seen_of_lots import seen_of_lots
from motherlode.opportunity.simulator.nature import AS_OF, Nature
from motherlode.opportunity.simulator.world import World, draw

DEPTH = 0.2
MADE_FOR = (
    "onboard_first_order: intro, coach_skill: trial, cross_sell: mature, discount: decline, win_back: lost, other: none"
)


@pytest.fixture(scope="module")
def world() -> World:
    return draw(131, 4000, Nature(randomised=0.2))


def usable(world: World, most: int | None = None) -> pa.Table:
    ids = world.customer_ids.tolist()
    return pa.table({"customer_id": ids, "profiling": [most is None or number < most for number in range(len(ids))]})


def asked(world: World, most: int | None = None, **settings: Any) -> pa.Table:
    tables = lots_of(world), picks_of(world), histories_of(world), doings_of(world), usable(world, most)
    return own_actions(*tables, as_of=AS_OF, **settings)


def share_of_oracle(world: World, rows: pa.Table) -> float:
    """Of the profit that there is in so many customers, what comes of the best proposal of each of the best."""
    profit = world.gains - world.costs
    place = {customer: number for number, customer in enumerate(world.customer_ids.tolist())}
    play = {each.name: number for number, each in enumerate(world.plays)}
    best: dict[str, tuple[float, str]] = {}
    for row in rows.to_pylist():
        net = row["value"] - row["cost"]
        best[row["customer_id"]] = max(best.get(row["customer_id"], (0.0, "")), (net, row["play"]))
    most = round(DEPTH * profit.shape[1])
    first = sorted(((net, who, name) for who, (net, name) in best.items() if net > 0), reverse=True)[:most]
    gained = sum(profit[play[name], place[who]] for _, who, name in first)
    return float(gained / np.sort(profit.max(axis=0).clip(min=0))[::-1][:most].sum())


def test_who_says_whom_actions_are_made_for_finds_most_of_what_there_is(world: World) -> None:
    unsaid, said = asked(world), asked(world, made_for=MADE_FOR)
    assert share_of_oracle(world, said) > 0.6
    assert share_of_oracle(world, said) > share_of_oracle(world, unsaid) > 0.3
    assert set(said["channel"].to_pylist()) == {"phone", "consultant", "email"}
    assert {"E2", "E3"} >= set(said["evidence_level"].to_pylist()) - {"E4"}
    assert pc.all(pc.less_equal(said["value_low"], said["value"])).as_py()


def test_costs_are_split_and_stages_are_read_off_habits(world: World) -> None:
    seen = seen_of_lots(lots_of(world), histories_of(world), AS_OF, 0.3, doings_of(world), picks_of(world))
    plays = {play.name: play for play in as_used(basis(seen), {"win_back": "lost"}).seen.plays}
    assert plays["discount"].contact_cost == pytest.approx(20, abs=0.5)
    assert plays["discount"].rebate == pytest.approx(0.20, abs=0.005)
    assert plays["win_back"].voucher == pytest.approx(300, abs=5)
    assert (plays["coach_skill"].contact_cost, plays["coach_skill"].rebate) == (600, 0)
    made_for = {name: play.stage for name, play in plays.items()}
    assert (made_for["cross_sell"], made_for["onboard_first_order"], made_for["win_back"]) == (
        "mature",
        "intro",
        "lost",
    )
    assert made_for["coach_skill"] == ""


def test_nothing_is_proposed_of_actions_without_lots_or_costs(world: World) -> None:
    lots = lots_of(world)
    free = lots.set_column(lots.column_names.index("cost"), "cost", pa.nulls(lots.num_rows, pa.float64()))
    rest = (picks_of(world), histories_of(world), doings_of(world), usable(world))
    assert own_actions(free, *rest, as_of=AS_OF).num_rows == 0
    assert own_actions(lots[:0], *(rows[:0] for rows in rest), as_of=AS_OF).num_rows == 0


def test_nothing_is_worked_out_about_who_may_not_be_profiled(world: World) -> None:
    assert set(asked(world, most=100)["customer_id"].to_pylist()) <= set(world.customer_ids[:100].tolist())


def own_campaign() -> dict[str, list[dict[str, Any]]]:
    """As in `test_tried_lifts`, with an action that no play describes, and one of its customers known to the shop."""
    shop = campaign(1.3, play="gift box", cost=Decimal(2), channel="post")
    known = base(buyer("t0000", idle_days=5, spend_365d=1300.0))
    known["usable"] = [{"customer_id": "t0000", "profiling": True}]
    return shop | {
        name: [*shop[name], *known[name]] for name in known if name not in ("customers", "touches", "orders")
    }


def test_an_action_that_no_play_describes_is_proposed_with_its_cost_reason_and_evidence() -> None:
    shop = make(own_campaign())
    row = shop.row("candidates", customer_id="t0000", play="gift box")
    assert (row["channel"], row["cost"], row["assumed"]) == ("post", 2.0, False)
    assert row["evidence_level"] in ("E2", "E3")
    assert row["reason"] is not None
    assert row["value"] > row["assumed_value"]
    assert row["value_low"] < row["value"] < row["value_high"]
    assert row["at_stake"] == pytest.approx(1300 * 0.3, rel=0.3)


def test_a_play_keeps_its_own_name() -> None:
    usable = [{"customer_id": "t0000", "profiling": True}]
    shop = make(campaign(1.3, cost=Decimal(2)) | {"usable": usable})
    assert {row["customer_id"] for row in shop.rows("candidates", play="wake_dormant")} == {"ann"}
    assert shop.rows("own_actions", play="wake_dormant")
