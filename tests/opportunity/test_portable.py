"""Tests that the room speaks more than one dialect."""

import pytest
from opportunity_base import AS_OF, GIVEN, PROMISES, given

from motherlode.graph.wiring import compile_graph, to_sql, wire

GRAPH = wire([*(given(name, shape) for name, shape in GIVEN.items()), *PROMISES.values()])


@pytest.mark.parametrize("name", sorted(PROMISES))
@pytest.mark.usefixtures("spark_options")
def test_every_table_compiles_for_spark(name: str) -> None:
    (step,) = [step for step in compile_graph(GRAPH, AS_OF) if step.promise.name == name]
    if not step.promise.in_memory:
        assert to_sql(step.expression, "pyspark").startswith(("SELECT", "WITH"))
