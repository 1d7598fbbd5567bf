"""Expectations that Hardie's spreadsheets, R's BTYD, CLVTools and the lifetimes package print."""

import numpy as np
import pytest

from motherlode.predict import btyd, renewals

# CDNOW's, in the digits of CLVTools and in those of the papers; published figures rest on one or the other.
BG = btyd.BgNbd(0.2425945, 4.4136019, 0.7929199, 2.4258881)
BG_OF_THE_PAPER = btyd.BgNbd(0.243, 4.414, 0.793, 2.426)
PARETO = btyd.ParetoNbd(0.553277, 10.577683, 0.606241, 11.668763)


@pytest.mark.parametrize(
    ("weeks", "orders"), [(0.1429, 0.0078), (1, 0.0532), (3, 0.1506), (31.8571, 1.0405), (32, 1.0437)]
)
def test_a_new_customer_of_the_bg_nbd_orders_as_published(weeks, orders):
    assert btyd.expected_transactions_new_customer(BG, weeks) == pytest.approx(orders, abs=1e-4)


def test_in_78_weeks_too_as_far_as_the_parameters_are_the_same():
    # The spreadsheet's parameters, which are not printed, differ in the fourth digit.
    assert btyd.expected_transactions_new_customer(BG, 78) == pytest.approx(1.8576, abs=5e-4)


def test_a_known_customer_of_the_bg_nbd_orders_as_published():
    assert btyd.expected_transactions(BG_OF_THE_PAPER, 2, 30.43, 38.86, 39) == pytest.approx(1.226, abs=1e-4)


@pytest.mark.parametrize(
    ("orders", "weeks", "chance"), [(10, 2, 1.07869e-07), (0, 39, 0.5737864), (11, 30, 0.0019995214)]
)
def test_chances_of_numbers_of_orders_under_the_bg_nbd_are_as_published(orders, weeks, chance):
    assert btyd.pmf(BG_OF_THE_PAPER, orders, weeks) == pytest.approx(chance, rel=1e-5)


def test_a_known_customer_of_the_pareto_nbd_orders_as_published():
    assert btyd.p_alive(PARETO, 26, 30.86, 31) == pytest.approx(0.9979, abs=1e-4)
    assert btyd.expected_transactions(PARETO, 26, 30.86, 31, 52) == pytest.approx(25.46, abs=0.005)


def test_a_customer_who_never_came_back_is_alive_as_published():
    assert btyd.p_alive(PARETO, 0, 0, 39) == pytest.approx(0.29416, abs=2e-4)


def test_customers_who_broke_other_programs_have_chances():
    """Four customers of CLVTools's tests, of whom its closed form made not numbers."""
    parameters = btyd.ParetoNbd(0.5143, 2.8845, 0.2856, 14.1087)
    x = [221, 254, 161, 204]
    last, age = [103.42857, 97.14286, 94.71429, 98.57143], [103.57143, 97.28571, 98.0, 99.42857]
    alive = btyd.p_alive(parameters, x, last, age)
    assert (alive > 0.1).all() and (alive <= 1).all()
    # The third was silent for fifty of its usual gaps.
    assert alive.argmin() == 2


def test_one_order_more_changes_little_for_a_customer_of_many():
    """Where lifetimes adds a penalty lest its closed form run over."""
    few, more = btyd.p_alive(PARETO, [132, 133], [199.9, 199.9], 200)
    assert few == pytest.approx(more, abs=1e-3)
    strange = btyd.p_alive(
        btyd.ParetoNbd(10.465, 7.98565181e-03, 3.0516, 2.820), [400, 500, 500], [5, 1, 4], [6, 37, 37]
    )
    assert np.isfinite(strange).all()


SURVIVORS = 1000 * np.array([1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491])


def test_retention_under_contract_goes_on_as_published():
    """Fader and Hardie 2007, the "high end" customers: seven years known, five projected."""
    fit = renewals.fit_shifted_beta_geometric(SURVIVORS)
    assert tuple(fit.parameters) == pytest.approx((0.66809, 3.80610), rel=1e-3)
    assert fit.log_likelihood == pytest.approx(-1611.158, abs=1e-3)
    projected = renewals.survivor_share(fit, np.arange(8, 13))
    assert projected == pytest.approx([0.460, 0.436, 0.414, 0.395, 0.378], abs=5e-4)
    assert renewals.discounted_residual_lifetime(fit, 7, 0.1) == pytest.approx(7.530, abs=5e-4)
