"""What the decorators promise of a function."""

import ibis.expr.types as ir
import pytest

from motherlode.errors import ContractError
from motherlode.tables import PLAY_COLUMNS, feature, graded, label, metric, play, promised, table
from motherlode.testing import check_table


def test_parameters_before_the_star_are_tables_and_those_after_it_settings():
    @table(key="customer_id", subject="customer_id", happened_on="seen_on")
    def visits(events: ir.Table, customers: ir.Table, *, as_of=None, gap_minutes: int = 30) -> ir.Table:
        """Visits."""
        return events

    promise = promised(visits)
    assert promise.inputs == ("events", "customers")
    assert promise.settings == {"as_of": None, "gap_minutes": 30}
    assert (promise.name, promise.key, promise.subject, promise.happened_on) == (
        "visits", ("customer_id",), "customer_id", "seen_on",
    )  # fmt: skip


def test_a_decorated_function_is_still_the_function():
    @feature(absent=0)
    def doubled(number):
        """Twice."""
        return number * 2

    assert doubled(21) == 42 and doubled.__doc__ == "Twice."


@pytest.mark.parametrize(
    ("decorator", "kind", "stored"),
    [(graded(), "graded", False), (graded(stored=True), "graded", True), (feature(), "feature", True),
     (label(ahead_days=30), "label", True), (play, "play", False), (metric, "metric", True)],
)  # fmt: skip
def test_each_kind_brings_its_own_promise(decorator, kind, stored):
    @decorator
    def made(orders):
        """Made."""

    promise = promised(made)
    assert (promise.kind, promise.stored) == (kind, stored)
    assert promise.subject == (None if kind == "metric" else "customer_id")


def test_columns_make_a_function_of_arrow_tables():
    @table(key="a", subject=None, columns={"a": "int64"})
    def in_memory(orders):
        """Arrow in, Arrow out."""

    assert promised(in_memory).in_memory


def test_what_is_not_decorated_promises_nothing():
    assert promised(len) is None
    with pytest.raises(ContractError, match="is no table function"):
        check_table(len)


def test_a_play_that_forgets_a_column_is_told_which():
    @play
    def half_a_play(stakes: ir.Table) -> ir.Table:
        """Too little."""
        return stakes.select("customer_id", value=stakes.level, cost=stakes.level)

    with pytest.raises(ContractError, match=r"`opportunity.half_a_play` does not give .*reason"):
        check_table(half_a_play)
    assert "reason" in PLAY_COLUMNS
