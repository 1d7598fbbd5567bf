"""The tables that tell of lots, made of a simulated world as the house would make them of its files."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from motherlode.opportunity.simulator.world import World


def lots_of(world: World) -> pa.Table:
    touches = world.tables["touches"]
    return _contacts(touches.filter(touches["propensity"].is_valid()))


def picks_of(world: World) -> pa.Table:
    touches = world.tables["touches"]
    return _contacts(touches.filter(pc.and_(touches["propensity"].is_null(), touches["treated"])))


def histories_of(world: World) -> pa.Table:
    orders, customers = world.tables["orders"], world.tables["customers"]
    known = pa.table(
        {
            "customer_id": customers["customer_id"],
            "known_on": _day(customers["registered_at"]),
            "industry": customers["industry"],
            "level": customers["level"],
            "employees": customers["employees"],
        }
    )
    bought = pa.table(
        {
            "customer_id": orders["customer_id"],
            "ordered_on": _day(orders["ordered_at"]),
            "category": orders["category"],
            "amount": orders["amount"].cast(pa.float64()),
        }
    )
    paid = bought.set_column(2, "category", pa.repeat("", bought.num_rows))
    kinds = bought.set_column(3, "amount", pa.repeat(0.0, bought.num_rows))
    rows = known.join(pa.concat_tables([paid, kinds]), "customer_id")
    for name, missing in (("ordered_on", date(2024, 1, 1)), ("amount", 0.0), ("category", "")):
        rows = rows.set_column(rows.column_names.index(name), name, rows[name].combine_chunks().fill_null(missing))
    return rows


def doings_of(world: World) -> pa.Table:
    events = world.tables["events"]
    rows = pa.table(
        {
            "customer_id": events["customer_id"],
            "occurred_on": _day(events["occurred_at"]),
            "event": events["event"],
            "value": events["value"].cast(pa.float64()),
        }
    )
    return rows.group_by(rows.column_names).aggregate([([], "count_all")]).rename_columns([*rows.column_names, "times"])


def _contacts(touches: pa.Table) -> pa.Table:
    count = touches.num_rows
    return pa.table(
        {
            "source": ["crm"] * count, "file": ["f"] * count, "row": range(count),
            "customer_id": touches["customer_id"], "touched_on": _day(touches["touched_at"]),
            "play": touches["play"].fill_null(""), "channel": touches["channel"],
            "propensity": touches["propensity"], "treated": touches["treated"],
            "cost": touches["cost"].cast(pa.float64()),
        }
    )  # fmt: skip


def _day(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.date32())
