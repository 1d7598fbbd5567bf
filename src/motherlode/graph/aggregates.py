"""The two tables that the graph makes of functions of a column each: features today, and on many days past.

Each input table is aggregated once, all its features in one pass. For the past, rows are paired with the days on which
they were known, and the same functions answer for all days at once; labels alone see what came after.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from motherlode.tables import Promise

Settings = Mapping[str, Mapping[str, Any]]
CASE = ("snapshot_on", "customer_id")


def features_promise(promises: Iterable[Promise]) -> Promise:
    """The one wide table of all features.

    Where the graph knows who may be profiled (`govern.usable`), nobody else has features.
    """
    named = {promise.name: promise for promise in promises}
    parts = tuple(promise for promise in named.values() if promise.kind == "feature")
    inputs = tuple(dict.fromkeys(["customers", *_usable(named), *(part.inputs[0] for part in parts)]))

    def features(*tables: ir.Table, as_of: date, values: Settings, only: tuple[str, ...] = ()) -> ir.Table:
        """All features of each customer who may be profiled, a column each; every feature is a function of its own."""
        given = dict(zip(inputs, tables, strict=True))
        wide = _who_may_be_profiled(given["customers"], given).select("customer_id")
        wanted = [part for part in parts if part.name in only or not only]
        for name, source in given.items():
            here = [part for part in wanted if part.inputs[0] == name]
            if here:
                wide = wide.left_join(aggregate(source, here, as_of, values), "customer_id").drop("customer_id_right")
        return _with_absent(wide, wanted)

    settings, key = {"as_of": None}, ("customer_id",)
    return Promise("features", "profile", "table", features, inputs, settings, key, "customer_id", purpose="profiling")


def snapshots_promise(promises: Mapping[str, Promise]) -> Promise | None:
    """Features and labels of buyers on past days; `None` where there is nothing to learn."""
    parts = [part for part in promises.values() if part.kind in ("feature", "label")]
    parts = [part for part in parts if part.inputs[0] in promises and promises[part.inputs[0]].settled]
    labels = [part for part in parts if part.kind == "label"]
    if not labels or "orders" not in promises:
        return None
    inputs = tuple(dict.fromkeys(["orders", *_usable(promises), *(part.inputs[0] for part in parts)]))

    def snapshots(
        *tables: ir.Table,
        as_of: date,
        values: Settings,
        every_days: int = 30,
        most_snapshots: int = 12,
        most_customers: int = 30_000,
    ) -> ir.Table:
        """Features of buyers as of days past, and what came after: what models learn from and are tested on.

        Labels are empty where their time is not over at `as_of`. Features of tables in which a later day may change an
        old row are left out.

        Parameters
        ----------
        every_days
            Days from one snapshot to the next.
        most_snapshots
            Snapshots that are taken, the last of them as long before `as_of` as the nearest label looks.
        most_customers
            Buyers that are looked at, the same ones on every day, drawn by a hash of their numbers.
        """
        nearest = min(part.ahead_days for part in labels)
        days = [as_of - timedelta(days=nearest + every_days * back) for back in range(most_snapshots)]
        given = dict(zip(inputs, tables, strict=True))
        sampled = _sample(_who_may_be_profiled(given["orders"], given), most_customers)
        wide = _on_days(
            _of(given["orders"], sampled), promises["orders"].happened_on, days, _parts_of("orders"), values
        )
        for name, source in given.items():
            if name != "orders" and _parts_of(name):
                made = _on_days(_of(source, sampled), promises[name].happened_on, days, _parts_of(name), values)
                wide = wide.left_join(made, CASE).drop(*(f"{key}_right" for key in CASE))
        return _with_time_over(_with_absent(wide.filter(wide.known), parts).drop("known"), labels, as_of)

    def _parts_of(name: str) -> list[Promise]:
        return [part for part in parts if part.inputs[0] == name]

    settings = {"as_of": None, "every_days": 30, "most_snapshots": 12, "most_customers": 30_000}
    return Promise(
        "snapshots", "predict", "table", snapshots, inputs, settings, CASE, "customer_id", purpose="profiling"
    )


def aggregate(source: ir.Table, parts: Iterable[Promise], as_of: date, settings: Settings) -> ir.Table:
    """All features (or labels) of one table in one pass over it, a row a customer."""
    known = source.filter(source.customer_id.notnull())
    return known.group_by("customer_id").aggregate(**_columns(known, parts, as_of, settings))


def settings_of(part: Promise, as_of: date | ir.DateColumn, settings: Settings) -> dict[str, Any]:
    """Settings of a function: its own defaults, those of the project, and `as_of`."""
    said = settings.get(part.set_under or part.name, {})
    values = {**part.settings, **{name: value for name, value in said.items() if name in part.settings}}
    if "as_of" in part.settings:
        values["as_of"] = as_of
    return values


def _columns(
    rows: ir.Table, parts: Iterable[Promise], as_of: date | ir.DateColumn, settings: Settings
) -> dict[str, ir.Value]:
    return {part.name: part.function(rows, **settings_of(part, as_of, settings)) for part in parts}


def _on_days(
    source: ir.Table, happened_on: str, days: Iterable[date], parts: Iterable[Promise], settings: Settings
) -> ir.Table:
    """Columns a customer and day; `known` says whether anything had happened by then."""
    calendar = ibis.array([ibis.literal(day) for day in days]).unnest().name("snapshot_on").as_table()
    rows = source.cross_join(calendar)
    by_then = rows[happened_on] <= rows.snapshot_on if happened_on else ibis.literal(True)
    parts = list(parts)
    past = [part for part in parts if part.kind == "feature"]
    seen = rows.filter(by_then)
    made = seen.group_by(*CASE).aggregate(known=seen.count() > 0, **_columns(seen, past, seen.snapshot_on, settings))
    if len(past) == len(parts):
        return made if any(part.inputs[0] == "orders" for part in past) else made.drop("known")
    labels = [part for part in parts if part.kind == "label"]
    later = rows.group_by(*CASE).aggregate(**_columns(rows, labels, rows.snapshot_on, settings))
    return made.left_join(later, CASE).drop(*(f"{key}_right" for key in CASE))


def _usable(promises: Mapping[str, Promise]) -> tuple[str, ...]:
    return ("usable",) if "usable" in promises else ()


def _who_may_be_profiled(rows: ir.Table, given: Mapping[str, ir.Table]) -> ir.Table:
    if "usable" not in given:
        return rows
    return rows.semi_join(given["usable"].filter(given["usable"].profiling), "customer_id")


def _sample(orders: ir.Table, most: int) -> ir.Table:
    buyers = orders.filter(orders.customer_id.notnull()).select("customer_id").distinct()
    return buyers.order_by(buyers.customer_id.hexdigest("md5"), buyers.customer_id).limit(most)


def _of(source: ir.Table, sampled: ir.Table) -> ir.Table:
    return source.semi_join(sampled, "customer_id")


def _with_absent(wide: ir.Table, parts: Iterable[Promise]) -> ir.Table:
    absent = {part.name: part.absent for part in parts if part.absent is not None}
    return wide.mutate(**{name: wide[name].fill_null(value) for name, value in absent.items()})


def _with_time_over(wide: ir.Table, labels: Iterable[Promise], as_of: date) -> ir.Table:
    """Labels whose time is not over are not known yet, whatever they say so far."""
    over = {label.name: wide.snapshot_on <= as_of - timedelta(days=label.ahead_days) for label in labels}
    return wide.mutate(**{name: ibis.ifelse(known, wide[name], None) for name, known in over.items()})
