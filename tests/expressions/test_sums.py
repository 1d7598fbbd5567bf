import random

import duckdb
import ibis

from motherlode.expressions.sums import exact_sum
from motherlode.graph.wiring import to_sql


def test_a_sum_is_the_same_in_whichever_order_its_parts_come():
    amounts = [0.1, 0.2, 0.3, 1e9, -1e9, 0.7] * 50
    sql = to_sql(ibis.table({"amount": "float64"}, name="rows").aggregate(total=lambda t: exact_sum(t.amount)))
    totals = set()
    for seed in range(5):
        random.Random(seed).shuffle(amounts)
        with duckdb.connect() as engine:
            engine.execute("CREATE TABLE rows (amount DOUBLE)")
            engine.executemany("INSERT INTO rows VALUES (?)", [[amount] for amount in amounts])
            totals.add(engine.execute(sql).fetchone()[0])
    assert totals == {65.0}
