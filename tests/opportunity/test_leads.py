"""Tests of who has not been won yet."""

from typing import Any

from opportunity_base import base, buyer, make


def score(customer_id: str, chance: float, *, outcome: bool = False, target: str = "converted", case: int = 0) -> Any:
    return {"customer_id": customer_id, "score": chance, "outcome": outcome, "target": target, "case": case,
            "reason_1": "employees", "answer_1": "90", "effect_1": 1.5}  # fmt: skip


def leads(*scores: Any, **facts: Any) -> list[dict[str, Any]]:
    people = {"ann": {}, "bob": {}, "cat": {}, **facts}
    shop = base(*(buyer(who, **{"orders_all": 0, **said}) for who, said in people.items()))
    found = make({**shop, "outcome_scores": list(scores)}).rows("leads")
    return sorted(found, key=lambda row: row["lead_rank"])


def test_who_was_not_won_is_listed_by_the_chance_and_who_was_is_not() -> None:
    found = leads(score("ann", 0.3), score("bob", 0.8), score("cat", 0.9, outcome=True))
    assert [(row["customer_id"], row["score"]) for row in found] == [("bob", 0.8), ("ann", 0.3)]
    assert found[0]["base_rate"] == 1 / 3
    assert (found[0]["reason_1"], found[0]["answer_1"]) == ("employees", "90")


def test_who_was_won_in_another_row_is_no_lead() -> None:
    assert leads(score("ann", 0.3), score("ann", 0.9, outcome=True)) == []


def test_who_ordered_or_refused_is_no_lead() -> None:
    scores = [score(who, 0.5) for who in ("ann", "bob", "cat")]
    found = leads(*scores, ann={"orders_all": 3}, bob={"contact": "refused"}, cat={"contact": "no_record"})
    assert [row["customer_id"] for row in found] == ["cat"]


def test_one_row_a_customer_and_other_outcomes_are_no_chance_to_be_won() -> None:
    found = leads(score("ann", 0.3, case=1), score("ann", 0.6, case=2), score("bob", 0.9, target="churned"))
    assert [(row["customer_id"], row["score"]) for row in found] == [("ann", 0.6)]
