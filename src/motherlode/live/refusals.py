"""Who refused to be followed, as the ledger has it, and what browsers refuse for their people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from motherlode.govern.statements import NO
from motherlode.ledger import Ledger
from motherlode.live.rows import Told
from motherlode.people import consents
from motherlode.stores import Stores

# What stands as evidence of an opt-out that a browser sent: it names nobody.
SIGNAL = "Sec-GPC: 1"
_IDS_A_QUERY = 5_000


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


def opt_out(stores: Stores, told: Sequence[Told], now: datetime) -> int:
    """Write down, and into the log, who opted out of sharing by a signal of the browser.

    Gives how many had not said so last.

    The device opts out by its own number, and whoever is signed in on it (11 CCR 7025(c)); whoever signs in on it later
    has said so too, unless they have said something else since.
    """
    ids = {who for one in told if one.signal == "gpc" for who in (one.call.user_id, one.call.anonymous_id)} - {""}
    used = {
        (one.call.user_id, device)
        for one in told
        if one.call.user_id
        for device in {one.call.anonymous_id, one.call.previous_id} - {"", one.call.user_id}
    }
    said = _said(stores.ledger, sorted(ids.union(*used)))
    refused = {who: moment for who, (decision, moment) in said.items() if decision == "opted_out"}
    refused |= dict.fromkeys(ids, now)
    never = datetime.min
    ids |= {who for who, device in used if device in refused and said.get(who, ("", never))[1] < refused[device]}
    fact: dict[str, Any] = {"purpose": "sharing", "decision": "opted_out", "channel": "", "given_by": "subject"}
    fact |= {"evidence": SIGNAL, "actor": "serve", "text_version": "", "text_language": "", "text_hash": ""}
    new = [
        {"customer_id": who, **fact, "said_at": now} for who in sorted(ids) if who not in said or said[who][0] not in NO
    ]
    # First into the log: killed in between, it is said there twice, and else it never would be.
    stores.audit.note("consent", *(consents.entry(stores.vault, fact) for fact in new), now=now)
    stores.ledger.record("consents", new)
    return len(new)


def _said(ledger: Ledger, ids: Sequence[str]) -> dict[str, tuple[str, datetime]]:
    """What some people or devices said last of sharing, and when."""
    return {
        fact["customer_id"]: (fact["decision"], fact["said_at"])
        for start in range(0, len(ids), _IDS_A_QUERY)
        for fact in ledger.about("consents", ids[start : start + _IDS_A_QUERY])
        if fact["purpose"] == "sharing"
    }
