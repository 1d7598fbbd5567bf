"""An exact funnel, and returns, of many events, against a plain group-by of the same events.

    python -m benchmarks.funnels [--events 100_000_000] [--folder FOLDER]

Goal: a funnel of four steps within a time, and returns of 12 cohorts in 12 periods, of 100 million events: each <= 3x a
group-by of the same events by customer. Histories are made once a run and read by each question, so all three are told:
making them, a question with histories at hand, and a question that reads them first, as more than 30 million moments
are not kept in memory.
"""

import argparse
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis

from benchmarks.browsing import visits
from benchmarks.measuring import cost_and_result, say

STEPS = ("Product Viewed", "Product Added", "Checkout Started", "Order Completed")
AS_OF, WITHIN_HOURS = date(2024, 12, 31), 30 * 24.0
SHAPE = {"customer_id": "string", "doing": "string", "happened_at": "timestamp(6)", "happened_on": "date"}
# The limit: each event is read once and put with its customer.
GROUP_BY = """SELECT count(*), sum(n), max(last) FROM (
    SELECT customer_id, count(*) AS n, min(happened_at) AS first, max(happened_at) AS last
    FROM happenings GROUP BY customer_id)"""


def _opened(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(folder / "events.duckdb"), config={"storage_compatibility_version": "v1.5.0"})
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET preserve_insertion_order = false")
    return connection


def draw(folder: Path, events: int, customers: int) -> None:
    """Events in the columns of `measure.happenings`, in the order in which they come."""
    with _opened(folder) as connection:
        sql = f"""CREATE OR REPLACE TABLE happenings AS
                  SELECT customer_id, event AS doing, occurred_at AS happened_at,
                      CAST(occurred_at AS DATE) AS happened_on
                  FROM ({visits(events, customers)})"""  # noqa: S608
        connection.execute(sql).fetchall()


def group(folder: Path) -> list[Any]:
    with _opened(folder) as connection:
        return connection.execute(GROUP_BY).fetchall()


def make(folder: Path) -> None:
    """The two tables of a run that questions read, by the functions that make them."""
    from motherlode.graph.wiring import to_sql
    from motherlode.measure.doings import doings
    from motherlode.measure.histories import histories

    happenings = ibis.table(SHAPE, name="happenings")
    with _opened(folder) as connection:
        connection.execute(f"CREATE OR REPLACE TABLE doings AS {to_sql(doings(happenings))}").fetchall()
        names = ibis.table({"doing": "string", "number": "int64"}, name="doings")
        connection.execute(f"CREATE OR REPLACE TABLE histories AS {to_sql(histories(happenings, names))}").fetchall()


def funnel(folder: Path) -> tuple[float, list[int]]:
    """CPU seconds of the question alone, and how many reached each step."""
    from motherlode.measure.funnel import Funnel, climbed, counted

    asked = Funnel(STEPS, WITHIN_HOURS)

    def answer(moments: Any, numbers: dict[str, int]) -> list[int]:
        return [row["reached"] for row in counted(climbed(moments, numbers, asked, AS_OF), asked, AS_OF)]

    return _answered(folder, answer)


def returns(folder: Path) -> tuple[float, int]:
    """CPU seconds of the question alone, and how many cells the triangle has."""
    from motherlode.measure.moments import ANYTHING
    from motherlode.measure.retained import Retention, by_cohort, months_of, returned

    asked = Retention(STEPS[0], ANYTHING, 30, 12)

    def answer(moments: Any, numbers: dict[str, int]) -> int:
        back = returned(moments, numbers, asked, AS_OF)
        return len(by_cohort(back, *months_of(back), asked))

    return _answered(folder, answer)


def _answered(folder: Path, answer: Callable[[Any, dict[str, int]], Any]) -> tuple[float, Any]:
    import time

    from motherlode.measure.moments import moments_of, numbers_of

    with _opened(folder) as connection:
        numbers = numbers_of(connection.sql("FROM doings").to_arrow_table())
        moments = moments_of(connection.sql("FROM histories").to_arrow_table(), numbers)
    began = time.process_time()
    found = answer(moments, numbers)
    return time.process_time() - began, found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=100_000_000)
    parser.add_argument("--customers", type=int, default=0, help="By default one for ten events.")
    parser.add_argument("--folder", type=Path, help="Where the events are kept, and drawn if they are not there yet.")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = said.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "events.duckdb").exists():
            draw(folder, said.events, said.customers or said.events // 10)
        limit, _ = cost_and_result(group, folder)
        say(f"{said.events:,} events\ngroup-by by customer             {limit}")
        made, _ = cost_and_result(make, folder)
        say(f"doings and histories made        {made}  {made.cpu_seconds / limit.cpu_seconds:5.2f}x")
        for name, question in (("funnel of four steps", funnel), ("returns of cohorts", returns)):
            whole, (alone, found) = cost_and_result(question, folder)
            say(f"{name:<32} {whole}  {whole.cpu_seconds / limit.cpu_seconds:5.2f}x, goal 3; {found}")
            say(f"  with histories at hand         {alone:7.1f} CPU s{'':24} {alone / limit.cpu_seconds:5.2f}x")


if __name__ == "__main__":
    main()
