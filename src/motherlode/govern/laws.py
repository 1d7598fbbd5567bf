"""What the laws ask of the house, duty by duty: the articles, what serves them, and what they wait for.

The page `docs/why/laws.md` is made of this table and of the tests that are named after the articles. Articles of the
PIPL, of the Advertising Law and of the Chinese regulations were read in their text, those of the GDPR and the CCPA in
commentaries. No legal advice.
"""

import msgspec


class Duty(msgspec.Struct, frozen=True):
    """Something that laws ask for.

    Attributes
    ----------
    name
        A code with words in both languages.
    articles
        `LAW article`; a test that proves the duty has one of them in its name, as in `test_gdpr_7_3_…`.
    served_by
        Commands, tables and modules.
    waiting
        What the house has not yet and a part of the duty needs; words in section `waiting`.
    """

    name: str
    articles: tuple[str, ...]
    served_by: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


DUTIES = (
    Duty(
        "consent_is_proven",
        ("GDPR 4(11)", "GDPR 7(1)", "PIPL 14"),
        ("motherlode consent grant", "motherlode consent show"),
    ),
    Duty(
        "withdrawal_in_one_step",
        ("GDPR 7(3)", "PIPL 15", "PIPL 16"),
        ("motherlode consent withdraw", "motherlode consent link", "govern.contactable"),
        ("queue",),
    ),
    Duty("legal_basis", ("GDPR 6", "PIPL 13"), ("govern.grounds", "govern.residence", "govern.contactable")),
    Duty(
        "sensitive_fields_and_children",
        ("GDPR 8", "GDPR 9", "PIPL 28", "PIPL 29", "PIPL 30", "PIPL 31"),
        ("govern.usable", "govern.residence", "predict.left_out"),
    ),
    Duty("notice", ("GDPR 13", "GDPR 14", "PIPL 17"), ("motherlode govern notice",)),
    Duty(
        "access_and_copy",
        ("GDPR 15", "GDPR 20", "PIPL 45", "CCPA 1798.100", "CCPA 1798.110", "CCPA 1798.115"),
        ("motherlode rights access", "motherlode rights export"),
    ),
    Duty("correction", ("GDPR 16", "PIPL 46", "CCPA 1798.106"), ("motherlode rights rectify",), ("recipients",)),
    Duty(
        "erasure",
        ("GDPR 17", "GDPR 19", "PIPL 47", "CCPA 1798.105", "NDSR 24"),
        ("motherlode rights erase", "motherlode restore"),
        ("recipients",),
    ),
    Duty("restriction", ("GDPR 18", "PIPL 44"), ("motherlode rights restrict",)),
    Duty("objection", ("GDPR 21",), ("motherlode rights object", "govern.contactable", "govern.usable")),
    Duty(
        "automated_decisions",
        ("GDPR 22", "PIPL 24", "PIPL 48", "ARP 17", "NDSR 42"),
        (
            "govern.usable",
            "motherlode why",
            "motherlode explain",
            "motherlode audit decisions",
            "govern.price_parity",
            "govern.offer_parity",
        ),
        ("review",),
    ),
    Duty(
        "protection",
        ("GDPR 25", "GDPR 32", "PIPL 51"),
        ("motherlode govern access", "motherlode reveal", "motherlode audit verify"),
    ),
    Duty(
        "records_and_assessment",
        ("GDPR 30", "GDPR 35", "PIPL 55", "PIPL 56"),
        ("motherlode govern record", "motherlode govern assess"),
        ("gate",),
    ),
    Duty("breaches", ("GDPR 33", "GDPR 34", "PIPL 57"), ("motherlode govern breach",)),
    Duty(
        "deadlines",
        ("GDPR 12", "CCPA 1798.130", "PIPL 50"),
        ("motherlode govern queue", "motherlode rights"),
    ),
    Duty(
        "opt_out_of_sale",
        ("CCPA 1798.120", "CCPA 1798.135", "CCR 7025"),
        ("motherlode consent withdraw --gpc", "motherlode consent link", "motherlode serve", "govern.usable"),
    ),
    Duty("limit_of_sensitive_use", ("CCPA 1798.121",), ("govern.usable",)),
    Duty("no_retaliation", ("CCPA 1798.125",), waiting=("journey",)),
    Duty("sharing", ("PIPL 23",), ("govern.usable",), ("recipients",)),
    Duty("abroad", ("PIPL 38", "PIPL 39", "PIPL 40"), waiting=("recipients",)),
    Duty("compliance_audit", ("PIPL 54", "NDSR 27"), ("motherlode govern report", "motherlode audit verify")),
    Duty("retention", ("PIPL 19", "GDPR 5"), ("govern.retention", "motherlode run")),
    Duty("advertising", ("AL 43", "AL 62"), waiting=("channel",)),
    Duty("mark_of_mail", ("IEM 13",), waiting=("channel",)),
)
LAW_NAMES = ("GDPR", "PIPL", "CCPA", "CCR", "NDSR", "ARP", "AL", "IEM")


def slug(article: str) -> str:
    """An article as it stands in the name of a test: `gdpr_7_3`."""
    return "_".join("".join(sign if sign.isalnum() else " " for sign in article.lower()).split())
