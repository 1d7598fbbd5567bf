"""How long what is kept, for which purpose, and from when on it counts."""

import pyarrow as pa

from motherlode.tables import table

COLUMNS = {
    "data": "string",
    "purpose": "string",
    "kept_days": "int64",
    "counted_from": "string",
    "article": "string",
}


@table(key="data", subject=None, columns=COLUMNS)
def retention(
    *,
    orders_days: int = 0,
    deals_days: int = 0,
    customers_days: int = 0,
    events_days: int = 0,
    touches_days: int = 0,
    feedback_days: int = 0,
    identity_days: int = 0,
    contact_days: int = 0,
    free_text_days: int = 0,
    sensitive_days: int = 1095,
    unsorted_days: int = 0,
) -> pa.Table:
    """How many days each input and each class of personal fields is kept; older rows and fields go with every run.

    Rows count from the day on which they happened, people's fields (and their row in the customer file) from the last
    day on which they did anything. The day of the count is the run's, and never later than the last day in the data. 0
    keeps for ever: periods are the company's to decide, for a slip in one date of a file must not take ten years of
    orders with it, and only sensitive fields (identity numbers) have one from the start. Usual ones are ten years for
    accounts (Accounting Archives Measures 14; tax laws of Europe ask for six to ten), three for what people look at
    (E-Commerce Law 31 asks for three at least of orders).

    Parameters
    ----------
    orders_days, deals_days, events_days, touches_days, feedback_days
        Days after they happened.
    customers_days
        Days after the customer was last seen, of the row without personal fields.
    identity_days, contact_days, free_text_days, sensitive_days, unsorted_days
        Days after the customer was last seen, of the fields of this class in the vault; see `motherlode govern access`.
    """
    rows = [
        ("orders", "service", orders_days, "happened", "PIPL 19, GDPR 5(1)(e); GDPR 6(1)(c)"),
        ("deals", "service", deals_days, "happened", "PIPL 19, GDPR 5(1)(e); GDPR 6(1)(c)"),
        ("customers", "service", customers_days, "last_seen", "PIPL 19, GDPR 5(1)(e)"),
        ("events", "profiling", events_days, "happened", "PIPL 19, GDPR 5(1)(e)"),
        ("touches", "marketing", touches_days, "happened", "PIPL 19, GDPR 5(1)(e)"),
        ("feedback", "service", feedback_days, "happened", "PIPL 19, GDPR 5(1)(e)"),
        ("identity", "service", identity_days, "last_seen", "PIPL 19, GDPR 5(1)(e)"),
        ("contact", "marketing", contact_days, "last_seen", "PIPL 19, GDPR 5(1)(e)"),
        ("free_text", "service", free_text_days, "last_seen", "PIPL 19, GDPR 5(1)(e)"),
        ("sensitive", "service", sensitive_days, "last_seen", "PIPL 19, 28; GDPR 5(1)(e)"),
        ("unsorted", "service", unsorted_days, "last_seen", "PIPL 19, GDPR 5(1)(e)"),
    ]
    return pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows])
