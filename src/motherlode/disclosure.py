"""What a reader is told of people beyond the rules themselves: whose customers they are, and who may see what."""

import pyarrow as pa

from motherlode.access import CLASSES, ROWS, Rule
from motherlode.warehouse import Warehouse

COLUMNS = {name: f"shows_{'rows' if name == ROWS else name}" for name in CLASSES}
OWNED = "SELECT customer_id FROM refine.customers WHERE owner = $actor"


def customers_of(warehouse: Warehouse, actor: str) -> frozenset[str]:
    """Customers whose `owner` is this reader."""
    if not actor or not warehouse.has("refine.customers"):
        return frozenset()
    return frozenset(warehouse.arrow(OWNED, {"actor": actor})["customer_id"].to_pylist())


def matrix(rules: tuple[Rule, ...]) -> pa.Table:
    """The rules as a table: a row a role and purpose, a column a field class."""
    rows = [
        {
            "role": rule.role,
            "purpose": purpose,
            "scope": rule.rows,
            **{column: _how(rule, name) for name, column in COLUMNS.items()},
            "people_an_hour": rule.people_an_hour or None,
            "break_glass": rule.break_glass,
        }
        for rule in rules
        for purpose in rule.purposes
    ]
    return pa.Table.from_pylist(rows)


def _how(rule: Rule, name: str) -> str:
    return "clear" if name in rule.clear else "masked" if name in rule.masked else ""
