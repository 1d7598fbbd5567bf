"""Whose data may be used for what, beside marketing."""

import ibis.expr.types as ir

from motherlode.govern.verdicts import FINAL, based_on, last_said, verdict
from motherlode.tables import table

USES = ("analytics", "profiling", "sharing", "sensitive")


@table(key="customer_id", subject="customer_id", purpose="service")
def usable(residence: ir.Table, statements: ir.Table, grounds: ir.Table, *, unrecorded: bool = True) -> ir.Table:
    """Whether the data of each customer may be used for analytics, profiling, sharing and, if sensitive, at all.

    `verdict` says what stands in the way of profiling. Who objects to marketing objects to being profiled for it
    (GDPR 21(2)).

    Parameters
    ----------
    unrecorded
        Whether people are profiled whose consent the law asks for and nobody recorded; `verdict` then says what is
        missing. Sharing and sensitive fields never go without.
    """
    about_profiling = (statements.purpose == "marketing") & (statements.decision == "objected")
    said = last_said(statements, (statements.purpose == "profiling") | about_profiling, "profiling")
    for use in USES:
        if use != "profiling":
            said |= last_said(statements, statements.purpose == use, use)
    by_person = statements.group_by("customer_id").aggregate(**said)
    rows = residence.left_join(by_person, "customer_id").drop("customer_id_right")
    for use in USES:
        rows = based_on(rows, grounds, use)
        rows = rows.mutate(**{use: verdict(rows, use)}).drop("legal_basis")
    profiled = ~rows.profiling.isin(FINAL) if unrecorded else rows.profiling == ""
    return rows.select(
        "customer_id",
        "law",
        verdict=rows.profiling,
        analytics=rows.analytics == "",
        profiling=profiled,
        sharing=rows.sharing == "",
        sensitive=rows.sensitive == "",
    )
