"""The list is made by the engine, unless a simpler ranking was measured to be better: then by that, and it says so."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from opportunity_base import Base, candidate, make

FROZEN = date(2024, 9, 30)
FIGURES = {"ann": 100.0, "bob": 300.0, "cat": 600.0}


def lead(policy: str, ahead: float, low: float, **more: Any) -> dict[str, Any]:
    return {"policy": policy, "value": 1.0 + ahead, "value_error": 0.1, "ahead": ahead, "ahead_low": low,
            "better": low > 0} | more  # fmt: skip


def shop(*leads: dict[str, Any], lists: tuple[dict[str, Any], ...] = ()) -> Base:
    """Three customers of one play, who spent the more the less the engine thinks of them."""
    rows = [candidate(who, "mail", value, 1.0) for who, value in (("ann", 60.0), ("bob", 30.0), ("cat", 10.0))]
    tables: dict[str, Any] = {
        "candidates": rows,
        "features": [{"customer_id": who, "spend_365d": spend} for who, spend in FIGURES.items()],
        "rfm": [{"customer_id": who, "r": 1, "f": 1, "m": mark} for who, mark in (("ann", 5), ("bob", 3), ("cat", 1))],
        "scores": [{"customer_id": "ann", "target": "pays_90d", "score": 900.0}],
        "benchmarks": [{"customer_id": "bob", "own_value": 10.0, "peer_value": 60.0}],
    }
    given = {"shadow_rankings": list(leads), "list_rankings": list(lists)}
    return make(tables | {name: rows for name, rows in given.items() if rows})


def listed(base: Base) -> list[str]:
    return [row["customer_id"] for row in sorted(base.rows("ranked"), key=lambda row: row["rank"])]


ENGINE = lead("engine", 0.0, 0.0)


def test_the_engine_ranks_where_nothing_was_measured() -> None:
    base = shop()
    assert listed(base) == ["ann", "bob", "cat"]
    assert {row["ranked_by"] for row in base.rows("ranked")} == {"engine"}
    assert base.row("ranking") == base.row("ranking", policy="engine", used=True, verdict="in_use")


def test_a_simpler_ranking_that_surely_brought_more_takes_over_and_says_so() -> None:
    base = shop(ENGINE, lead("past_spend", 2.0, 0.5), lead("rfm", 1.0, 0.2), lead("cold_start", 0.3, -0.1))
    assert listed(base) == ["cat", "bob", "ann"]
    rows = {row["customer_id"]: row for row in base.rows("ranked")}
    assert {row["ranked_by"] for row in rows.values()} == {"past_spend"}
    # What the play is worth in all is divided by what was paid; the engine's own value is kept beside it.
    assert {who: rows[who]["value"] for who in rows} == {"ann": 10.0, "bob": 30.0, "cat": 60.0}
    assert [rows["cat"][name] for name in ("value_low", "value_high", "net")] == [30.0, 90.0, 59.0]
    verdicts = {row["policy"]: row["verdict"] for row in base.rows("ranking")}
    assert verdicts == {"engine": "not_surely_better", "past_spend": "in_use", "rfm": "surely_better",
                        "cold_start": "not_surely_better"}  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "first"), [("rfm", "ann"), ("lifetime_value", "ann"), ("peer_headroom", "bob"), ("past_spend", "cat")]
)
def test_each_simple_ranking_goes_by_its_figure(policy: str, first: str) -> None:
    base = shop(ENGINE, lead(policy, 2.0, 0.5))
    assert listed(base)[0] == first and base.rows("ranked")[0]["ranked_by"] == policy


def test_a_lead_that_may_be_luck_changes_nothing() -> None:
    assert listed(shop(ENGINE, lead("past_spend", 2.0, -0.1))) == ["ann", "bob", "cat"]


def test_lots_and_lists_must_not_contradict_each_other() -> None:
    lists = (lead("engine", 0.0, 0.0, members=900), lead("past_spend", -0.5, -1.0, members=900))
    base = shop(ENGINE, lead("past_spend", 2.0, 0.5), lists=lists)
    assert base.row("ranking", policy="past_spend")["verdict"] == "contradicted"
    assert listed(base) == ["ann", "bob", "cat"]


def test_before_any_experiment_is_a_ranking_too() -> None:
    rows = [candidate(who, "mail", value, 1.0, assumed_value=assumed, assumed_high=assumed * 1.5)
            for who, value, assumed in (("ann", 60.0, 10.0), ("bob", 30.0, 80.0))]  # fmt: skip
    base = make({"candidates": rows, "shadow_rankings": [ENGINE, lead("cold_start", 2.0, 0.5)]})
    assert listed(base) == ["bob", "ann"]
    assert base.row("ranked", customer_id="bob")["value_low"] == 40.0


def spring(gains_by: str, seed: int, members: int = 1200) -> Base:
    """A frozen list; what the treated gained goes by what they paid before, by what the engine said, or by nothing."""
    dice = np.random.default_rng(seed)
    paid, said = dice.lognormal(4, 0.8, members), dice.lognormal(2, 0.8, members)
    figure = {"paid": paid, "said": said, "nothing": np.ones(members)}[gains_by]
    gain = figure / figure.mean() * 12 * (gains_by != "nothing")
    people, orders = [], []
    for number in range(members):
        who, held = f"m{number:04}", bool(dice.random() < 0.5)
        people.append(
            {"list": "autumn", "customer_id": who, "frozen_on": FROZEN, "play": "wake_dormant", "stage": "mature",
             "held_out": "list" if held else "", "propensity": 0.5, "value": said[number], "value_low": 0.0,
             "value_high": said[number] * 2, "cost": 1.0, "at_stake": paid[number], "margin_share": 1.0,
             "assumed_value": said[number], "assumed_high": said[number] * 2, "value_tier": "mid"}
        )  # fmt: skip
        after = max(paid[number] * 0.5 + dice.normal(0, 10) + 40 + gain[number] * (not held), 0.0)
        for day, amount in ((FROZEN - timedelta(days=50), paid[number]), (FROZEN + timedelta(days=60), after)):
            orders.append({"customer_id": who, "ordered_on": day, "amount": Decimal(f"{amount:.4f}")})
    return make({"recorded_lists": people, "orders": orders})


def test_on_a_list_whose_gains_went_by_past_spend_that_is_found_better_than_the_engine() -> None:
    base = spring("paid", seed=1)
    rows = {row["policy"]: row for row in base.rows("list_rankings")}
    assert rows["past_spend"]["better"] and rows["past_spend"]["members"] == 1200
    assert base.row("ranking", used=True)["policy"] == "past_spend"


def test_on_a_list_whose_gains_went_by_the_engine_it_stays() -> None:
    base = spring("said", seed=1)
    rows = {row["policy"]: row for row in base.rows("list_rankings")}
    assert rows["past_spend"]["ahead"] < 0 and base.row("ranking", used=True)["policy"] == "engine"


def test_on_lists_that_did_nothing_no_ranking_takes_over() -> None:
    used = [spring("nothing", seed, members=600).row("ranking", used=True)["policy"] for seed in range(12)]
    assert used == ["engine"] * 12


def test_few_members_say_nothing_of_rankings() -> None:
    assert spring("paid", seed=1, members=300).rows("list_rankings") == []
