"""What is done about customers is kept, reaches the next ranking, and can be taken back."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from motherlode.errors import ContractError
from motherlode.project import Project
from motherlode.worklist import following
from motherlode.worklist.following import Act
from small_project import copied

NOW = datetime(2024, 7, 1, 9)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Project(copied(tmp_path_factory.mktemp("followed"))) as project:
        yield project


def first(project: Project, number: int = 0) -> tuple[str, str]:
    row = project.table("opportunity.ranked").to_dicts()[number]
    return row["customer_id"], row["play"]


def do(project: Project, whom: list[tuple[str, str]], **said: Any) -> str:
    return following.do(project, whom, Act(**said), actor="lin", now=NOW)


def stands(project: Project, who: str) -> dict[str, Any]:
    facts = [fact for fact in project.ledger.read("follow_ups") if fact["customer_id"] == who]
    return facts[-1]


def vetoes(project: Project, who: str) -> list[tuple[str, bool]]:
    return [(row["play"], row["veto"]) for row in project.ledger.about("judgements", [who])]


def test_what_was_done_reaches_the_next_ranking_and_snoozed_customers_come_back(shop: Project) -> None:
    ranked = shop.table("opportunity.ranked").to_dicts()
    (none, play), (later, _), (owned, _), (won, _) = [(row["customer_id"], row["play"]) for row in ranked[:4]]
    until = shop.as_of + timedelta(days=7)
    do(shop, [(none, play)], follow_up="not_relevant", because="no_need")
    do(shop, [(later, "")], follow_up="snoozed", snoozed_until=until)
    do(shop, [(owned, "")], owner="lin")
    outcome = do(shop, [(won, "")], follow_up="won")
    shop.run()
    verdicts = {row["customer_id"]: row["verdict"] for row in shop.table("opportunity.candidates")}
    left = {row["customer_id"] for row in shop.table("opportunity.ranked")}
    assert (verdicts[none], verdicts[later], verdicts[owned]) == ("vetoed", "snoozed", "")
    assert not {none, later} & left and owned in left
    # An outcome that somebody logs is a deal, from which scores of leads are learnt.
    deals = [(row["customer_id"], row["outcome"], row["source"]) for row in shop.table("refine.deals")]
    assert deals == [(won, "won", "logged")]
    following.take_back(shop, outcome, actor="lin", now=NOW)
    shop.run(as_of=until)
    back = {row["customer_id"]: row["verdict"] for row in shop.table("opportunity.candidates")}
    assert (back.get(later, ""), back[none]) == ("", "vetoed")
    assert len(shop.table("refine.deals")) == 0
    stood = {row["customer_id"]: row for row in shop.table("opportunity.follow_ups")}
    assert (stood[later]["follow_up"], stood[none]["follow_up"], stood[owned]["owner"]) == (
        "open",
        "not_relevant",
        "lin",
    )


def test_an_act_stands_in_the_log_with_a_token_and_not_the_number_of_the_person(shop: Project) -> None:
    who, play = first(shop, 5)
    number = do(shop, [(who, play)], follow_up="accepted")
    entry = shop.audit.entries(1)[0]
    assert (entry["what"], entry["act"], entry["actor"], entry["follow_up"]) == ("follow_up", number, "lin", "accepted")
    assert who not in str(entry)


def test_what_was_done_together_is_taken_back_together(shop: Project) -> None:
    whom = [first(shop, place) for place in (6, 7)]
    do(shop, whom[:1], follow_up="accepted", owner="zhou")
    number = do(shop, whom, follow_up="not_relevant", because="wrong_action")
    assert vetoes(shop, whom[0][0]) == [(whom[0][1], True)]
    assert following.take_back(shop, number, actor="lin", now=NOW) == 2
    assert vetoes(shop, whom[1][0])[-1] == (whom[1][1], False)
    assert [stands(shop, who)["follow_up"] for who, _ in whom] == ["accepted", "open"]
    assert following.take_back(shop, number, actor="lin", now=NOW) == 0


def test_a_veto_of_an_expert_stays_when_an_act_is_undone(shop: Project) -> None:
    who, play = first(shop, 8)
    shop.ledger.record(
        "judgements",
        [{"customer_id": who, "play": play, "score": None, "veto": True, "made_at": NOW, "made_on": shop.as_of,
          "reason": "I know him", "actor": "expert"}],
    )  # fmt: skip
    do(shop, [(who, play)], follow_up="open")
    assert vetoes(shop, who) == [(play, True)]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"follow_up": "gone"},
        {"follow_up": "not_relevant"},
        {"follow_up": "not_relevant", "because": "price"},
        {"follow_up": "lost", "because": "no_need"},
        {"follow_up": "accepted", "because": "price"},
        {"follow_up": "snoozed"},
        {"follow_up": "snoozed", "snoozed_until": date(2000, 1, 1)},
        {"follow_up": "snoozed", "snoozed_until": date(2100, 1, 1)},
        {"owner": "x" * 81},
        {"owner": "a\nb"},
    ],
)
def test_an_act_that_says_too_little_changes_nothing(shop: Project, said: dict[str, Any]) -> None:
    before = len(shop.ledger.read("follow_ups"))
    with pytest.raises(ContractError):
        do(shop, [first(shop)], **said)
    with pytest.raises(ContractError):
        do(shop, [], follow_up="accepted")
    assert len(shop.ledger.read("follow_ups")) == before


def test_whoever_is_erased_is_forgotten_here_too(tmp_path: Path) -> None:
    with Project(copied(tmp_path)) as project:
        who, play = first(project)
        do(project, [(who, play)], follow_up="not_relevant", because="no_need")
        assert project.ledger.forget([who])["follow_ups"] == 1
        assert project.ledger.about("follow_ups", [who]) == []
