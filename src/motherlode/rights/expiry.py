"""What is past its time goes with every run: rows of inputs, and personal fields of people who were not seen for long.

The day of the count is the run's, and never later than the last day in the data: a run for a day far ahead deletes
nothing that is in its time, and a house whose data ended long ago keeps it.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import reduce

import ibis.expr.types as ir
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.access import FIELD_CLASSES
from motherlode.config import Config
from motherlode.graph.composed import composed
from motherlode.graph.wiring import Graph, to_sql
from motherlode.loading import apart, loaded_as
from motherlode.people.holdings import ADDRESS
from motherlode.refine.grading import dated
from motherlode.schemas import INPUTS
from motherlode.stores import Stores
from motherlode.warehouse import Warehouse, quoted

# Inputs whose rows count from the day on which they happened.
BY_DAY = tuple(name for name in INPUTS if name != "customers")


class Expired(msgspec.Struct, frozen=True):
    """What went because its time was over.

    Attributes
    ----------
    rows
        Rows by input table.
    people
        People by class of personal fields that were deleted of them.
    """

    rows: Mapping[str, int] = {}
    people: Mapping[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self.rows or self.people)


def expire(config: Config, stores: Stores, graph: Graph, day: date, *, now: datetime) -> Expired:
    """Delete what is past its time on a day."""
    cut = {name: day - timedelta(days=kept) for name, kept in periods(config, graph).items() if kept}
    with stores.warehouse.transaction():
        seen = _last_seen(stores.warehouse, max(cut.values(), default=date.min))
        unseen = {name: _unseen(seen, cut[name]) for name in (*FIELD_CLASSES, "customers") if name in cut}
        past = {
            name: _rows_past(stores.warehouse, name, cut[name])
            for name in BY_DAY
            if name in cut and stores.warehouse.has_rows(f"collect.raw_{name}")
        }
        past["customers"] = _rows_of(stores.warehouse, unseen.pop("customers", []))
        rows = {name: _delete(config, stores, name, gone) for name, gone in past.items() if gone.num_rows}
    kept = [line for gone in past.values() for line in apart.kept_of(stores.vault, _addresses(gone))]
    if kept:
        stores.vault.shred(*kept, now=now)
    people = {name: stores.vault.drop(ids, name) for name, ids in unseen.items() if ids}
    if "unsorted" in cut:
        rows["broken"] = _expire_lines(stores, cut["unsorted"], now)
    return Expired(_some(rows), _some(people))


def periods(config: Config, graph: Graph) -> dict[str, int]:
    """Days by input table and class of fields, with the project's own settings."""
    promise = graph.promises.get("retention")
    if promise is None:
        return {}
    rules: pa.Table = promise.function(**{**promise.settings, **config.tables.get("retention", {})})
    return {row["data"]: row["kept_days"] for row in rules.to_pylist()}


def _dated(warehouse: Warehouse, name: str, happened: str = "") -> ir.Table:
    table = INPUTS[name]
    read = {"table": msgspec.structs.replace(table, happened=happened or table.happened)}
    return composed(dated, [warehouse.expression(f"collect.raw_{name}")], read)


def _rows_past(warehouse: Warehouse, name: str, cut: date) -> pa.Table:
    """Address of each row of an input that happened before a day; a placeholder is no day."""
    read = _dated(warehouse, name)
    past = read.filter((read.happened_on < cut) & (read.problem != "placeholder_date"))
    return warehouse.arrow(to_sql(past.select(*ADDRESS)))


def _rows_of(warehouse: Warehouse, people: list[str]) -> pa.Table:
    """Address of each row of these people in the customer file."""
    if not people:
        return pa.table({name: [] for name in ADDRESS})
    rows = warehouse.arrow(to_sql(_dated(warehouse, "customers").select(*ADDRESS, "customer_id")))
    return rows.filter(pc.is_in(rows["customer_id"], pa.array(people, pa.string()))).select(ADDRESS)


def _addresses(rows: pa.Table) -> Iterator[tuple[str, str, int]]:
    return zip(*(rows[name].to_pylist() for name in ADDRESS), strict=True)


def _delete(config: Config, stores: Stores, name: str, gone: pa.Table) -> int:
    """Take away rows, and the corrections that were made to them."""
    count = 0
    for source in (source.name for source in config.sources.values() if source.table == name):
        if stores.warehouse.has(loaded_as.address(source)):
            mine = gone.filter(pc.equal(gone["source"], source))
            sql = f'DELETE FROM {quoted(loaded_as.address(source))} WHERE (file, "row") IN (SELECT (file, "row") FROM gone)'  # noqa: S608, E501
            count += stores.warehouse.execute_with(sql, gone=mine)
    stores.ledger.forget([], gone.to_pylist())
    return count


def _last_seen(warehouse: Warehouse, before: date) -> pa.Table:
    """The last day on which customers did anything, in whatever input, of those who did nothing from a day on."""
    named = [name for name, table in INPUTS.items() if any(column.name == "customer_id" for column in table.columns)]
    read = [_dated(warehouse, name) for name in named if warehouse.has_rows(f"collect.raw_{name}")]
    read.append(_dated(warehouse, "customers", "last_active_at"))
    every = reduce(ir.Table.union, (rows.select("customer_id", seen_on="happened_on") for rows in read))
    known = every.filter(every.customer_id.notnull() & every.seen_on.notnull())
    seen = known.group_by("customer_id").aggregate(last_seen_on=known.seen_on.max())
    return warehouse.arrow(to_sql(seen.filter(seen.last_seen_on < before).order_by("customer_id")))


def _unseen(seen: pa.Table, cut: date) -> list[str]:
    ids: list[str] = seen.filter(pc.less(seen["last_seen_on"], pa.scalar(cut)))["customer_id"].to_pylist()
    return ids


def _expire_lines(stores: Stores, cut: date, now: datetime) -> int:
    """Lines that are no rows name no day: they count from the day on which they were loaded."""
    sql = f"""SELECT lines.source, lines.file, lines."row" FROM {quoted(loaded_as.LINES)} AS lines
              JOIN collect.files USING (source, file) WHERE files.loaded_at < $cut"""  # noqa: S608
    gone = stores.warehouse.arrow(sql, {"cut": cut})
    if not gone.num_rows:
        return 0
    stores.vault.shred(*(apart.line_id(tuple(line.values())) for line in gone.to_pylist()), now=now)
    at = '(source, file, "row") IN (SELECT (source, file, "row") FROM gone)'
    return stores.warehouse.execute_with(f"DELETE FROM {quoted(loaded_as.LINES)} WHERE {at}", gone=gone)  # noqa: S608


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
