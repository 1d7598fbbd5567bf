"""Lots and purchases, as the engine reads them."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.opportunity.engine.seen import Play, Seen


def seen_of_lots(lots: pa.Table, histories: pa.Table, as_of: date, margin_share: float) -> Seen:
    """What the engine may see of `opportunity.lots` and `opportunity.lot_histories`.

    A play costs what it cost on average; it is made for no stage.
    """
    lots = lots.sort_by([(name, "ascending") for name in ("source", "file", "row")])
    histories = histories.sort_by([("customer_id", "ascending"), ("ordered_on", "ascending")])
    people = histories.group_by("customer_id").aggregate([("known_on", "min"), ("industry", "min")])
    people = people.sort_by("customer_id")
    customers = {
        "customer_id": people["customer_id"],
        "registered_at": people["known_on_min"],
        "industry": people["industry_min"],
    }
    tables = {
        "customers": pa.table(customers),
        "orders": _with_moment(histories.select(["customer_id", "amount", "ordered_on"]), "ordered"),
        "touches": _with_moment(lots, "touched"),
    }
    names = sorted(set(lots["play"].to_pylist()) - {""}) if lots.num_rows else []
    plays = tuple(Play(name, "", _mean_cost(lots, name)) for name in names)
    return Seen(as_of, margin_share, plays, tables, np.array(people["customer_id"].to_pylist(), dtype=str))


def _mean_cost(lots: pa.Table, play: str) -> float:
    treated = lots.filter(pc.and_(pc.equal(lots["play"], play), lots["treated"]))
    return float(pc.mean(treated["cost"]).as_py() or 0.0)


def _with_moment(rows: pa.Table, what: str) -> pa.Table:
    return rows.append_column(f"{what}_at", pc.cast(rows[f"{what}_on"], pa.timestamp("us"))).drop([f"{what}_on"])
