"""Stated traits that say what customers did later: a file speaks as of the day on which it was written."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.predict.cases import Fact
from motherlode.predict.leaks import MOST_CASES, adding_too_much, written_afterwards
from motherlode.predict.order_backtest import drawn
from motherlode.predict.panel import Panel, panel_of_snapshots
from motherlode.predict.stated_traits import traits_of
from motherlode.tables import Promise, table

COLUMNS = {
    **dict.fromkeys(("target", "column", "why"), "string"),
    **dict.fromkeys(("actual", "benchmark"), "float64"),
}
SHAPE = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in COLUMNS.items()])


@table(key=("target", "column"), subject=None, columns=COLUMNS, purpose="profiling", set_under="left_out")
def left_out_traits(
    snapshots: pa.Table,
    stated_traits: pa.Table,
    *,
    labels: Mapping[str, Promise] | None = None,
    keep: str = "",
    least_cases: int = 200,
) -> pa.Table:
    """Columns of customer files that forecasts do not learn from, as they look like sums of what was foretold.

    Beside what `predict.left_out` finds: `adds_too_much`, where a column tells what customers did next so much better
    than all that they did before that it was hardly known then, such as the total of all orders as of today.

    Parameters
    ----------
    keep
        Columns that are learnt from whatever they look like, separated by commas.
    least_cases
        Customers with a known label below which nothing is looked at.
    """
    rows: list[dict[str, Any]] = []
    kept = frozenset(filter(None, (name.strip() for name in keep.split(","))))
    for name, label in (labels or {}).items() if stated_traits.num_rows else ():
        latest = _latest(snapshots, name, least_cases)
        if not label.amount and latest.is_valid:
            here = snapshots.filter(pc.equal(snapshots.column("snapshot_on"), latest))
            panel = panel_of_snapshots(here, labels or {}, label.ahead_days, traits_of(stated_traits))
            known = panel.where(drawn(np.isfinite(panel.labels[name]), MOST_CASES))
            rows += _leaks(known, name, kept)
    return pa.Table.from_pylist(rows, schema=SHAPE)


def _latest(snapshots: pa.Table, name: str, least_cases: int) -> pa.Scalar:
    """The latest day on which the label of enough customers is known and not the same for all; null without one."""
    days = snapshots.group_by("snapshot_on").aggregate([(name, "min"), (name, "max"), (name, "count")])
    differs = pc.less(days.column(f"{name}_min"), days.column(f"{name}_max"))
    enough = pc.greater_equal(days.column(f"{name}_count"), least_cases)
    return pc.max(days.filter(pc.and_(differs, enough)).column("snapshot_on"))


def _leaks(known: Panel, target: str, kept: frozenset[str]) -> list[dict[str, Any]]:
    outcome = known.labels[target]
    facts = [
        Fact(name, column.astype(np.float64), known.words.get(name, ()))
        for name, column in zip(known.columns, known.values.T, strict=True)
        if np.isfinite(column).any()
    ]
    asked = [fact for fact in facts if fact.name in known.traits and fact.name not in kept]
    others = [fact for fact in facts if fact.name not in known.traits or fact.name in kept]
    leaks = written_afterwards(asked, others, outcome)
    found = {leak.column for leak in leaks}
    leaks += adding_too_much([fact for fact in asked if fact.name not in found], others, outcome)
    return [{"target": target, **msgspec.structs.asdict(leak)} for leak in leaks]
