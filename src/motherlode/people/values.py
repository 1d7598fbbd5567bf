"""Values of loaded rows that only some people have, and which tables say them."""

import pyarrow as pa

from motherlode.people import holdings
from motherlode.people.holdings import Whose
from motherlode.warehouse import Warehouse, quoted

# Shorter values stand within other words by chance, and are looked for as whole cells alone.
LONG = 6


def only_theirs(warehouse: Warehouse, known: Whose) -> pa.Table:
    """Texts in loaded rows of these people that stand in no row of anybody else, in small letters."""
    texts = set()
    for holding in holdings.loaded(warehouse):
        here = quoted(holding.address)
        for column in _texts(warehouse, holding.address):
            mine = f'SELECT DISTINCT "{column}" AS value FROM {here} AS held WHERE ({holding.where})'  # noqa: S608
            sql = f"""SELECT value FROM ({mine}) WHERE value IS NOT NULL AND value NOT IN (
                      SELECT "{column}" FROM {here} AS held WHERE ({holding.where}) IS NOT TRUE
                      AND "{column}" IN (SELECT value FROM ({mine})))"""  # noqa: S608
            found = warehouse.arrow_with(sql, ids=known.ids, tokens=known.tokens)["value"].to_pylist()
            texts |= {text.strip().lower() for text in found}
    return pa.table({"value": pa.array(sorted(text for text in texts if text), pa.string())})


def said(warehouse: Warehouse, address: str, values: pa.Table) -> bool:
    """Whether a table says one of the values."""
    for column in _texts(warehouse, address):
        cell = f'lower(trim(told."{column}"))'
        sql = f"""SELECT 1 AS one FROM {quoted(address)} AS told, these WHERE {cell} = these.value
                  OR (length(these.value) >= {LONG} AND contains({cell}, these.value)) LIMIT 1"""  # noqa: S608
        if warehouse.arrow_with(sql, these=values).num_rows:
            return True
    return False


def _texts(warehouse: Warehouse, address: str) -> list[str]:
    """Columns of text."""
    return [name for name, kind in warehouse.columns(address).items() if kind == "VARCHAR"]
