"""By which ranking the list is made: the engine's, unless a simpler one was measured to be better."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from motherlode.opportunity.engine.registry import ENGINE
from motherlode.tables import table

COLUMNS = {
    "policy": "string",
    **dict.fromkeys(("ahead_on_lots", "ahead_on_lots_low", "ahead_on_lists", "ahead_on_lists_low"), "float64"),
    "used": "boolean",
    "verdict": "string",
}
KINDS = {"string": pa.string(), "float64": pa.float64(), "boolean": pa.bool_()}


@table(key="policy", subject=None, columns=COLUMNS, purpose="analytics")
def ranking(shadow_rankings: pa.Table, list_rankings: pa.Table) -> pa.Table:
    """A row a ranking, and which one is `used`: the engine's, or a simpler one that surely brought more.

    Leads on the engine, in profit a customer, are those on past contacts drawn by lot (`shadow_rankings`) and on the
    members of frozen lists (`list_rankings`), each with its low end. A simpler ranking is used where that lies above
    nil on one of them, and the other, if there is one, does not contradict it. `verdict`: in_use, surely_better (but
    another is better still), contradicted, not_surely_better, untried.
    """
    lots, lists = ({row["policy"]: row for row in rows.to_pylist()} for rows in (shadow_rankings, list_rankings))
    policies = [*dict.fromkeys([ENGINE, *lots, *lists])]
    better = [name for name in policies if _better(name, lots, lists)]
    used = max(better, key=lambda name: _lead(name, lots, lists), default=ENGINE)
    rows = [
        {
            "policy": name,
            **{
                f"ahead_on_{where}{end}": rows.get(name, {}).get(f"ahead{end}")
                for where, rows in (("lots", lots), ("lists", lists))
                for end in ("", "_low")
            },
            "used": name == used,
            "verdict": "in_use" if name == used else _verdict(name, lots, lists, better),
        }
        for name in policies
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, KINDS[kind]) for name, kind in COLUMNS.items()]))


Rows = Mapping[str, Mapping[str, Any]]


def _better(name: str, lots: Rows, lists: Rows) -> bool:
    leads = [rows[name] for rows in (lots, lists) if name in rows]
    return any(row["ahead_low"] > 0 for row in leads) and all(row["ahead"] >= 0 for row in leads)


def _lead(name: str, lots: Rows, lists: Rows) -> tuple[float, float]:
    """What own lists said counts before what past campaigns said."""
    on_lists, on_lots = (
        float(rows[name]["ahead"]) if name in rows and rows[name]["ahead_low"] > 0 else 0.0 for rows in (lists, lots)
    )
    return on_lists, on_lots


def _verdict(name: str, lots: Rows, lists: Rows, better: list[str]) -> str:
    leads = [rows[name] for rows in (lots, lists) if name in rows]
    if name in better:
        return "surely_better"
    if not leads:
        return "untried"
    return "contradicted" if any(row["ahead_low"] > 0 for row in leads) else "not_surely_better"
