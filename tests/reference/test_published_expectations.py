"""Expectations that Hardie's spreadsheets, R's BTYD and the lifetimes package print."""

import numpy as np
import pytest
from numpy import array

from motherlode.predict import beta_geometric, pareto_nbd

# CDNOW's; the published figures rest on other roundings of them, hence the fourth digit.
BG = np.array([0.2425945, 4.4136019, 0.7929199, 2.4258881])
PARETO = np.array([0.553277, 10.577683, 0.606241, 11.668763])
NOBODY = array([0.0])


@pytest.mark.parametrize(
    ("weeks", "orders"),
    [(0.1429, 0.0078), (1, 0.0532), (3, 0.1506), (31.8571, 1.0405), (32, 1.0437), (78, 1.8576)],
)
def test_a_new_customer_of_the_bg_nbd_orders_as_published(weeks, orders):
    expected = beta_geometric.bg_orders_if_alive(BG, NOBODY, NOBODY, array([float(weeks)]))
    assert expected[0, 0] == pytest.approx(orders, abs=5e-4)


def test_a_known_customer_of_the_bg_nbd_orders_as_published():
    x, recency, age = array([2.0]), array([30.43]), array([38.86])
    alive = beta_geometric.bg_alive(BG, x, recency, age)
    assert alive * beta_geometric.bg_orders_if_alive(BG, x, age, array([39.0]))[:, 0] == pytest.approx(1.226, abs=1e-3)


def test_a_known_customer_of_the_pareto_nbd_orders_as_published():
    x, recency, age = array([26.0]), array([30.86]), array([31.0])
    alive = pareto_nbd.alive(PARETO, x, recency, age)
    assert alive == pytest.approx(0.9979, abs=1e-4)
    assert alive * pareto_nbd.orders_if_alive(PARETO, x, age, array([52.0]))[:, 0] == pytest.approx(25.46, abs=0.01)


def test_a_customer_who_never_came_back_is_alive_as_published():
    assert pareto_nbd.alive(PARETO, NOBODY, NOBODY, array([39.0])) == pytest.approx(0.29416, abs=2e-4)


def test_customers_with_hundreds_of_orders_have_finite_chances():
    x = array([221.0, 132.0, 133.0, 600.0])
    recency, age = array([62.0, 199.9, 199.9, 5.0]), array([71.0, 200.0, 200.0, 300.0])
    for parameters in (PARETO, array([0.4, 0.1, 3.0, 300.0]), array([0.01, 250.0, 0.02, 0.01])):
        alive = pareto_nbd.alive(parameters, x, recency, age)
        assert np.isfinite(alive).all() and (alive >= 0).all() and (alive <= 1).all()
