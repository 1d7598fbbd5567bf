"""Tests of what every play promises."""

from decimal import Decimal

import pytest
from opportunity_base import AS_OF, PROMISES, base, buyer, make

PLAYS = [promise for promise in PROMISES.values() if promise.kind == "play"]
OPEN = {"deal_id": "d1", "customer_id": "trying", "outcome": "open", "amount": 90000, "opened_on": AS_OF}
SHOP = make(
    base(
        buyer(
            "new",
            "intro",
            orders_all=0,
            spend_all=0.0,
            spend_365d=0.0,
            orders_365d=0,
            idle_days=None,
            value_tier="none",
        ),
        buyer("trying", "trial", orders_365d=2, spend_365d=200.0, orders_all=2, spend_all=200.0, tenure_days=60),
        buyer("late", value_tier="high", spend_365d=9000.0, idle_days=80, overdue_ratio=2.0, dormant=True),
        buyer("steady", category="tea", category_spend=400.0),
        buyer("strong", value_tier="high", spend_365d=9000.0, own_value=9000.0, peer_value=20000.0),
        buyer("fading", "decline", spend_13w=25.0),
        buyer("leaving", cart_value=Decimal(4000)),
        buyer("gone", "lost", spend_365d=0.0, spend_all=30000.0, idle_days=400, tenure_days=1000, overdue_ratio=11.0),
    )
    | {"deals": [OPEN]}
)


@pytest.mark.parametrize("name", [promise.name for promise in PLAYS])
def test_every_play_finds_its_customer(name: str) -> None:
    assert SHOP.rows("candidates", play=name)


@pytest.mark.parametrize("name", [promise.name for promise in PLAYS])
def test_a_value_lies_between_its_low_and_high(name: str) -> None:
    for row in SHOP.rows("candidates", play=name):
        assert row["value_low"] < row["value"] < row["value_high"]


@pytest.mark.parametrize("promise", PLAYS, ids=lambda promise: promise.name)
def test_every_setting_is_explained(promise: object) -> None:
    words = promise.function.__doc__  # type: ignore[attr-defined]
    assert [name for name in promise.settings if f"`{name}`" not in words] == []  # type: ignore[attr-defined]


def test_every_row_has_two_reasons_and_one_is_not_about_money() -> None:
    money = {"gap_to_peer", "once_high", "own_decline", "level_down", "at_level", "bigger_baskets"}
    money |= {"deals_open", "alike_bring"}
    rows = SHOP.rows("candidates")
    assert all(row["reason"] != row["second_reason"] for row in rows)
    assert all({row["reason"], row["second_reason"]} - money for row in rows)


def test_there_is_a_play_for_every_stage() -> None:
    stages = {row["stage"] for row in SHOP.rows("ranked") if row["net"] > 0}
    assert stages == {"intro", "trial", "mature", "decline", "lost"}
