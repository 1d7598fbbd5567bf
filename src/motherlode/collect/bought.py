"""Orders inside a log of behaviour: the events that say that something was bought, and for how much."""

import msgspec

from motherlode.collect.choosing import Verdict, read_as
from motherlode.collect.contents import plain
from motherlode.collect.headers import bare
from motherlode.collect.matching import SURE, Match
from motherlode.collect.pieces import Bundle
from motherlode.collect.seen import Seen

_BOUGHT = frozenset(
    bare(word)
    for word in (
        "purchase", "purchased", "buy", "bought", "order completed", "completed order", "checkout completed",
        "order placed", "购买", "支付", "付款", "支付成功", "付款成功", "购买成功", "成交",
    )
)  # fmt: skip
# What the event says of the order; when and who are the event's own.
_OF_THE_ORDER = (
    "order_id", "product_id", "product_name", "category", "quantity", "unit_price", "amount", "currency", "coupon",
)  # fmt: skip


def purchases(bundle: Bundle, verdict: Verdict, seen: Seen) -> tuple[Verdict, dict[str, tuple[str, ...]]] | None:
    """A log of behaviour read as orders, and which words of which column say so; None where it tells of no money.

    The goods of one visit are one order where no number of an order says otherwise.
    """
    found = verdict.found
    if verdict.table != "events" or not {"customer_id", "event", "occurred_at"} <= found.keys():
        return None
    event = found["event"].header
    words = tuple(sorted({plain(cell) for cell in bundle.columns[event] if bare(cell) in _BOUGHT}))
    own = {found[name].header for name in ("customer_id", "event", "occurred_at")}
    may_be, left = read_as("orders", seen)
    told = {name: may_be[name] for name in _OF_THE_ORDER if name in may_be and may_be[name].header not in own}
    if "value" in found and not {"amount", "unit_price"} & told.keys():
        told["amount"] = _as(found["value"], "amount")
    if not words or not {"amount", "unit_price"} & told.keys():
        return None
    if "order_id" not in told and "session_id" in found:
        told["order_id"] = _as(found["session_id"], "order_id")
    told |= {"customer_id": found["customer_id"], "ordered_at": _as(found["occurred_at"], "ordered_at")}
    return Verdict("orders", "matched", max(SURE, verdict.confidence - 0.1), told, tuple(left)), {event: words}


def _as(match: Match, target: str) -> Match:
    return msgspec.structs.replace(match, target=target, confidence=0.75, because="contents")
