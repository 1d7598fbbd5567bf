"""What lists, filters and counts ask of everybody, in one table that is read once a run.

Nine tables would be searched for each page of a list, and joined by long keys for each count; a hundred bytes a
customer in memory answer most of it.
"""

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from motherlode.web.pages.visit import Visit
from motherlode.worklist.rules import Group, people

ON_ROLL = (
    "stage", "value_tier", "segment", "play", "country", "city", "level", "main_channel", "industry", "value", "rank",
    "orders_365d", "orders_90d", "spend_365d", "spend_all", "idle_days", "tenure_days", "leaves_90d", "buys_90d",
    "allowed", "r", "f",
)  # fmt: skip
# With more customers than these the tables are asked.
MOST_ON_ROLL = 3_000_000


def roll(visit: Visit) -> pa.Table | None:
    """Everybody with what is asked for most; `None` where that would be too much to keep."""
    rows, _ = _kept(visit)
    return rows


def _kept(visit: Visit) -> tuple[pa.Table | None, ibis.Schema]:
    def read() -> tuple[pa.Table | None, ibis.Schema]:
        everybody, known = visit.project.expression("refine.customers"), visit.traits()
        if visit.project.query(everybody.aggregate(n=everybody.count()))["n"][0] > MOST_ON_ROLL:
            return None, ibis.schema({})
        names = [name for name in ON_ROLL if name in known]
        rows = people(visit.project, Group(), known, *names)
        return visit.project.query(rows).arrow.combine_chunks(), rows.schema()

    return visit.keep("roll", read)


def lent(visit: Visit) -> ir.Table | None:
    """The roll as a table that this visit's queries can read."""
    rows, shape = _kept(visit)
    return None if rows is None else ibis.table(shape, name=visit.project.warehouse.lend(rows))


def in_order(visit: Visit, rows: pa.Table, name: str, *, descending: bool) -> pa.Array:
    """The places of everybody on the roll by a trait, whoever has none last; kept."""
    keys = [(name, "descending" if descending else "ascending"), ("customer_id", "ascending")]
    return visit.keep(("order", *keys[0]), lambda: pc.sort_indices(rows, keys).cast("uint32"))
