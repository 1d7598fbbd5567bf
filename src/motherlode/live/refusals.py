"""Who refused to be followed, as the ledger has it, and what browsers refuse for their people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from motherlode.govern.statements import NO
from motherlode.ledger import Ledger
from motherlode.live.rows import Told
from motherlode.stores import Stores

# What stands as evidence of an opt-out that a browser sent.
SIGNAL = "Sec-GPC: 1"


def numbers_and_devices(stores: Stores, people: Sequence[str]) -> frozenset[str]:
    """Other numbers and devices of these people, as the last run knew them."""
    if not people:
        return frozenset()
    warehouse = stores.warehouse.beside()
    try:
        if not warehouse.has("refine.identities"):
            return frozenset()
        sql = """SELECT mine.value FROM refine.identities AS mine WHERE mine.kind IN ('customer', 'device')
                 AND mine.customer_id IN (SELECT asked.customer_id FROM refine.identities AS asked
                                          WHERE asked.kind = 'customer' AND asked.value IN (SELECT unnest($ids)))"""
        return frozenset(row["value"] for row in warehouse.arrow(sql, {"ids": list(people)}).to_pylist())
    finally:
        warehouse.close()


def opt_out(ledger: Ledger, told: Sequence[Told], now: datetime) -> int:
    """Write down who opted out of sharing by a signal of the browser; gives how many had not said so last."""
    ids = sorted({one.call.user_id for one in told if one.signal == "gpc" and one.call.user_id})
    if not ids:
        return 0
    said = {
        fact["customer_id"]: fact["decision"] for fact in ledger.about("consents", ids) if fact["purpose"] == "sharing"
    }
    fact: dict[str, Any] = {"purpose": "sharing", "decision": "opted_out", "channel": "", "given_by": "subject"}
    fact |= {"evidence": SIGNAL, "actor": "serve", "text_version": "", "text_language": "", "text_hash": ""}
    new = [{"customer_id": who, **fact, "said_at": now} for who in ids if said.get(who) not in NO]
    if new:
        ledger.record("consents", new)
    return len(new)
