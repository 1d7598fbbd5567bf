"""Snapshots are what the features were on the day, and labels alone see what came after."""

from datetime import date, timedelta

import pytest

from motherlode.graph.aggregates import Settings
from motherlode.graph.wiring import Graph, ancestors, compile_graph, wire
from motherlode.plugins import find_promises
from motherlode.testing import make_all
from motherlode.warehouse import Warehouse
from shop import shop

AS_OF = date(2024, 6, 30)
SETTINGS = {"snapshots": {"every_days": 45, "most_snapshots": 3}}
DAYS = [AS_OF - timedelta(days=90 + 45 * back) for back in range(2)]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return wire(find_promises())


def made(graph: Graph, as_of: date, settings: Settings = SETTINGS) -> Warehouse:
    """The two tables, and what they are made from."""
    needed = {"features", "snapshots"} | ancestors(graph, "features") | ancestors(graph, "snapshots")
    steps = [step for step in compile_graph(graph, as_of, settings) if step.promise.name in needed]
    return make_all(graph, shop(), as_of, steps)


@pytest.fixture(scope="module")
def today(graph: Graph) -> Warehouse:
    return made(graph, AS_OF)


@pytest.mark.parametrize("day", DAYS)
def test_a_snapshot_is_what_the_features_were_on_that_day(graph, today, day):
    columns = [name for name in today.columns("predict.snapshots") if name in today.columns("profile.features")]
    listed = ", ".join(f'"{name}"' for name in columns)
    then = made(graph, day).arrow(
        f"SELECT {listed} FROM profile.features WHERE tenure_days IS NOT NULL ORDER BY customer_id"  # noqa: S608
    )
    snapshot = today.arrow(
        f"SELECT {listed} FROM predict.snapshots WHERE snapshot_on = $day ORDER BY customer_id",  # noqa: S608
        {"day": day},
    )
    assert then.num_rows > 10
    assert snapshot.to_pylist() == then.to_pylist()


def test_labels_are_what_came_in_the_days_after(today):
    (ann,) = today.arrow(
        "SELECT * FROM predict.snapshots WHERE customer_id = 'ann' AND snapshot_on = $day", {"day": DAYS[0]}
    ).to_pylist()
    # Of ann's orders on the fifth of each month, those of April, May and June follow; 30 each twice, and a cup.
    assert (ann["buys_90d"], ann["leaves_90d"], ann["pays_90d"]) == (1.0, 0.0, 192.5)


def test_a_label_whose_time_is_not_over_is_not_known(graph):
    settings = {"snapshots": {"every_days": 30, "most_snapshots": 2}}
    near = made(graph, AS_OF, settings)
    assert near.value("SELECT max(snapshot_on) FROM predict.snapshots") == AS_OF - timedelta(days=90)
    assert near.value("SELECT count(*) FROM predict.snapshots WHERE buys_90d IS NULL") == 0


def test_the_same_buyers_are_drawn_on_every_day(graph):
    settings = {"snapshots": {"every_days": 20, "most_snapshots": 4, "most_customers": 5}}
    few = made(graph, AS_OF, settings)
    assert few.value("SELECT count(DISTINCT customer_id) FROM predict.snapshots") <= 5


def test_deals_that_a_later_day_may_close_are_no_features_of_the_past(today):
    assert "deals_won" in today.columns("profile.features")
    assert "deals_won" not in today.columns("predict.snapshots")
