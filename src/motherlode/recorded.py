"""Facts of the ledger that tables read: copied into the warehouse before tables are made."""

import pyarrow as pa

from motherlode.graph.given import GIVEN
from motherlode.ledger import Ledger
from motherlode.warehouse import Warehouse

# The copy in `collect`, and the ledger's table.
COPIES = {
    "recorded_consents": "consents",
    "recorded_lists": "list_members",
    "recorded_judgements": "judgements",
    "recorded_readouts": "readouts",
    "recorded_follow_ups": "follow_ups",
    "recorded_cuts": "cuts",
    "recorded_pairs": "likely_pairs",
}
ARROW = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "string": pa.string(),
    "date": pa.date32(),
    "timestamp(6)": pa.timestamp("us"),
}


def copy(ledger: Ledger, warehouse: Warehouse) -> None:
    """Every fact that tables read, in place of those that were there."""
    for name in COPIES:
        # Written anew, not filled: a copy of an older version of the house may lack a column.
        warehouse.write(f"collect.{name}", facts(ledger, name))


def facts(ledger: Ledger, name: str) -> pa.Table:
    """The facts of one of the copies, as they are now."""
    schema = pa.schema([(column, ARROW[kind]) for column, kind in GIVEN[name].items()])
    return pa.Table.from_pylist(ledger.read(COPIES[name]), schema=schema)
