"""Facts of the ledger that tables read: copied into the warehouse before tables are made."""

import pyarrow as pa

from motherlode.graph import GIVEN
from motherlode.ledger import Ledger
from motherlode.warehouse import Warehouse, quoted

# The copy in `collect`, and the ledger's table.
COPIES = {
    "recorded_consents": "consents",
    "recorded_lists": "list_members",
    "recorded_readouts": "readouts",
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
    for name, facts in COPIES.items():
        schema = pa.schema([(column, ARROW[kind]) for column, kind in GIVEN[name].items()])
        rows = pa.Table.from_pylist(ledger.read(facts), schema=schema)
        with warehouse.visible(rows) as arrived:
            warehouse.execute(f"DELETE FROM {quoted(f'collect.{name}')}")  # noqa: S608
            warehouse.execute(f"INSERT INTO {quoted(f'collect.{name}')} BY NAME SELECT * FROM {arrived}")  # noqa: S608
