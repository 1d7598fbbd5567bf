"""Leads: points where something is known, opinions pooled by how they did, and no order where there is no signal."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from motherlode.graph.wiring import wire
from motherlode.labels import missing
from motherlode.plugins import find_promises
from motherlode.predict.lead_scores import COLUMNS, PARTS, lead_scores, pool, pool_weight
from motherlode.predict.lead_traits import ATTRIBUTES
from motherlode.testing import make_all
from shop import raw

CHANCE = np.random.default_rng(9)


def companies(size: int, told: float) -> tuple[pa.Table, pa.Table]:
    """Companies, and three closed deals with each; what is won depends on size and trade as much as `told` says."""
    employees, trade = CHANCE.lognormal(4, 1, size), CHANCE.integers(0, 3, size)
    logit = told * ((np.log(employees) - 4) + (trade == 1) - 0.5)
    ids = [f"a{number:04}" for number in range(size)]
    points = 20 * (np.argsort(np.argsort(employees)) + 1) / size
    traits = {
        "customer_id": pa.array(ids, pa.string()),
        **{name: pa.nulls(size, pa.string()) for name in ATTRIBUTES[:-2]},
        "industry": pa.array([f"trade{code}" for code in trade], pa.string()),
        "employees": employees,
        "annual_revenue": pa.nulls(size, pa.float64()),
        **{name: pa.nulls(size, pa.float64()) for name in PARTS},
        "size_points": points,
        "points": points,
        "most_points": np.full(size, 20.0),
    }
    which = np.repeat(np.arange(size), 3)
    won = CHANCE.random(which.size) < 1 / (1 + np.exp(-logit[which]))
    deals = {
        "deal_id": [f"d{number:05}" for number in range(which.size)],
        "customer_id": pa.array([ids[at] for at in which], pa.string()),
        "closed_on": [date(2023, 1, 1) + timedelta(days=int(day)) for day in CHANCE.integers(0, 500, which.size)],
        "outcome": np.where(won, "won", "lost"),
    }
    return pa.table(traits), pa.table(deals)


LEADS, DEALS = companies(400, told=1.2)
ROWS = lead_scores(LEADS, DEALS).to_pylist()


def test_both_opinions_are_shown_and_the_score_is_between_them():
    assert len(ROWS) == 400
    for row in ROWS:
        ends = sorted((row["expert_score"], row["model_score"]))
        assert ends[0] - 1e-9 <= row["score"] <= ends[1] + 1e-9
        assert (row["verdict"], 0 <= row["expert_weight"] <= 1) == ("signal", True)


def test_chances_add_up_to_the_deals_that_were_won():
    won = np.mean([outcome == "won" for outcome in DEALS.column("outcome").to_pylist()])
    for name in ("expert_score", "model_score", "score"):
        assert np.mean([row[name] for row in ROWS]) == pytest.approx(won, abs=0.03)


def test_deals_that_follow_nothing_rarely_look_like_a_signal():
    verdicts = [lead_scores(*companies(200, told=0.0)).column("verdict")[0].as_py() for _ in range(12)]
    assert set(verdicts) <= {"signal", "no_signal"} and verdicts.count("no_signal") >= 10


@pytest.mark.parametrize("size", [0, 1, 40])
def test_with_few_deals_the_points_alone_decide(size):
    leads, deals = companies(size, told=1.0)
    made = lead_scores(leads, deals)
    assert made.schema.names == list(COLUMNS) and made.num_rows == size
    for row in made.to_pylist():
        assert (row["verdict"], row["model_score"]) == ("too_few", None)
        assert row["score"] == row["expert_score"] == pytest.approx(row["points"] / row["most_points"])


def test_the_order_of_rows_changes_nothing():
    backwards = (part.take(pa.array(range(part.num_rows - 1, -1, -1))) for part in (LEADS, DEALS))
    made = lead_scores(*backwards).sort_by("customer_id").to_pylist()
    assert [row["score"] for row in made] == pytest.approx([row["score"] for row in ROWS])


def test_the_pool_keeps_what_both_say_and_the_weight_goes_to_who_was_right():
    assert pool(np.array([0.3]), np.array([0.3]), 0.4) == pytest.approx([0.3])
    truth = CHANCE.random(3_000)
    happened = (CHANCE.random(3_000) < truth).astype(float)
    noise = CHANCE.random(3_000)
    assert pool_weight(truth, noise, happened, 0.4, 50) > 0.8 > 0.2 > pool_weight(noise, truth, happened, 0.4, 50)
    assert pool_weight(truth[:3], noise[:3], happened[:3], 0.4, 50) == pytest.approx(0.4, abs=0.1)


def test_points_are_given_for_what_is_known_and_no_more():
    customers = [
        {"customer_id": "acme", "company": "Acme", "industry": "steel", "employees": 500.0},
        {"customer_id": "bolt", "company": "Bolt", "industry": "glass", "employees": 50.0},
        {"customer_id": "core", "company": "Core"},
    ]
    deals = [{"deal_id": "d1", "customer_id": "acme", "stage": "Won"}]
    house = make_all(
        wire(find_promises()), {"raw_customers": raw("customers", customers), "raw_deals": raw("deals", deals)}
    )
    rows = {row["customer_id"]: row for row in house.arrow("SELECT * FROM predict.lead_traits").to_pylist()}
    assert (rows["acme"]["industry_points"], rows["bolt"]["industry_points"]) == (30.0, 0.0)
    assert rows["acme"]["size_points"] > rows["bolt"]["size_points"] > 0
    assert (rows["acme"]["points"], rows["acme"]["most_points"]) == (50.0, 50.0)
    assert (rows["core"]["points"], rows["core"]["most_points"]) == (0.0, 0.0)


def test_verdicts_have_words():
    assert missing(("verdict", code) for code in ("too_few", "signal", "no_signal")) == []
