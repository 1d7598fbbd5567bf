"""Who reads rows of people says what for."""

from collections.abc import Callable
from typing import Any

import ibis.expr.types as ir
import msgspec
import pytest

from motherlode.errors import ContractError
from motherlode.graph.wiring import Graph, wire
from motherlode.plugins import find_promises
from motherlode.tables import promised, table
from motherlode.testing import check_purpose


def house(*functions: Callable[..., Any]) -> Graph:
    mine = [msgspec.structs.replace(promise, room="profile") for promise in map(promised, functions) if promise]
    return wire([*find_promises(), *mine])


def test_every_table_of_ours_says_what_it_reads_people_for():
    graph = house()
    for name in graph.promises:
        check_purpose(graph, name)


def test_gdpr_25_a_table_that_reads_people_without_a_purpose_is_refused():
    @table(key="city", subject=None)
    def cities(customers: ir.Table) -> ir.Table:
        """Customers by city."""
        return customers.group_by("city").aggregate(customers=customers.count())

    with pytest.raises(ContractError, match=r"`profile.cities` reads rows of people without a purpose"):
        check_purpose(house(cities), "cities")


def test_a_purpose_that_no_law_knows_is_refused_with_the_nearest():
    @table(key="city", subject=None, purpose="analytic")
    def cities(customers: ir.Table) -> ir.Table:
        """Customers by city."""
        return customers.group_by("city").aggregate(customers=customers.count())

    with pytest.raises(ContractError, match="unknown purpose") as raised:
        check_purpose(house(cities), "cities")
    assert raised.value.hint == "did you mean `analytics`?"


def test_a_list_for_marketing_that_does_not_ask_who_may_be_contacted_is_refused():
    @table(key="customer_id", subject="customer_id", purpose="marketing")
    def everybody(customers: ir.Table) -> ir.Table:
        """All customers, to be written to."""
        return customers.select("customer_id")

    with pytest.raises(ContractError, match="is for marketing and does not read `contactable`"):
        check_purpose(house(everybody), "everybody")


def test_a_table_about_goods_needs_no_purpose():
    @table(key="product_id", subject=None)
    def dear(price_list: ir.Table) -> ir.Table:
        """Goods that cost much."""
        return price_list.select("product_id")

    check_purpose(house(dear), "dear")
