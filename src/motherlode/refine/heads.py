"""Orders whose lines came in a file of their own: who bought and when stands in the head, what was bought in the lines.

Databases keep orders so: one table with a row an order, another with a row a product of an order, which names no more
than the order's number.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

# What a line does not say its order does.
OF_THE_ORDER = (
    "customer_id", "ordered_at", "ordered_on", "paid_at", "paid_on", "happened_on", "status", "currency", "coupon",
    "channel", "pay_method", "country", "province", "city",
)  # fmt: skip
UNDATED = "missing_ordered_at"
_NOTHING = ibis.null("decimal(18, 4)")


def lines_under_heads(lines: ir.Table, whole: ir.Table, dated: ir.Table, as_of: date) -> ir.Table:
    """Order rows: lines without a day have who and when of their order, and its head no longer counts beside them.

    Parameters
    ----------
    lines, whole
        Graded rows that name a product, and those that do not: an order number that several of these have, of several
        files, says nothing about a line.
    dated
        Order numbers of all raw rows with a day. Lines of an order that is not yet known as of the day of the run are
        left out as it is.
    as_of
        The day of the run.

    Returns
    -------
    ir.Table
        With `is_head`: the order's lines are there, and what they bring must not count twice. A line that names no
        price has its share of what is left of the order's amount, by pieces.
    """
    undated = (lines.problem == UNDATED) & lines.order_id.notnull()
    orphans, others = lines.filter(undated), lines.filter(~undated)
    known = whole.filter(whole.ordered_on.isnull() | (whole.ordered_on <= ibis.literal(as_of)))
    later = dated.semi_join(orphans, "order_id").anti_join(known.filter(known.order_id.notnull()), "order_id")
    heads = _heads(known.filter(known.ordered_on.notnull()), orphans)
    found = _completed(orphans.anti_join(later, "order_id"), heads)
    headed = found.filter(found.problem == "").select("order_id").distinct().mutate(is_head=True)
    joined = whole.left_join(headed, "order_id").drop("order_id_right")
    fine = joined.problem.isin(("", "no_amount")) & joined.is_head.fill_null(False)
    marked = joined.mutate(
        is_head=fine,
        problem=ibis.ifelse(fine, "", joined.problem),
        worth=ibis.ifelse(fine, _NOTHING, joined.worth),
    )
    nobody = ibis.literal(False)
    return ibis.union(others.mutate(is_head=nobody), found.mutate(is_head=nobody), marked)


def _heads(whole: ir.Table, orphans: ir.Table) -> ir.Table:
    """One row an order of the lines, with what is due for it; of an order number that is not one order, none."""
    wanted = whole.filter(whole.problem.isin(("", "no_amount"))).semi_join(orphans, "order_id")
    told = {name: wanted[name].max() for name in OF_THE_ORDER}
    rows = wanted.group_by("order_id").aggregate(rows=wanted.count(), due=wanted.amount.max(), **told)
    return rows.filter(rows["rows"] == 1).drop("rows")


def _completed(orphans: ir.Table, heads: ir.Table) -> ir.Table:
    pieces = orphans.quantity.fill_null(1.0).abs()
    whole = ibis.window(group_by=orphans.order_id)
    sized = orphans.mutate(
        pieces=pieces,
        unpriced=pieces.sum(where=orphans.amount.isnull()).over(whole),
        priced=orphans.amount.sum().over(whole),
    )
    head = heads.rename({f"head_{name}": name for name in (*OF_THE_ORDER, "due")}).mutate(has_head=True)
    both = sized.left_join(head, "order_id").drop("order_id_right")
    left = both.head_due.cast("float64") - both.priced.cast("float64").fill_null(0.0)
    unread = both.repairs.contains("!amount") | both.repairs.contains("!unit_price")
    share = ibis.ifelse((left > 0) & ~unread, left * both.pieces / both.unpriced.nullif(0.0), ibis.null("float64"))
    amount = both.amount.coalesce(share.round(4).cast("decimal(18, 4)"))
    has_head = both.has_head.fill_null(False)
    problem = ibis.cases((~has_head, both.problem), (amount.isnull(), "no_amount"), else_="")
    said = {name: both[name].coalesce(both[f"head_{name}"]) for name in OF_THE_ORDER}
    completed = both.mutate(**said, amount=amount, worth=amount, problem=problem)
    return completed.select(orphans.columns)
