"""Whom marketing may contact, by which channel."""

import ibis
import ibis.expr.types as ir

from motherlode.govern.statements import CHANNELS
from motherlode.govern.verdicts import based_on, last_said, verdict
from motherlode.tables import table

BY_CHANNEL = {channel: f"by_{channel}" for channel in CHANNELS}


@table(key="customer_id", subject="customer_id", purpose="service")
def contactable(residence: ir.Table, statements: ir.Table, grounds: ir.Table) -> ir.Table:
    """Whether marketing may contact each customer, on which basis, by which channels, and if by none why not.

    `verdict` is "" or: refused, objected, child (no consent of a guardian), no_record (the law asks for consent and
    none is on record), no_proof (a yes without the text that was agreed to).
    """
    about = statements.filter(statements.purpose == "marketing")
    said = last_said(about, ibis.literal(True), "last")
    for channel in CHANNELS:
        said |= last_said(about, about.channel.isin(["", channel]), channel)
    rows = based_on(residence, grounds, "marketing")
    rows = rows.left_join(about.group_by("customer_id").aggregate(**said), "customer_id").drop("customer_id_right")
    may = {name: verdict(rows, channel) == "" for channel, name in BY_CHANNEL.items()}
    rows = rows.mutate(**may, reason=verdict(rows, "last"))
    allowed = ibis.or_(*(rows[name] for name in may))
    # Who said yes to one channel and no to another later is contactable; whoever is not has a reason.
    reason = ibis.ifelse(rows.reason == "", "refused", rows.reason)
    return rows.select(
        "customer_id", "law", "legal_basis", *may, allowed=allowed, verdict=ibis.ifelse(allowed, "", reason)
    )
