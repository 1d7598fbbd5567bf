"""What customers do and what they buy are pooled seven to three, until outcomes say how much each is worth."""

from typing import Any

import buyers_drawn as drawn
import numpy as np
import pyarrow as pa
import pytest

from motherlode.graph.wiring import wire
from motherlode.plugins import find_promises
from motherlode.predict.blend_weights import blend_weights
from motherlode.predict.blended import LOST, MATURE, TRIAL, Blended, stages_of
from motherlode.predict.estimators import Logistic

GRAPH = wire(find_promises())
LABELS = {p.name: p for p in GRAPH.promises.values() if p.kind == "label"}
MODEL = {"behaviour_and_orders": GRAPH.promises["behaviour_and_orders"]}


def learnt(cases: int, tells: str, seed: int = 5) -> tuple[Blended, np.ndarray, np.ndarray]:
    """What comes is told by what customers do, by what they buy, or by both; the last column is the stage."""
    dice = np.random.default_rng(seed)
    does, buys = dice.normal(size=(2, cases))
    stage = dice.integers(0, 2, cases)
    odds = {"behaviour": 2 * does, "transactions": 2 * buys, "both": does + buys}[tells]
    happened = (dice.random(cases) < 1 / (1 + np.exp(-odds))).astype(float)
    values = np.column_stack([np.exp(does), np.exp(buys), stage])
    blend = Blended([0], [1, 2], lambda rows: rows[:, 2].astype(int), Logistic)
    return blend.fit(values, happened), values, happened


def test_the_weight_goes_to_what_tells_who_buys() -> None:
    weights = {tells: learnt(4000, tells)[0].weights_[TRIAL] for tells in ("behaviour", "both", "transactions")}
    assert weights["behaviour"].in_force > 0.85
    assert 0.35 < weights["both"].in_force < 0.65
    assert weights["transactions"].in_force < 0.25 and weights["transactions"].learnt.high < 0.7


def test_with_few_cases_of_a_stage_it_is_seven_to_three() -> None:
    few = learnt(200, "transactions")[0].weights_
    assert few[TRIAL].in_force == 0.7 and few[TRIAL].cases < 200
    assert few[TRIAL].learnt.weight < 0.7
    # Nobody of them has left.
    assert few[LOST].in_force == 0.7 and few[LOST].learnt.weight == pytest.approx(0.7, abs=0.01)


def test_the_blend_ranks_better_than_either_where_both_tell_and_its_parts_add_up() -> None:
    blend, values, happened = learnt(4000, "both")
    told = [*blend.told(values), blend.score(values)]
    apart = [score[happened == 1].mean() - score[happened == 0].mean() for score in told]
    spread = [score.std() for score in told]
    assert apart[2] / spread[2] > max(apart[0] / spread[0], apart[1] / spread[1])
    assert blend.predict(values).sum() == pytest.approx(happened.sum(), rel=0.02)
    np.testing.assert_allclose(blend.explain(values).sum(axis=1), blend.score(values), rtol=1e-9)


def test_without_behaviour_transactions_speak_alone() -> None:
    _, values, happened = learnt(1000, "transactions")
    values[:, 0] = 0.0
    silent = Blended([0], [1, 2], lambda rows: rows[:, 2].astype(int), Logistic).fit(values, happened)
    alone = Logistic().fit(values[:, [1, 2]], happened)
    np.testing.assert_allclose(silent.predict(values), alone.predict(values[:, [1, 2]]))
    assert silent.explain(values).shape == (1000, 4)


def test_stages_are_told_by_own_gaps() -> None:
    columns = ("active_days", "idle_days", "tenure_days", "spend_13w", "spend_prior_52w")
    rows = np.array([[10, 20, 300, 100, 400], [10, 250, 300, 0, 400], [1, 10, 10, 20, 0], [10, 20, 300, 20, 400]])
    assert [("trial", "mature", "decline", "lost")[k] for k in stages_of(columns)(rows)] == [
        "mature", "lost", "trial", "decline"
    ]  # fmt: skip
    assert (stages_of(("orders_all",))(rows) == MATURE).all()


def with_visits(rows: pa.Table, tells: bool) -> pa.Table:
    """Snapshots with visits that know who will buy, or that know nothing."""
    dice = np.random.default_rng(4)
    buys = rows["buys_90d"].to_numpy() if tells else dice.permutation(rows["buys_90d"].to_numpy())
    rows = rows.append_column("events_28d", pa.array(dice.poisson(1 + 3 * np.nan_to_num(buys)).astype(float)))
    nothing = pa.array(np.zeros(rows.num_rows))
    return rows.append_column("spend_13w", nothing).append_column("spend_prior_52w", nothing)


def told(rows: pa.Table) -> list[dict[str, Any]]:
    champions = pa.table({"target": ["buys_90d"], "model": ["behaviour_and_orders"]})
    made = blend_weights(rows, drawn.traits(), drawn.NONE_LEFT_OUT, champions, models=MODEL, labels=LABELS)
    return [row for row in made.to_pylist() if row["target"] == "buys_90d"]


def test_the_table_shows_what_was_believed_what_was_learnt_and_what_each_is_worth() -> None:
    knowing, guessing = ({row["stage"]: row for row in told(with_visits(drawn.snapshots(), t))} for t in (True, False))
    assert set(knowing) == {"trial", "mature", "decline", "lost"}
    used = [stage for stage, row in knowing.items() if row["used"]]
    assert used and all(row["prior_weight"] == 0.7 and row["speaks"] for row in knowing.values())
    for stage in used:
        assert knowing[stage]["blend_weight"] == knowing[stage]["learnt_weight"] > guessing[stage]["blend_weight"]
        assert knowing[stage]["auc_behaviour"] > 0.7 > guessing[stage]["auc_behaviour"]
    assert all(row["blend_weight"] == 0.7 for row in knowing.values() if not row["used"])


def test_without_behaviour_on_record_there_is_no_weight() -> None:
    assert told(drawn.snapshots()) == []
