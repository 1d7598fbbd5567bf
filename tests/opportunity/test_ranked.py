"""Tests of the list: who is on it, in which order, and where it is cut."""

import random
from typing import Any

import pytest
from opportunity_base import Base, candidate, make

Offer = tuple[str, str, float, float]


def ranked(*offers: Offer, budget: float | None = None, hurdle: float = 0.0, **more: Any) -> Base:
    rows = [candidate(*offer, **more) for offer in offers]
    settings = {"hurdle": hurdle} if budget is None else {"hurdle": hurdle, "budget": budget}
    return make({"candidates": rows}, settings={"ranked": settings})


def in_order(base: Base) -> list[dict[str, Any]]:
    return sorted(base.rows("ranked"), key=lambda row: row["rank"])


def chosen(base: Base) -> list[tuple[str, str]]:
    return [(row["customer_id"], row["play"]) for row in in_order(base) if row["chosen"]]


def net(base: Base) -> float:
    return sum(row["net"] for row in base.rows("ranked", chosen=True))


def best_net(offers: list[Offer], budget: int) -> float:
    """The best choice there is, at most one play a customer, by dynamic programming over whole money."""
    best = [0.0] * (budget + 1)
    for who in {offer[0] for offer in offers}:
        own = [(value, int(cost)) for name, _, value, cost in offers if name == who]
        best = [
            max([best[money], *(best[money - cost] + value - cost for value, cost in own if cost <= money)])
            for money in range(budget + 1)
        ]
    return best[budget]


def random_offers(seed: int, customers: int) -> list[Offer]:
    dice = random.Random(seed)
    return [
        (f"c{who}", f"play{play}", round(cost * dice.uniform(0.5, 5.0), 2), cost)
        for who in range(customers)
        for play in range(3)
        for cost in [float(dice.randint(1, 30))]
    ]


def test_without_a_budget_each_gets_the_play_that_nets_most() -> None:
    base = ranked(("ann", "call", 100, 40), ("ann", "mail", 30, 1), ("bob", "mail", 20, 1))
    assert chosen(base) == [("ann", "call"), ("bob", "mail")]


def test_the_order_is_by_net_value() -> None:
    base = ranked(("ann", "mail", 20, 1), ("bob", "call", 100, 40), ("cat", "mail", 5, 1))
    assert [row["customer_id"] for row in in_order(base)] == ["bob", "ann", "cat"]


def test_a_tight_budget_turns_to_the_cheaper_play() -> None:
    base = ranked(("ann", "call", 100, 40), ("ann", "mail", 50, 1), ("bob", "mail", 20, 1), budget=2.0)
    assert chosen(base) == [("ann", "mail"), ("bob", "mail")]


def test_the_shadow_price_is_what_one_more_yuan_would_earn() -> None:
    base = ranked(("ann", "mail", 50, 1), ("bob", "call", 30, 10), budget=1.0)
    assert {row["shadow_price"] for row in base.rows("ranked")} == {2.0}


def test_money_that_does_not_bind_has_no_price() -> None:
    base = ranked(("ann", "mail", 50, 1), budget=1000.0)
    assert base.row("ranked")["shadow_price"] == 0.0


def test_the_rest_of_the_budget_goes_to_what_still_fits() -> None:
    base = ranked(("ann", "call", 100, 10), ("bob", "call", 80, 10), ("cat", "mail", 3, 2), budget=15.0)
    assert chosen(base) == [("ann", "call"), ("cat", "mail")]


def test_what_does_not_pay_stays_below_the_line() -> None:
    base = ranked(("ann", "mail", 5, 1), ("bob", "call", 10, 40))
    row = base.row("ranked", customer_id="bob")
    assert (row["chosen"], row["cut_line"], row["verdict"]) == (False, "below", "does_not_pay")


def test_when_nothing_pays_the_answer_is_to_do_nothing() -> None:
    base = ranked(("ann", "call", 10, 40), ("bob", "call", 1, 2))
    assert (chosen(base), base.row("claim")["customers"], base.row("claim")["value"]) == ([], 0, 0.0)


def test_a_hurdle_leaves_out_what_earns_too_little() -> None:
    base = ranked(("ann", "mail", 5, 1), ("bob", "call", 44, 40), hurdle=0.2)
    row = base.row("ranked", customer_id="bob")
    assert (chosen(base), row["cut_line"], row["verdict"]) == ([("ann", "mail")], "profit_peak", "below_hurdle")


def test_who_is_over_the_budget_still_lies_within_the_profit_peak() -> None:
    base = ranked(("ann", "mail", 5, 1), ("bob", "mail", 4, 1), budget=1.0)
    row = base.row("ranked", customer_id="bob")
    assert (row["cut_line"], row["verdict"]) == ("profit_peak", "over_budget")


def test_who_refused_marketing_is_not_on_the_list() -> None:
    rows = [candidate("ann", "mail", 5, 1), candidate("bob", "mail", 9, 1, verdict="refused")]
    assert [row["customer_id"] for row in make({"candidates": rows}).rows("ranked")] == ["ann"]


def test_equal_customers_keep_the_order_of_their_names() -> None:
    base = ranked(("cat", "mail", 5, 1), ("ann", "mail", 5, 1), ("bob", "mail", 5, 1), budget=2.0)
    assert chosen(base) == [("ann", "mail"), ("bob", "mail")]


def test_a_free_play_needs_no_budget() -> None:
    base = ranked(("ann", "post", 5, 0), ("bob", "mail", 5, 1), budget=0.0)
    assert chosen(base) == [("ann", "post")]


def test_the_novel_are_those_beyond_as_many_top_customers() -> None:
    rows = [candidate("ann", "mail", 5, 1), candidate("cat", "mail", 4, 1)]
    values = [{"customer_id": who, "value": value} for who, value in (("ann", 900.0), ("bob", 800.0), ("cat", 100.0))]
    base = make({"candidates": rows, "value_tiers": values})
    assert {row["customer_id"]: row["novel"] for row in base.rows("ranked")} == {"ann": False, "cat": True}


def test_the_highest_return_needs_thirty_customers() -> None:
    base = ranked(*((f"c{number:02}", "mail", 100.0 - number, 1.0) for number in range(50)))
    assert len(base.rows("ranked", cut_line="roi_peak")) == 30


@pytest.mark.parametrize("seed", range(4))
def test_lists_under_growing_budgets(seed: int) -> None:
    """Costs stay inside, nobody is twice on the list, profit never falls, and no choice is better by more than 1 %.

    Where money is for a dozen customers only, a step that does not fit weighs more: less than its profit is missed.
    """
    offers = random_offers(seed, customers=120)
    before = 0.0
    for budget in (0, 40, 150, 151, 900, 3000):
        base = ranked(*offers, budget=float(budget))
        rows = base.rows("ranked", chosen=True)
        best, own = best_net(offers, budget), net(base)
        assert sum(row["cost"] for row in rows) <= budget
        assert len({row["customer_id"] for row in rows}) == len(rows)
        assert own >= before - 1e-9
        assert best - own <= (0.01 * best if budget >= 150 else best_left_out(base))
        before = own


def best_left_out(base: Base) -> float:
    return max(row["net"] for row in base.rows("ranked", chosen=False))


def test_the_chosen_come_first_and_are_counted_up() -> None:
    rows = in_order(ranked(*random_offers(7, customers=60), budget=200.0))
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["chosen"] for row in rows] == sorted((row["chosen"] for row in rows), reverse=True)
    assert rows[-1]["cumulative_cost"] == pytest.approx(sum(row["cost"] for row in rows))
