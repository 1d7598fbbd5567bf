"""Which law allows which purpose on which legal basis: a table, so that a lawyer can read it and a query can join it.

Article numbers of the PIPL are those of its text; those of the GDPR and the CCPA follow common commentaries. Bases are
defaults for a shop that sells to its own customers, and no legal advice.
"""

import msgspec
import pyarrow as pa

from motherlode.tables import table

Columns = dict[str, str]
COLUMNS: Columns = {"law": "string", "purpose": "string", "legal_basis": "string", "article": "string"}

# From what age on a person decides alone (PIPL 31; GDPR 8 lets states choose 13 to 16; CCPA 1798.120(c)).
OWN_DECISION_AGE = {"pipl": 14, "gdpr": 16, "ccpa": 16, "other": 16}


class Ground(msgspec.Struct, frozen=True):
    """The basis on which a law allows a purpose.

    Attributes
    ----------
    legal_basis
        `consent` and `separate_consent` need a yes on record; `legitimate_interest`, `contract` and `opt_out` hold
        until the person objects. The PIPL knows no legitimate interest.
    """

    law: str
    purpose: str
    legal_basis: str
    article: str


GROUNDS = (
    Ground("pipl", "service", "contract", "13(2)"),
    Ground("pipl", "analytics", "contract", "13(2)"),
    Ground("pipl", "profiling", "consent", "13(1), 24"),
    Ground("pipl", "marketing", "consent", "13(1), 24"),
    Ground("pipl", "sharing", "separate_consent", "23"),
    Ground("pipl", "sensitive", "separate_consent", "29"),
    Ground("gdpr", "service", "contract", "6(1)(b)"),
    Ground("gdpr", "analytics", "legitimate_interest", "6(1)(f)"),
    Ground("gdpr", "profiling", "legitimate_interest", "6(1)(f), 21"),
    Ground("gdpr", "marketing", "legitimate_interest", "6(1)(f), 21(2)"),
    Ground("gdpr", "sharing", "consent", "6(1)(a)"),
    Ground("gdpr", "sensitive", "separate_consent", "9(2)(a)"),
    Ground("ccpa", "service", "contract", "1798.100"),
    Ground("ccpa", "analytics", "opt_out", "1798.100"),
    Ground("ccpa", "profiling", "opt_out", "1798.100"),
    Ground("ccpa", "marketing", "opt_out", "1798.100"),
    Ground("ccpa", "sharing", "opt_out", "1798.120"),
    Ground("ccpa", "sensitive", "opt_out", "1798.121"),
    Ground("other", "service", "contract", ""),
    Ground("other", "analytics", "legitimate_interest", ""),
    Ground("other", "profiling", "consent", ""),
    Ground("other", "marketing", "consent", ""),
    Ground("other", "sharing", "separate_consent", ""),
    Ground("other", "sensitive", "separate_consent", ""),
)


def basis(law: str, purpose: str) -> str:
    """The basis of a purpose under a law; a law that says nothing of a purpose does not allow it."""
    return next((ground.legal_basis for ground in GROUNDS if (ground.law, ground.purpose) == (law, purpose)), "none")


@table(key=("law", "purpose"), subject=None, columns=COLUMNS)
def grounds() -> pa.Table:
    """On which legal basis each law allows each purpose, with its article."""
    return pa.table({name: [getattr(ground, name) for ground in GROUNDS] for name in COLUMNS})
