"""The backtest learns from before and tests after, finds the best model, and finds nothing where nothing is."""

from datetime import date
from functools import cache
from typing import Any

import buyers_drawn as drawn
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from motherlode.errors import ContractError
from motherlode.graph.wiring import wire
from motherlode.plugins import find_promises
from motherlode.predict.champions import champions
from motherlode.predict.order_backtest import order_backtest
from motherlode.predict.scores import scores
from motherlode.tables import Promise

GRAPH = wire(find_promises())
LABELS = {p.name: p for p in GRAPH.promises.values() if p.kind == "label"}
FEW = ("mean", "recency_frequency", "rfm_logistic", "pareto_nbd", "same_as_last", "tweedie")
MODELS = {name: GRAPH.promises[name] for name in FEW}


def judged(rows: pa.Table, models: dict[str, Promise] = MODELS, **settings: Any) -> pa.Table:
    return order_backtest(rows, drawn.traits(), drawn.NONE_LEFT_OUT, models=models, labels=LABELS, **settings)


@cache
def backtest() -> pa.Table:
    return judged(drawn.snapshots())


def value(rows: pa.Table, **wanted: Any) -> float:
    found = [row["value"] for row in rows.to_pylist() if all(row[name] == said for name, said in wanted.items())]
    assert found
    return float(np.mean(found))


def test_models_that_know_the_world_rank_better_than_the_mean():
    assert value(backtest(), target="buys_90d", model="mean", metric="auc") == pytest.approx(0.5)
    assert value(backtest(), target="buys_90d", model="pareto_nbd", metric="auc") > 0.7
    assert 0.9 < value(backtest(), target="buys_90d", model="rfm_logistic", metric="total_ratio") < 1.1


def test_every_figure_has_its_interval():
    wanted = ("buys_90d", "rfm_logistic", "auc")
    rows = [row for row in backtest().to_pylist() if (row["target"], row["model"], row["metric"]) == wanted]
    assert all(row["low"] < row["value"] < row["high"] for row in rows)
    assert len({row["as_of"] for row in rows}) == 3


def test_what_came_later_changes_nothing_that_was_learnt_before():
    """Labels of the test day are drowned in noise: forecasts, and so their totals, stay the same."""
    rows = drawn.snapshots()
    day = max(rows["snapshot_on"].to_pylist())
    last = np.array([one == day for one in rows["snapshot_on"].to_pylist()])
    flipped = np.where(last, 1 - rows["buys_90d"].to_numpy(), rows["buys_90d"].to_numpy())
    changed = rows.set_column(rows.schema.get_field_index("buys_90d"), "buys_90d", pa.array(flipped))
    one, other = (judged(each, most_days=1) for each in (rows, changed))
    for decile in (1, 5, 10):
        metric = {"target": "buys_90d", "model": "rfm_logistic", "metric": f"forecast_decile_{decile}"}
        assert value(one, **metric) == pytest.approx(value(other, **metric))


@pytest.mark.parametrize("last_only", [True, False])
def test_customers_who_all_order_again_are_no_error(last_only):
    """A shop of steady buyers has nobody to tell apart, on the test day or on any."""
    rows = drawn.snapshots()
    day = max(rows["snapshot_on"].to_pylist())
    same = np.array([one == day or not last_only for one in rows["snapshot_on"].to_pylist()])
    for name, amount in (("buys_90d", 1.0), ("pays_90d", 10.0)):
        values = np.where(same, amount, rows[name].to_numpy(zero_copy_only=False))
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(values, from_pandas=True))
    few = {
        name: GRAPH.promises[name]
        for name in ("mean", "rfm_logistic", "two_part", "two_part_median", "blend_by_orders")
    }
    found = judged(rows, few, most_days=1)
    assert champions(found, labels=LABELS).num_rows == len(LABELS)


def test_labels_in_random_order_are_no_signal_and_nobody_is_scored():
    rows = drawn.snapshots()
    chance = np.random.default_rng(4)
    for name in LABELS:
        mixed = chance.permutation(rows[name].to_numpy(zero_copy_only=False))
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(mixed, from_pandas=True))
    found = judged(rows)
    chosen = champions(found, labels=LABELS)
    assert [row["verdict"] for row in chosen.to_pylist()] != ["signal"] * 3
    assert all(row["verdict"] in ("no_signal", "no_better_than_rule") for row in chosen.to_pylist())
    ranked = {row["target"]: row["verdict"] for row in chosen.to_pylist()}
    assert ranked["buys_90d"] == "no_signal"


def test_a_column_that_is_the_label_of_the_past_is_learnt_only_from_the_past():
    """A planted column says what came after each snapshot but the last, where it says nothing: it must not help."""
    rows = drawn.snapshots()
    day = max(rows["snapshot_on"].to_pylist())
    earlier = pa.array([on != day for on in rows["snapshot_on"].to_pylist()])
    rows = rows.append_column("planted", pc.if_else(earlier, rows["buys_90d"], pa.scalar(None, pa.float64())))
    boosting = {"boosting": GRAPH.promises["boosting"]}
    assert value(judged(rows, boosting, most_days=1), target="buys_90d", model="boosting", metric="auc") < 0.9


def test_the_champion_has_the_smallest_loss():
    losses = {
        model: value(backtest(), target="buys_90d", model=model, metric="log_loss")
        for model in ("mean", "recency_frequency", "rfm_logistic", "pareto_nbd")
    }
    (chosen,) = [row for row in champions(backtest(), labels=LABELS).to_pylist() if row["target"] == "buys_90d"]
    assert chosen["verdict"] == "signal"
    assert chosen["model"] == min(losses, key=lambda model: losses[model])


def test_a_model_that_sees_what_is_not_there_is_told_so():
    blind = msgspec.structs.replace(GRAPH.promises["rfm_logistic"], sees=("idle_dayz",))
    with pytest.raises(ContractError, match="sees `idle_dayz`"):
        judged(drawn.snapshots(), {"rfm_logistic": blind}, most_days=1)


def test_too_few_customers_are_not_judged():
    few = judged(drawn.snapshots(customers=80))
    assert few.num_rows == 0
    assert {row["verdict"] for row in champions(few, labels=LABELS).to_pylist()} == {"too_few"}


@cache
def scored() -> pa.Table:
    chosen = champions(backtest(), labels=LABELS)
    settings = {"as_of": drawn.LAST, "models": MODELS, "labels": LABELS}
    stated = (drawn.traits(), drawn.NONE_LEFT_OUT)
    return scores(drawn.features(), drawn.snapshots(), backtest(), chosen, *stated, **settings)


def test_everybody_is_scored_with_an_interval_and_reasons():
    rows = [row for row in scored().to_pylist() if row["target"] == "buys_90d"]
    assert len(rows) == drawn.features().num_rows
    assert all(0 <= row["low"] <= row["score"] <= row["high"] <= 1 for row in rows)
    assert all(row["reason_1"] and abs(row["effect_1"]) >= abs(row["effect_2"] or 0) for row in rows)


def test_money_is_scored_in_money():
    rows = [row["score"] for row in scored().to_pylist() if row["target"] == "pays_90d"]
    assert max(rows) > 30 > 0 <= min(rows)


def test_no_champion_no_scores():
    nobody = champions(judged(drawn.snapshots(customers=80)), labels=LABELS)
    none = scores(
        drawn.features(80), drawn.snapshots(80), backtest().slice(0, 0), nobody, drawn.traits(), drawn.NONE_LEFT_OUT,
        as_of=date(2024, 6, 30), models=MODELS, labels=LABELS,
    )  # fmt: skip
    assert none.num_rows == 0
