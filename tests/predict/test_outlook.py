"""What models of repeat buying expect in the days ahead, against what then happens in worlds that follow them."""

import numpy as np
import pytest

from motherlode.predict.outlook import chance_before_leaving, chance_while_staying, outlook

CHANCE = np.random.default_rng(11)
WEEKS = 13.0


def pareto_world(customers: int) -> tuple[np.ndarray, np.ndarray]:
    """Rates of buying and leaving of customers who are still there after 52 weeks with 3 repeat orders."""
    r, alpha, s, beta = 0.6, 10.0, 0.7, 12.0
    return CHANCE.gamma(r + 3, 1 / (alpha + 52), customers), CHANCE.gamma(s, 1 / (beta + 52), customers)


def test_the_chance_to_order_before_leaving_is_that_of_simulated_customers():
    buying, leaving = pareto_world(400_000)
    ordered = CHANCE.exponential(1 / buying) < np.minimum(CHANCE.exponential(1 / leaving), WEEKS)
    told = chance_before_leaving(np.array([0.6, 10.0, 0.7, 12.0]), np.array([3.0]), np.array([52.0]), WEEKS)
    assert told[0] == pytest.approx(ordered.mean(), abs=0.003)


def test_the_chance_to_order_while_staying_is_that_of_simulated_customers():
    buying = CHANCE.gamma(0.25 + 2, 1 / (4.4 + 30), 400_000)
    ordered = CHANCE.exponential(1 / buying) < WEEKS
    told = chance_while_staying(np.array([0.25, 4.4, 0.8, 2.4]), np.array([2.0]), np.array([30.0]), WEEKS)
    assert told[0] == pytest.approx(ordered.mean(), abs=0.003)


def histories(customers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rates = CHANCE.gamma(0.8, 1 / 60, customers)
    orders, recency = np.ones(customers), np.zeros(customers)
    clock = np.zeros(customers)
    for _ in range(60):
        clock += CHANCE.exponential(1 / np.maximum(rates, 1e-9)).clip(1, None)
        here = clock < 300
        orders += here
        recency = np.where(here, np.floor(clock), recency)
    return orders, recency, np.full(customers, 300.0), orders * CHANCE.gamma(4, 10, customers)


def test_who_orders_more_and_later_is_expected_to_order_more():
    orders, recency, age, paid = histories(3_000)
    told = outlook(orders, recency, age, paid, 90)
    assert all(np.isfinite(column).all() for column in told.values())
    often, once = orders > 5, orders == 1
    assert all(column[often].mean() > column[once].mean() for column in told.values())


def test_too_few_repeat_buyers_give_no_expectations():
    few = np.array([2.0, 1.0, 1.0])
    told = outlook(few, np.array([9.0, 0, 0]), np.full(3, 100.0), few, 90)
    assert all(np.isnan(column).all() for column in told.values())
