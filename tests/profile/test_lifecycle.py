"""Every rule of the lifecycle, each met by a customer of that kind."""

from datetime import date, timedelta

import pytest

AS_OF = date(2024, 6, 30)


def ago(days):
    return AS_OF - timedelta(days=days)


def orders(who, *days, amount=100):
    return [{"customer_id": who, "ordered_on": ago(d), "amount": amount} for d in days]


# Enough regular buyers that the house has a cadence of about ten days.
CROWD = [row for number in range(20) for row in orders(f"crowd{number}", *range(number % 10, 400, 10))]


def stage_of(shop, rows=(), settings=None, **tables):
    made = shop(AS_OF, orders=[*CROWD, *rows], **tables).of("lifecycle", **(settings or {}))
    return made["ann"]


@pytest.mark.parametrize(
    ("days", "stage", "reason"),
    [
        (range(5, 400, 10), "mature", "at_level"),
        ([5], "trial", "just_started"),
        ([20, 100], "trial", "few_orders"),
        (range(120, 400, 10), "lost", "long_overdue"),
        ([3, *range(140, 400, 5)], "decline", "level_down"),
        ([5, 15, 25, 100], "mature", "in_rhythm"),
    ],
)
def test_order_days_decide_the_stage(shop, days, stage, reason):
    ann = stage_of(shop, orders("ann", *days))
    assert (ann["stage"], ann["reason"]) == (stage, reason)


def test_between_two_and_five_own_gaps_a_customer_is_dormant_and_not_lost(shop):
    ann = stage_of(shop, orders("ann", *range(40, 400, 15)))
    assert 2 < ann["overdue_ratio"] < 5
    assert ann["dormant"] and ann["stage"] != "lost"


def test_a_lost_customer_is_not_called_dormant(shop):
    assert not stage_of(shop, orders("ann", *range(120, 400, 10)))["dormant"]


def test_where_nobody_ever_came_back_nobody_is_late(shop):
    rows = [row for number in range(20) for row in orders(f"once{number}", 30 + number)]
    ann = shop(AS_OF, orders=[*rows, *orders("ann", 100)]).of("lifecycle")["ann"]
    assert (ann["stage"], ann["dormant"], ann["cadence_days"], ann["overdue_ratio"]) == ("trial", False, None, None)


def test_a_few_events_keep_an_overdue_customer_from_being_lost(shop):
    events = [{"customer_id": "ann", "occurred_on": ago(d)} for d in range(4)]
    assert stage_of(shop, orders("ann", *range(120, 400, 10)), events=events)["stage"] == "decline"


def test_who_bought_once_is_lost_when_the_slowest_of_the_others_had_come_back(shop):
    rows = orders("ann", 70)
    assert stage_of(shop, rows)["reason"] == "long_overdue"
    slow = [row for number in range(20) for row in orders(f"slow{number}", 0, 90)]
    assert stage_of(shop, [*rows, *slow])["reason"] != "long_overdue"


def test_a_slow_buyer_within_two_own_gaps_is_not_in_decline(shop):
    rows = [row for number in range(30) for row in orders(f"slow{number}", *range(number, 700, 100))]
    ann = stage_of(shop, [*rows, *orders("ann", *range(95, 900, 100))])
    assert (ann["stage"], ann["reason"]) == ("mature", "in_rhythm")


@pytest.mark.parametrize(
    ("known", "events", "stage", "reason"),
    [
        (30, 0, "intro", "never_bought"),
        (300, 0, "lost", "never_bought_silent"),
        (300, 1, "intro", "active_without_order"),
    ],
)
def test_who_never_bought_is_new_interested_or_lost(shop, known, events, stage, reason):
    seen = [{"customer_id": "ann", "occurred_on": ago(5)}] * events
    ann = stage_of(shop, customers=[{"customer_id": "ann", "known_on": ago(known)}], events=seen)
    assert (ann["stage"], ann["reason"]) == (stage, reason)


@pytest.mark.parametrize(
    ("facts", "stage", "reason"),
    [
        ({"churned": True}, "lost", "reported_churned"),
        ({"inactive_months": 7, "orders_365d": 5}, "lost", "reported_idle"),
        ({"inactive_months": 4, "orders_365d": 5}, "decline", "reported_slowing"),
        ({"tenure_months": 1, "orders_365d": 5}, "trial", "reported_new"),
        ({"spend_365d": 0}, "intro", "reported_never_bought"),
        ({"spend_365d": 900, "inactive_months": 1}, "mature", "reported_active"),
    ],
)
def test_a_summary_in_the_customer_file_is_enough_for_a_stage(shop, facts, stage, reason):
    ann = stage_of(shop, customers=[{"customer_id": "ann", **facts}])
    assert (ann["stage"], ann["reason"], ann["method"]) == (stage, reason, "reported")


def test_a_customer_with_orders_is_judged_by_them_and_not_by_the_summary(shop):
    customer = {"customer_id": "ann", "churned": True, "spend_365d": 5}
    ann = stage_of(shop, orders("ann", *range(5, 400, 10)), customers=[customer])
    assert (ann["stage"], ann["method"]) == ("mature", "rule")


def test_the_reason_carries_the_two_numbers_of_its_rule(shop):
    ann = stage_of(shop, orders("ann", 20, 100))
    assert (ann["actual"], ann["benchmark"]) == (2.0, 3.0)


def test_the_next_order_is_expected_one_cadence_after_the_last(shop):
    ann = stage_of(shop, orders("ann", *range(5, 400, 10)))
    assert ann["next_expected_on"] == ago(5) + timedelta(days=round(ann["cadence_days"]))


def test_thresholds_are_settings(shop):
    rows = orders("ann", 20, 100)
    assert stage_of(shop, rows, settings={"trial_order_days": 2})["stage"] == "mature"


def test_the_quiet_season_is_no_decline(shop):
    # Everybody buys half as much in April to June, last year as this year.
    def year(who, quiet):
        return [
            {"customer_id": who, "ordered_on": ago(d), "amount": quiet if (d % 364) < 91 else 100}
            for d in range(3, 800, 7)
        ]

    rows = [row for number in range(10) for row in year(f"c{number}", 50)]
    made = shop(AS_OF, orders=[*rows, *year("ann", 50)])
    assert made.of("season")[AS_OF]["season_index"] == pytest.approx(50 * 4 / 350, abs=0.02)
    assert made.of("lifecycle")["ann"]["reason"] == "at_level"


def test_the_growth_of_the_house_is_taken_out_of_the_season(shop):
    # Sales grow by half every year, evenly: no season.
    rows = [
        {"customer_id": "ann", "ordered_on": ago(d), "amount": round(100 * 1.5 ** (-d / 364), 2)} for d in range(900)
    ]
    row = shop(AS_OF, orders=rows).of("season")[AS_OF]
    assert row["season_known"] and row["season_index"] == pytest.approx(1.0, abs=0.01)


def test_less_than_65_weeks_of_orders_say_that_the_season_is_not_known(shop):
    row = shop(AS_OF, orders=orders("ann", *range(0, 400, 10))).of("season")[AS_OF]
    assert (row["season_known"], row["season_index"]) == (False, 1.0)
