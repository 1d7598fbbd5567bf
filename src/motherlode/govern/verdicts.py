"""From a basis in law and what a person said to a yes, or to a no with its reason."""

import ibis
import ibis.expr.types as ir

from motherlode.govern.statements import CHANNELS, NO, OTHER

# Bases that hold only with a yes on record; all others hold until the person says no.
ASKED_FOR = ("consent", "separate_consent")
# Verdicts that a person gave, or that the law gives for her; the others say what is missing on record.
FINAL = ("refused", "objected", "child")


def based_on(residence: ir.Table, grounds: ir.Table, purpose: str) -> ir.Table:
    """Everybody's law with its basis for a purpose.

    That customers like offers of the house is an interest that nobody has in strangers: these are to be asked first.
    """
    mine = grounds.filter(grounds.purpose == purpose).select("law", "legal_basis")
    rows = residence.left_join(mine, "law").drop("law_right")
    interest = (rows.legal_basis == "legitimate_interest") & ~rows.is_customer & ibis.literal(purpose == "marketing")
    return rows.mutate(legal_basis=ibis.ifelse(interest, "consent", rows.legal_basis.fill_null("none")))


def last_said(statements: ir.Table, where: ir.BooleanValue, name: str) -> dict[str, ir.Scalar]:
    """Aggregates of the last statement that `where` picks: `<name>_decision`, `_proven` and `_given_by`."""
    places = [(statements.channel == channel, place) for place, channel in enumerate((*CHANNELS, OTHER), start=1)]
    # Of statements of one second the one about a single channel counts, so that the order of rows does not.
    order = statements.weight * 16 + ibis.cases(*places, else_=0)
    return {
        f"{name}_{what}": statements[what].argmax(order, where=where) for what in ("decision", "proven", "given_by")
    }


def verdict(rows: ir.Table, name: str) -> ir.StringValue:
    """Why not, from the columns of `last_said` and the `legal_basis`; "" for a yes."""
    decision, asked = rows[f"{name}_decision"], rows.legal_basis.isin(ASKED_FOR)
    by_guardian = (decision == "granted") & (rows[f"{name}_given_by"] == "guardian")
    return ibis.cases(
        ((decision == "objected").fill_null(False), "objected"),
        (decision.isin(NO).fill_null(False), "refused"),
        (rows.legal_basis == "none", "no_basis"),
        (rows.child & ~by_guardian.fill_null(False), "child"),
        (asked & decision.isnull(), "no_record"),
        (asked & ~rows[f"{name}_proven"].fill_null(False), "no_proof"),
        else_="",
    )
