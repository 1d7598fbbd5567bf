"""Tests of the play for customers in decline."""

from typing import Any

import pytest
from opportunity_base import base, buyer, make


def test_the_own_part_of_a_decline_is_at_stake() -> None:
    # The base as a whole stands at 0.6 of its level, ann at 0.2: two thirds of her level are missing.
    row = make(base(buyer("ann", "decline", spend_13w=50.0), buyer("bob"))).row("candidates")
    assert (row["actual"], row["benchmark"]) == (0.2, 0.6)
    assert row["at_stake"] == pytest.approx(1000 * 2 / 3 * 0.30 * 1.1**-0.5, abs=1e-3)


def test_a_decline_shared_by_the_base_gets_no_paid_play() -> None:
    slow = {"spend_13w": 100.0}
    assert make(base(buyer("ann", "decline", **slow), buyer("bob", "decline", **slow))).rows("candidates") == []


def test_a_decline_shared_by_the_industry_gets_none_either() -> None:
    farms = [buyer(f"farm{number}", "decline", industry="farming", spend_13w=100.0) for number in range(30)]
    shops = [buyer(f"shop{number}", industry="retail") for number in range(300)]
    assert make(base(*farms, *shops)).rows("candidates") == []


def test_an_order_that_went_back_makes_no_level() -> None:
    bought = {"spend_prior_52w": 50000.0, "spend_all": 50100.0, "spend_13w": 100.0, "orders_all": 2}
    one = buyer("ann", "decline", **bought)
    shop = make({**base(one, buyer("bob")), "returns": [{"customer_id": "ann", "amount": 50000}]})
    assert shop.row("candidates")["at_stake"] < 100


def test_reported_slowing_is_enough() -> None:
    reported = {
        "orders_all": 0,
        "reported_spend": 1000,
        "reported_orders": 10.0,
        "method": "reported",
        "idle_days": 122,
    }
    row = make(base(buyer("ann", "decline", **reported))).row("candidates", play="retain")
    assert (row["reason"], row["actual"], row["benchmark"]) == ("overdue", 122.0, 36.0)


def fallen(cause: str, effect: float = 350.0, company: float = 350.0) -> list[dict[str, Any]]:
    facts = {"cause": cause, "loss_effect": effect, "loss_company": company}
    return make(base(buyer("ann", "decline", spend_13w=50.0, **facts), buyer("bob"))).rows("candidates")


@pytest.mark.parametrize("cause", ["seasonal", "industry", "company"])
def test_what_no_action_undoes_gets_none(cause: str) -> None:
    assert fallen(cause) == []


def test_of_a_fall_only_the_own_part_is_at_stake_and_less_where_it_is_not_about_us() -> None:
    whole, some = fallen("effect")[0], fallen("effect", effect=100.0, company=300.0)[0]
    margin = 0.30 * 1.1**-0.5
    assert whole["at_stake"] == pytest.approx(1000 * 2 / 3 * margin, abs=1e-3)
    assert some["at_stake"] == pytest.approx(400 * 0.5 * margin, abs=1e-3)
