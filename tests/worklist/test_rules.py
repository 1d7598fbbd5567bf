"""Rules pick the customers for whom they hold, whatever the order in which they say it."""

from collections.abc import Iterator

import pytest

from motherlode.errors import ContractError
from motherlode.project import Project
from motherlode.worklist import rules
from motherlode.worklist.rules import Behaviour, Condition, Group, Trait
from small_project import made


@pytest.fixture(scope="module")
def shop() -> Iterator[Project]:
    with Project(made(), read_only=True) as project:
        yield project


@pytest.fixture(scope="module")
def known(shop: Project) -> dict[str, Trait]:
    return rules.traits(shop)


def who(shop: Project, known: dict[str, Trait], rule: Group) -> set[str]:
    return set(shop.query(rules.people(shop, rule, known))["customer_id"])


def everybody(shop: Project) -> set[str]:
    return set(shop.query(shop.expression("refine.customers"))["customer_id"])


def test_an_empty_rule_is_everybody(shop: Project, known: dict[str, Trait]) -> None:
    assert who(shop, known, Group()) == everybody(shop)


def test_traits_come_from_the_tables_that_say_something(known: dict[str, Trait]) -> None:
    assert known["stage"].kind == "text" and known["orders_365d"].address == "profile.features"
    assert known["city"].address == "refine.customers" and "company" not in known
    assert not {"customer_id", "phone_key", "email_key"} & known.keys()


def test_all_and_any_and_none(shop: Project, known: dict[str, Trait]) -> None:
    lost, often = Condition("stage", "is", "lost"), Condition("orders_365d", "least", "10")
    ids = [who(shop, known, Group("all", (one,))) for one in (lost, often)]
    assert all(ids)
    assert who(shop, known, Group("all", (lost, often))) == ids[0] & ids[1]
    assert who(shop, known, Group("any", (lost, often))) == ids[0] | ids[1]
    assert who(shop, known, Group("none", (lost, often))) == everybody(shop) - ids[0] - ids[1]


def test_the_order_of_conditions_changes_nothing(shop: Project, known: dict[str, Trait]) -> None:
    ever, lately = Behaviour("", "least", 20), Behaviour("", "least", 2, 60)
    inner = Group("any", (lately, Condition("city", "is", "上海")))
    one, other = Group("all", (ever, inner)), Group("all", (inner, ever))
    assert who(shop, known, one) == who(shop, known, other) != set()


def test_orders_are_counted_within_days(shop: Project, known: dict[str, Trait]) -> None:
    features = shop.expression("profile.features")
    busy = set(shop.query(features.filter(features.orders_90d >= 3))["customer_id"])
    assert who(shop, known, Group("all", (Behaviour("", "least", 3, 90),))) == busy


def test_of_whom_nothing_is_known_nothing_holds(shop: Project, known: dict[str, Trait]) -> None:
    unknown = who(shop, known, Group("all", (Condition("growth_13w", "unknown"),)))
    some = who(shop, known, Group("all", (Condition("growth_13w", "known"),)))
    assert unknown | some == everybody(shop) and not unknown & some
    assert not who(shop, known, Group("all", (Condition("growth_13w", "least", "-1000000"),))) & unknown


def test_a_rule_survives_being_written_down() -> None:
    rule = Group("all", (Condition("stage", "is", "lost"), Group("any", (Behaviour("cart", "most", 2, 30),))))
    assert rules.read(rules.write(rule)) == rule


@pytest.mark.parametrize("text", ["", "[]", '{"type":"trait"}', '{"type":"group","match":"some"}', "[" * 5000])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ContractError):
        rules.read(text)


def test_unknown_traits_and_impossible_values_are_told(shop: Project, known: dict[str, Trait]) -> None:
    with pytest.raises(ContractError, match="no trait `stagee`"):
        rules.people(shop, Group("all", (Condition("stagee", "is", "lost"),)), known)
    with pytest.raises(ContractError, match="is no number"):
        rules.people(shop, Group("all", (Condition("orders_365d", "least", "many"),)), known)


def test_a_value_is_no_sql(shop: Project, known: dict[str, Trait]) -> None:
    assert who(shop, known, Group("all", (Condition("city", "is", "' OR 1=1 --"),))) == set()
