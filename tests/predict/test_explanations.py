"""What would change a forecast, and what a model leans on around one case."""

import numpy as np
import pytest

from motherlode.predict import counterfactual, lime
from motherlode.predict.counterfactual import ACTED_ON, nearest

COLUMNS = ("idle_days", "tenure_days", "orders_365d", "spend_90d")
RNG = np.random.default_rng(3)
OTHERS = np.column_stack(
    [RNG.integers(0, 300, 500), RNG.integers(0, 900, 500), RNG.integers(1, 20, 500), RNG.gamma(2, 50, 500)]
).astype(float)


def model(values):
    """A known curve: idle days lower it, orders raise it, tenure raises it too."""
    return 1 / (1 + np.exp(0.02 * values[:, 0] - 0.2 * values[:, 2] - 0.01 * values[:, 1]))


def test_the_goal_is_reached_by_the_smallest_change_of_one_column():
    row = np.array([200.0, 100.0, 5.0, 20.0])
    found = nearest(model, row, OTHERS, COLUMNS, goal=0.3)
    assert found.score < 0.3 <= found.reached and len(found.changes) == 1
    (change,) = found.changes
    moved = row.copy()
    moved[COLUMNS.index(change.column)] = change.needed
    assert model(moved[None, :])[0] == pytest.approx(found.reached)
    assert change.needed in OTHERS[:, COLUMNS.index(change.column)]


def test_what_nobody_can_act_on_is_left_as_it_is():
    assert "tenure_days" not in ACTED_ON
    found = nearest(model, np.array([290.0, 10.0, 1.0, 0.0]), OTHERS, COLUMNS, goal=0.99)
    assert {change.column for change in found.changes} <= set(ACTED_ON)


def test_two_changes_are_tried_where_one_is_not_enough():
    found = nearest(model, np.array([290.0, 10.0, 1.0, 0.0]), OTHERS, COLUMNS, goal=0.93)
    assert {change.column for change in found.changes} == {"idle_days", "orders_365d"} and found.reached >= 0.93


def test_a_goal_below_is_reached_from_above():
    found = nearest(model, np.array([5.0, 100.0, 18.0, 20.0]), OTHERS, COLUMNS, goal=0.5)
    assert found.score > 0.5 >= found.reached


def test_without_a_column_to_act_on_nothing_is_promised():
    found = nearest(lambda values: values[:, 0] * 0 + 0.2, np.array([1.0]), OTHERS[:, :1], ("age",), goal=0.9)
    assert found.changes == () and found.reached == found.score == pytest.approx(0.2)


def test_lime_finds_the_weights_of_a_linear_model_and_is_the_same_every_time():
    def linear(values):
        return 2.0 * values[:, 0] - 100.0 * values[:, 2]

    row = np.array([250.0, 10.0, 1.0, 20.0])
    local = lime.around(linear, row, OTHERS, COLUMNS)
    assert [name for name, _ in local.weights[:2]] == ["orders_365d", "idle_days"] and local.fit > 0.6
    weights = dict(local.weights)
    assert weights["orders_365d"] == pytest.approx(-100.0 * (1 - OTHERS[:, 2].mean()), rel=0.15)
    assert weights["idle_days"] == pytest.approx(2.0 * (250 - OTHERS[:, 0].mean()), rel=0.15)
    assert abs(weights["tenure_days"]) < 60
    assert lime.around(linear, row, OTHERS, COLUMNS) == local
    assert counterfactual.QUANTILES.size == 10
