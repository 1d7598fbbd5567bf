"""Tests of what open deals are worth, how likely they are won, and who is called about them."""

from datetime import timedelta
from typing import Any

import pytest
from opportunity_base import AS_OF, base, buyer, make


def deal(deal_id: str, opened: int | None, outcome: str = "open", took: int | None = None, **facts: Any) -> Any:
    """A deal that began so many days ago."""
    began = None if opened is None else AS_OF - timedelta(days=opened)
    closed = began + timedelta(days=took) if began and took is not None else None
    usual = {"customer_id": "ann", "owner": "liu", "product_id": "p", "stage": outcome, "amount": None}
    return {**usual, "deal_id": deal_id, "outcome": outcome, "opened_on": began, "closed_on": closed, **facts}


def past(won: int = 60, lost: int = 40) -> list[Any]:
    """Deals of a year ago: won after 20 to 79 days at 1000, lost at once."""
    good = [deal(f"w{n:03}", 400, "won", 20 + n, amount=1000, customer_id="bob") for n in range(won)]
    return [*good, *(deal(f"l{n:03}", 400, "lost", 2, customer_id="bob") for n in range(lost))]


def rows(*deals: Any, **more: Any) -> dict[str, dict[str, Any]]:
    shop = make({**base(buyer("ann"), buyer("bob")), "deals": list(deals), **more})
    return {row["deal_id"]: row for row in shop.rows("open_deals")}


def test_a_new_deal_has_the_chance_that_new_deals_had() -> None:
    row = rows(*past(), deal("a", 1))["a"]
    assert (row["deals_alike"], row["deals_alike_won"]) == (100, 60)
    house = 61 / 102
    assert row["win_chance"] == pytest.approx((60 + house * 20) / 120, abs=1e-6)
    assert row["win_low"] < row["win_chance"] < row["win_high"]


def test_gdpr_21_a_deal_of_a_company_that_refused_profiling_is_not_judged_and_one_of_nobody_is() -> None:
    refused = [{"customer_id": "ann", "profiling": False}, {"customer_id": "bob", "profiling": True}]
    found = rows(*past(), deal("a", 1), deal("b", 1, customer_id="bob"), deal("c", 1, customer_id=None), usable=refused)
    assert set(found) == {"b", "c"}


def test_an_older_deal_is_held_against_deals_that_were_as_old_and_undecided() -> None:
    row = rows(*past(), deal("a", 20))["a"]
    # Those lost at once never became so old: all of the others were won.
    assert (row["deals_alike"], row["deals_alike_won"]) == (60, 60)


def test_deals_that_were_never_decided_count_against_an_old_one() -> None:
    forgotten = [deal(f"o{n:03}", 500) for n in range(200)]
    row = rows(*past(), *forgotten, deal("a", 150))["a"]
    assert (row["deal_standing"], row["deals_alike"], row["deals_alike_won"]) == ("beyond", 200, 0)
    assert row["win_chance"] < 0.1


def test_standing_is_told_from_how_long_won_deals_took() -> None:
    found = rows(*past(), deal("a", 30), deal("b", 76), deal("c", 80), deal("d", None))
    assert [found[name]["deal_standing"] for name in "abcd"] == ["on_time", "late", "beyond", "undated"]


def test_the_amount_is_stated_or_that_of_won_deals_or_the_list_price_or_the_house_s() -> None:
    deals = [deal("a", 1, amount=5), deal("b", 1), deal("c", 1, product_id="q"), deal("d", 1, product_id="r")]
    found = rows(*past(), *deals, price_list=[{"product_id": "q", "unit_price": 70}])
    told = [(found[name]["amount"], found[name]["amount_basis"]) for name in "abcd"]
    assert told == [(5, "stated"), (1000, "won"), (70, "listed"), (1000, "house")]


def test_companies_move_the_chance_only_where_their_scores_say_something() -> None:
    def chance(verdict: str) -> float:
        scores = [{"customer_id": "ann", "score": 0.9, "verdict": verdict}]
        value: float = rows(*past(), deal("a", 1), lead_scores=scores)["a"]["win_chance"]
        return value

    assert chance("no_signal") == chance("too_few") < chance("signal")


def test_deals_come_in_the_order_of_what_they_should_bring_and_those_without_a_company_too() -> None:
    found = rows(*past(), deal("a", 1, amount=10), deal("b", 1, amount=900, customer_id=None))
    assert [found[name]["deal_rank"] for name in ("b", "a")] == [1, 2]
    assert found["b"]["expected_amount"] == pytest.approx(900 * found["b"]["win_chance"], abs=1e-3)


def test_a_company_is_called_about_what_is_undecided_with_the_one_that_won_most_as_its_peer() -> None:
    tables = base(buyer("ann", industry="farming"), buyer("bob", industry="farming"), buyer("cat", industry="mining"))
    best = [deal(f"c{n}", 300, "won", 10, amount=9000, customer_id="cat") for n in range(5)]
    shop = make({**tables, "deals": [*past(), *best, deal("a", 1, amount=2000), deal("b", 5, amount=1000)]})
    row = shop.row("candidates", customer_id="ann", play="advance_deal")
    waiting = shop.rows("open_deals")
    undecided = sum(one["amount"] * one["win_chance"] * (1 - one["win_chance"]) for one in waiting)
    assert row["at_stake"] == pytest.approx(undecided * 0.30 * 1.1**-0.5, abs=0.01)
    assert (row["reason"], row["actual"], row["peer_id"]) == ("deals_open", 3000, "bob")
    assert row["benchmark"] == pytest.approx(sum(one["expected_amount"] for one in waiting))
    assert shop.rows("candidates", customer_id="cat", play="advance_deal") == []


def test_nothing_is_made_of_no_deals() -> None:
    assert rows() == {}
    assert rows(deal("a", 3, amount=100))["a"]["win_chance"] == pytest.approx(0.5)
