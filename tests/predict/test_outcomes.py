"""Recorded outcomes: columns that were written afterwards are found, and what is left is judged honestly."""

import json
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from motherlode.predict.boosting import Boosting
from motherlode.predict.cases import cases_of
from motherlode.predict.champions import champions
from motherlode.predict.leaks import find_leaks, out_of_fold
from motherlode.predict.measures import chance_measures
from motherlode.predict.outcome_backtest import left_out, outcome_backtest
from motherlode.predict.outcome_scores import outcome_scores, told_once

CHANCE = np.random.default_rng(8)
SIZE = 3_000
NO_DEALS = pa.table({name: pa.array([], pa.string()) for name in ("source", "file", "customer_id", "extra")} | {
    "row": pa.array([], pa.int64()), "opened_on": pa.array([], pa.date32()), "won": pa.array([], pa.float64()),
})  # fmt: skip


@cache
def world() -> dict[str, np.ndarray]:
    """People whose age, plan and usage say something of whether they leave."""
    chance = np.random.default_rng(8)
    age, plan, usage = chance.integers(18, 80, SIZE), chance.integers(0, 3, SIZE), chance.exponential(10.0, SIZE)
    logit = -0.5 + 0.03 * (age - 45) + np.array([-1.0, 0.2, 1.0])[plan] - 0.08 * usage
    return {
        "age": age,
        "plan": np.array(["basic", "plus", "pro"])[plan],
        "usage": usage.round(2),
        "left": (chance.random(SIZE) < 1 / (1 + np.exp(-logit))).astype(float),
        "noise": chance.normal(size=SIZE),
    }


def rows(outcome: np.ndarray | None = None, days: list[date] | None = None, **more: Any) -> pa.Table:
    """Rows of a customer file with further columns of its own."""
    people = world()
    facts = {name: people[name].tolist() for name in ("plan", "usage", "noise")}
    facts |= {name: np.asarray(values).tolist() for name, values in more.items()}
    extra = [json.dumps({name: _cell(values[at]) for name, values in facts.items()}) for at in range(SIZE)]
    left = people["left"] if outcome is None else outcome
    return pa.table(
        {
            "source": ["people"] * SIZE,
            "file": ["people.csv"] * SIZE,
            "row": np.arange(SIZE),
            "customer_id": [f"p{at}" for at in range(SIZE)],
            "registered_on": pa.array(days or [None] * SIZE, pa.date32()),
            "extra": extra,
            "age": people["age"].astype(float),
            "churned": left,
            **{name: pa.nulls(SIZE, pa.float64()) for name in ("responded", "defaulted", "converted")},
        }
    )


def _cell(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and np.isnan(value)) else str(value)


def leaks(**more: Any) -> dict[str, str]:
    (cases,) = cases_of(rows(**more), ("churned",), "registered_on")
    return {leak.column: leak.why for leak in find_leaks(cases)}


def judged(given: pa.Table) -> dict[tuple[str, str], float]:
    out = left_out(given, NO_DEALS)
    found = outcome_backtest(given, NO_DEALS, out, as_of=date(2024, 6, 30)).to_pylist()
    return {(row["model"], row["metric"]): row["value"] for row in found}


LEFT = world()["left"]


def test_honest_columns_are_kept():
    assert leaks() == {}


def test_a_copy_of_the_outcome_is_found_whatever_it_is_written_as():
    flipped = np.where(CHANCE.random(SIZE) < 0.003, 1 - LEFT, LEFT)
    written = {"status": np.where(LEFT > 0, "gone", "here"), "odds": 3.0 - 2 * flipped + CHANCE.normal(0, 0.01, SIZE)}
    assert leaks(**written) == dict.fromkeys(written, "says_the_outcome")


def test_a_column_that_was_written_after_the_outcome_is_found():
    reason = np.where((LEFT > 0) & (CHANCE.random(SIZE) < 0.5), CHANCE.choice(["price", "moved"], SIZE), "")
    refund = np.where((LEFT > 0) & (CHANCE.random(SIZE) < 0.4), CHANCE.integers(5, 50, SIZE), 0)
    assert leaks(reason=reason, refund=refund) == dict.fromkeys(("reason", "refund"), "filled_in_one_outcome")


def test_an_aggregate_of_the_future_is_found():
    later = np.where(LEFT > 0, CHANCE.gamma(1.0, 3.0, SIZE), CHANCE.gamma(4.0, 5.0, SIZE))
    assert leaks(spend_after=later.round(2)) == {"spend_after": "more_than_all_others"}


def test_a_column_can_be_kept_by_name():
    given = rows(status=np.where(LEFT > 0, "gone", "here"))
    assert left_out(given, NO_DEALS).num_rows == 1
    assert left_out(given, NO_DEALS, keep="status").num_rows == 0


def test_models_learn_what_there_is_and_no_more():
    found = judged(rows())
    truth = 0.77
    assert found["blended", "auc"] == pytest.approx(truth, abs=0.04)
    assert found["best_column", "auc"] < found["logistic", "auc"]
    assert found["blended", "calibration_error"] < 0.03
    assert found["blended", "total_ratio"] == pytest.approx(1.0, abs=0.05)


def test_a_row_that_stands_three_times_is_one_case():
    given = rows()
    (once,) = cases_of(given, ("churned",), "registered_on")
    again = given.set_column(given.schema.get_field_index("row"), "row", pa.array(np.arange(SIZE, 2 * SIZE)))
    (thrice,) = cases_of(pa.concat_tables([given, again, again]), ("churned",), "registered_on")
    assert thrice.outcome.tolist() == once.outcome.tolist()


def test_cases_of_one_customer_are_told_by_who_has_seen_none_of_them():
    """Each customer has four months whose outcome is her own, by chance: only who knows her can tell it."""
    people, month = np.repeat(np.arange(250), 4), np.tile(np.arange(4), 250)
    chance = np.random.default_rng(3)
    habit, fate = chance.normal(size=250), (chance.random(250) < 0.4).astype(float)
    values = np.column_stack([habit[people], month]).astype(np.float32)

    def auc(who: np.ndarray | None) -> float:
        told = out_of_fold(lambda: Boosting(rounds=60), values, fate[people], 5, who)
        return float(chance_measures(fate[people], told, np.ones((1, 1000), np.float32))["auc"][0])

    assert auc(None) > 0.7
    assert auc(people) == pytest.approx(0.5, abs=0.1)


def test_outcomes_in_random_order_are_no_signal_and_nobody_is_scored():
    given = rows(outcome=CHANCE.permutation(LEFT))
    out = left_out(given, NO_DEALS)
    found = outcome_backtest(given, NO_DEALS, out, as_of=date(2024, 6, 30))
    (champion,) = champions(found).to_pylist()
    assert champion["verdict"] == "no_signal"
    assert outcome_scores(given, NO_DEALS, out, champions(found)).num_rows == 0


def test_cases_with_days_are_tested_by_time_and_a_random_split_is_seen_to_flatter():
    """What tells in the first two thirds of the time tells nothing later."""
    days = [date(2020, 1, 1) + timedelta(days=at) for at in range(SIZE)]
    code = np.where(np.arange(SIZE) < 0.7 * SIZE, LEFT + CHANCE.normal(0, 0.8, SIZE), CHANCE.normal(0.5, 0.9, SIZE))
    found = judged(rows(days=days, code=code.round(3)))
    assert found["boosting", "auc_in_random_folds"] > found["boosting", "auc"] + 0.03


def test_months_along_a_file_are_its_time():
    months = ["may", "jun", "jul", "aug", "sep", "oct"]
    along, mixed = [months[at * 6 // SIZE] for at in range(SIZE)], CHANCE.choice(months, SIZE).tolist()
    assert ("blended", "auc_in_random_folds") in judged(rows(month=along))
    assert ("blended", "auc_in_random_folds") not in judged(rows(month=mixed))


def test_scores_come_from_models_that_have_not_seen_the_case_and_say_why():
    given = rows()
    out = left_out(given, NO_DEALS)
    found = outcome_backtest(given, NO_DEALS, out, as_of=date(2024, 6, 30))
    scored = outcome_scores(given, NO_DEALS, out, champions(found)).to_pylist()
    assert len(scored) == SIZE
    chance = np.array([row["score"] for row in scored])
    assert chance.mean() == pytest.approx(LEFT.mean(), abs=0.01)
    assert {row["reason_1"] for row in scored} <= {"age", "plan", "usage", "noise"}
    pro = [row for row in scored if row["answer_1"] == "pro" and row["reason_1"] == "plan"]
    assert pro and all(row["effect_1"] > 0 for row in pro)


def test_few_cases_are_not_judged():
    few = rows().slice(0, 150)
    assert left_out(few, NO_DEALS).num_rows == 0
    assert outcome_backtest(few, NO_DEALS, left_out(few, NO_DEALS), as_of=date(2024, 6, 30)).num_rows == 0


def test_columns_that_name_the_case_are_no_facts():
    (cases,) = cases_of(
        rows(number=np.arange(SIZE), who=[f"x{at}" for at in range(SIZE)]), ("churned",), "registered_on"
    )
    assert cases.left_out == dict.fromkeys(("number", "who"), "names_the_case")


def test_a_column_and_its_square_are_one_reason() -> None:
    spent = np.array([3.0, 1.0, np.nan, 2.0])
    values = np.column_stack([spent, [5.0, 5.0, 7.0, 1.0], spent**2])
    effects = np.array([[0.4, -0.3, 0.2], [0.1, 0.2, 0.3], [0.0, 0.5, 0.0], [0.2, 0.1, -0.1]])
    told = told_once(values, effects)
    assert told[:, 2].tolist() == [0, 0, 0, 0]
    assert told[:, 0] == pytest.approx([0.6, 0.4, 0.0, 0.1])
    assert told.sum(axis=1) == pytest.approx(effects.sum(axis=1))
