"""Orders inside a log of behaviour."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from motherlode import init
from motherlode.collect.recognise import Look, Proposal, propose
from motherlode.collect.sources.files import Files, files
from motherlode.collect.sources.only import only
from motherlode.doors import Batch
from motherlode.project import Project

HEADERS = ("event_time", "event_type", "product_id", "category_code", "price", "user_id", "user_session")
KINDS = ("view", "view", "cart", "purchase")


def log(rows: int = 80) -> list[tuple[str, ...]]:
    return [
        (f"2019-10-{1 + n % 28:02} 10:{n % 60:02}:00 UTC", KINDS[n % 4], f"p{n % 9}", "care.nails",
         f"{1 + n % 7}.50", f"u{n % 10}", f"v{n // 8}")
        for n in range(rows)
    ]  # fmt: skip


def look(**without: None) -> Look:
    cells = dict(zip(HEADERS, map(list, zip(*log(), strict=True)), strict=True))
    return Look(
        "2019-Oct.csv", {header: list(map(str, said)) for header, said in cells.items() if header not in without}
    )


def tables(*looks: Look) -> list[Proposal]:
    return [proposal for proposal in propose(looks) if proposal.table]


def test_events_that_say_what_was_bought_for_how_much_are_orders_too() -> None:
    events, orders = tables(look())
    assert (events.table, events.only, orders.table, orders.only) == (
        "events", {}, "orders", {"event_type": ("purchase",)},
    )  # fmt: skip
    assert orders.name != events.name and orders.path == events.path
    assert orders.columns == {
        "order_id": "user_session", "customer_id": "user_id", "ordered_at": "event_time", "product_id": "product_id",
        "category": "category_code", "unit_price": "price",
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["price", "user_id"])
def test_without_money_or_a_customer_events_are_events_alone(missing: str) -> None:
    assert [proposal.table for proposal in tables(look(**{missing: None}))] == ["events"]


def test_beside_a_file_of_orders_purchases_in_a_log_are_counted_once() -> None:
    days = [f"2019-10-{1 + n % 28:02}" for n in range(40)]
    sold = {"order_id": [f"o{n}" for n in range(40)], "user_id": ["u1", "u2"] * 20, "order_date": days}
    found = tables(look(), Look("orders.csv", sold | {"amount": ["9.50"] * 40}))
    assert sorted(str(proposal.table) for proposal in found) == ["events", "orders"]


def test_rows_wanted_are_numbered_among_themselves_across_batches() -> None:
    first = pa.record_batch({"kind": ["view", " buy ", None], "n": ["1", "2", "3"]})
    second = pa.record_batch({"kind": ["buy"], "n": ["4"]})
    other = pa.record_batch({"n": ["5"]})
    found = list(only([Batch(first, 1), Batch(second, 4), Batch(other, 5)], {"kind": ("buy",)}))
    assert [(batch.first_row, batch.rows["n"].to_pylist()) for batch in found] == [(1, ["2"]), (2, ["4"]), (3, [])]


def test_a_log_alone_is_a_shop_with_orders(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    with (folder / "2019-Oct.csv").open("w", newline="") as file:
        csv.writer(file).writerows([HEADERS, *log()])
    init.write(init.look(folder, tmp_path), folder, tmp_path)
    wanted = Files("exports/2019-Oct.csv", root=str(tmp_path), only={"event_type": ("purchase",)})
    assert sum(batch.rows.num_rows for piece in files(wanted) for batch in piece.batches()) == 20
    with Project(tmp_path) as project:
        project.load()
        store = project.stores.warehouse
        behaviour = store.value("SELECT count(*) FROM collect.raw_events")
        orders = store.value("SELECT count(*) FROM collect.raw_orders")
    assert (behaviour, orders) == (80, 20)
