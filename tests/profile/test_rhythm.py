"""Cadence: own gaps, shrunk towards everybody's."""

from datetime import date, timedelta
from math import exp, log

import pytest

AS_OF = date(2024, 6, 30)


def days(who, *ago):
    return [{"customer_id": who, "ordered_on": AS_OF - timedelta(days=d), "amount": 10} for d in ago]


def test_a_customer_of_one_gap_stands_between_the_own_gap_and_everybodys(shop):
    rows = shop(AS_OF, orders=[*days("ann", 0, 10), *days("bob", 0, 40)]).of("rhythm")
    everybody = (log(10) + log(40)) / 2
    assert rows["ann"]["cadence_days"] == pytest.approx(exp((log(10) + 3 * everybody) / 4), abs=0.02)


def test_who_bought_once_has_everybodys_cadence(shop):
    rows = shop(AS_OF, orders=[*days("ann", 0, 20, 40), *days("once", 3)]).of("rhythm")
    assert (rows["once"]["gaps"], rows["once"]["order_days"]) == (0, 1)
    assert rows["once"]["cadence_days"] == pytest.approx(20, abs=0.02)


def test_where_nobody_came_back_the_setting_is_the_cadence(shop):
    assert shop(AS_OF, orders=days("once", 3)).of("rhythm", usual_gap_days=45.0)["once"]["cadence_days"] == 45.0


def test_many_gaps_outweigh_everybodys(shop):
    regular = days("ann", *range(0, 400, 4))
    rows = shop(AS_OF, orders=[*regular, *days("bob", 0, 100)]).of("rhythm")
    assert rows["ann"]["cadence_days"] == pytest.approx(4, rel=0.06)
    assert rows["ann"]["log_gap_deviation"] == pytest.approx(0, abs=1e-6)


def test_deviation_is_the_sample_deviation_of_the_log_gaps(shop):
    ann = shop(AS_OF, orders=days("ann", 0, 10, 30, 70)).of("order_gaps")["ann"]
    logs = [log(10), log(20), log(40)]
    mean = sum(logs) / 3
    assert ann["log_gap_deviation"] == pytest.approx((sum((x - mean) ** 2 for x in logs) / 2) ** 0.5, abs=1e-3)
    assert (ann["mean_gap_days"], ann["typical_gap_days"]) == pytest.approx((70 / 3, 20.0), abs=0.03)


def test_several_orders_on_a_day_make_no_gap(shop):
    ann = shop(AS_OF, orders=days("ann", 0, 0, 0, 30)).of("order_gaps")["ann"]
    assert (ann["gaps"], ann["order_days"]) == (1, 2)
