"""One customer as she is now: what she stated, did and left in the cart, beside what the last run made of her.

Everything is computed from the rows that the log gave, so that it does not matter in which order they came.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from motherlode.errors import ContractError
from motherlode.graph.wiring import to_sql
from motherlode.live.consumer import TRAITS
from motherlode.live.readers import Reader
from motherlode.opportunity.plays.abandoned_cart import abandoned_cart
from motherlode.people.lookup import same_person
from motherlode.profile.carts import carts
from motherlode.warehouse import Warehouse, quoted

# What a run made of a customer, and the column by which each may be kept back.
_MADE = ("profile.lifecycle", "profile.rfm", "profile.value_tiers", "predict.segments", "opportunity.ranked")
# What a reader with each purpose may see needs this column of `govern.usable` to be true.
_USE = {"analytics": "analytics", "profiling": "profiling", "marketing": "profiling", "sharing": "sharing"}


def profile(warehouse: Warehouse, who: str, reader: Reader, as_of: date) -> dict[str, Any]:
    """A customer's profile as of today, as far as the purpose of the reader allows.

    Raises
    ------
    ContractError
        Nobody is known by this number.
    """
    ids = same_person(warehouse, who)
    did = _did(warehouse, ids)
    stated = _rows(warehouse, TRAITS, "customer_id", ids)
    made = {address: _rows(warehouse, address, "customer_id", ids) for address in _MADE}
    if not (did["events"] or stated or any(made.values())):
        raise ContractError(f"nobody is known as `{who}`")
    consents = _rows(warehouse, "govern.statements", "customer_id", ids)
    said: dict[str, Any] = {"customer_id": ids[0], "ids": ids, "purpose": reader.purpose}
    withheld = _withheld(warehouse, ids, reader.purpose)
    if withheld:
        return _object({**said, "withheld": withheld, "consents": consents})
    traits = {row["trait"]: row["value"] for row in sorted(stated, key=_moment) if row["value"] is not None}
    tables = {address.partition(".")[2]: rows[0] for address, rows in made.items() if rows}
    now = {"cart": _rows_of(warehouse, _cart(warehouse, ids)), "offers": _offers(warehouse, ids, as_of)}
    return _object({**said, "traits": traits, **did, **now, **tables, "consents": consents})


def _moment(row: Mapping[str, Any]) -> tuple[datetime, str]:
    return row["said_at"], row["message_id"]


def _rows(warehouse: Warehouse, address: str, column: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    if not warehouse.has(address):
        return []
    sql = f'SELECT * FROM {quoted(address)} WHERE "{column}" IN (SELECT unnest($ids))'  # noqa: S608
    rows: list[dict[str, Any]] = warehouse.arrow(sql, {"ids": list(ids)}).to_pylist()
    return rows


def _did(warehouse: Warehouse, ids: Sequence[str]) -> dict[str, Any]:
    """Counters, and when she was last seen."""
    sql = """SELECT event, count(*) AS n, max(occurred_at) AS last FROM collect.raw_events
             WHERE customer_id IN (SELECT unnest($ids)) GROUP BY event ORDER BY event"""
    rows = warehouse.arrow(sql, {"ids": list(ids)}).to_pylist()
    last = max((row["last"] for row in rows if row["last"] is not None), default=None)
    return {"events": {row["event"]: row["n"] for row in rows}, "last_seen_at": last}


def _cart(warehouse: Warehouse, ids: Sequence[str]) -> ir.Table:
    """The same function that makes `profile.carts` of everybody, on the rows of one person."""
    events = warehouse.expression("collect.raw_events")
    return carts(events.filter(events.customer_id.isin(list(ids))).mutate(customer_id=ibis.literal(ids[0])))


def _offers(warehouse: Warehouse, ids: Sequence[str], as_of: date) -> list[dict[str, Any]]:
    """What the cart calls for now, by the same function as in a run; what is at stake is as the last run left it."""
    if not warehouse.has("opportunity.stakes"):
        return []
    stakes = warehouse.expression("opportunity.stakes")
    mine = stakes.filter(stakes.customer_id == ids[0])
    return [
        {"play": "abandoned_cart", **row}
        for row in _rows_of(warehouse, abandoned_cart(mine, _cart(warehouse, ids), as_of=as_of))
    ]


def _rows_of(warehouse: Warehouse, rows: ir.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = warehouse.arrow(to_sql(rows)).to_pylist()
    return found


def _withheld(warehouse: Warehouse, ids: Sequence[str], purpose: str) -> str:
    """Why nothing may be shown for a purpose; "" where it may."""
    column = _USE.get(purpose)
    if column is None or not warehouse.has("govern.usable"):
        return ""
    rows = _rows(warehouse, "govern.usable", "customer_id", ids)
    return next((row["verdict"] or "not_allowed" for row in rows if not row[column]), "")


def _object(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in said.items()}


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
