"""Recency, frequency and money as marks from 1 to 5."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="profiling")
def rfm(features: ir.Table) -> ir.Table:
    """Buyers marked 1 to 5 (best) by their rank in recency, orders ever and money ever; equals share a mark."""
    buyers = features.filter(features.orders_all > 0)
    marked = buyers.select(
        "customer_id",
        "idle_days",
        "orders_all",
        "spend_all",
        r=_mark(buyers, buyers.idle_days.desc()),
        f=_mark(buyers, buyers.orders_all.asc()),
        m=_mark(buyers, buyers.spend_all.asc()),
    )
    text = [marked[name].cast("string") for name in ("r", "f", "m")]
    return marked.mutate(cell=text[0] + text[1] + text[2], segment=_segment(marked))


def _mark(buyers: ir.Table, worst_first: ir.Value) -> ir.IntegerValue:
    """The fifth of the percent rank: those with equal values share the rank of the first of them."""
    below = ibis.rank().over(ibis.window(order_by=worst_first))
    return (below * 5 // buyers.count().over(ibis.window()) + 1).cast("int64")


def _segment(row: ir.Table) -> ir.StringValue:
    """The trade's ten names, from recency and the mean of frequency and money, rounded up."""
    worth = (row.f + row.m + 1) // 2
    once = row.orders_all == 1
    return ibis.cases(
        ((row.r >= 4) & (row.f >= 4) & (row.m >= 4), "champions"),
        ((row.r == 5) & once, "new"),
        ((row.r == 4) & once, "promising"),
        ((row.r >= 3) & (worth >= 4), "loyal"),
        (row.r >= 4, "potential_loyal"),
        ((row.r == 3) & (worth == 3), "need_attention"),
        (row.r == 3, "about_to_sleep"),
        ((row.f == 5) & (row.m == 5), "cannot_lose"),
        (worth >= 3, "at_risk"),
        (row.r == 2, "hibernating"),
        else_="lost",
    )
