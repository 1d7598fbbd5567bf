"""Lots, purchases and doings, as the engine reads them."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.opportunity.engine.seen import Play, Seen

ORDER = ("source", "file", "row")


def seen_of_lots(
    lots: pa.Table,
    histories: pa.Table,
    as_of: date,
    margin_share: float,
    doings: pa.Table | None = None,
    picks: pa.Table | None = None,
) -> Seen:
    """What the engine may see of `opportunity.lots` and `opportunity.lot_histories`.

    With `picks`, of contacts too whom people chose; with `doings`, of what customers did beside buying. A play costs
    what it cost on average; it is made for no stage.
    """
    lots = lots.sort_by([(name, "ascending") for name in ORDER])
    histories = histories.sort_by([(name, "ascending") for name in ("customer_id", "ordered_on", "category")])
    about = ("known_on", "industry", "level", "employees")
    people = histories.group_by("customer_id").aggregate([(name, "min") for name in about]).sort_by("customer_id")
    customers = {"customer_id": people["customer_id"], "registered_at": people["known_on_min"]}
    customers |= {name: people[f"{name}_min"] for name in about[1:]}
    touches = lots if picks is None else pa.concat_tables([lots.select(picks.column_names), _sorted(picks)])
    tables = {
        "customers": pa.table(customers),
        "orders": _with_moment(histories.select(["customer_id", "amount", "category", "ordered_on"]), "ordered"),
        "touches": _with_moment(touches, "touched"),
    }
    if doings is not None:
        tables["events"] = _with_moment(doings.sort_by([(n, "ascending") for n in doings.column_names]), "occurred")
    names = sorted(set(lots["play"].to_pylist()) - {""}) if lots.num_rows else []
    plays = tuple(Play(name, "", _mean_cost(lots, name)) for name in names)
    return Seen(as_of, margin_share, plays, tables, np.array(people["customer_id"].to_pylist(), dtype=str))


def _sorted(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(name, "ascending") for name in ORDER])


def _mean_cost(lots: pa.Table, play: str) -> float:
    treated = lots.filter(pc.and_(pc.equal(lots["play"], play), lots["treated"]))
    return float(pc.mean(treated["cost"]).as_py() or 0.0)


def _with_moment(rows: pa.Table, what: str) -> pa.Table:
    return rows.append_column(f"{what}_at", pc.cast(rows[f"{what}_on"], pa.timestamp("us"))).drop([f"{what}_on"])
