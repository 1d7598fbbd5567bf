"""Rows that say of people what they had put right, also when an old file or a device says the old value again.

The vault keeps the fields themselves; rows of tables know them by blind tokens and by the year of birth.
"""

import pyarrow as pa

from motherlode.loading import loaded_as
from motherlode.stores import Stores
from motherlode.warehouse import quoted


def keep(stores: Stores) -> int:
    """Put tokens and years of birth of fields that were put right in place of others; gives the rows changed."""
    changed = 0
    for column, values in stores.vault.put_right().items():
        said = pa.table({"customer_id": list(values), "said": list(values.values())})
        new = "CAST(said.said AS DOUBLE)" if column == "birth_year" else "said.said"
        for address in loaded_as.addresses(stores.warehouse):
            if {column, "customer_id"} <= set(stores.warehouse.columns(address)):
                sql = f"""UPDATE {quoted(address)} AS held SET "{column}" = {new} FROM said
                          WHERE held.customer_id = said.customer_id AND held."{column}" <> {new}"""  # noqa: S608
                changed += stores.warehouse.execute_with(sql, said=said)
    return changed
