"""B2B sales opportunities as they stood at `as_of`."""

import ibis
import ibis.expr.types as ir

from motherlode.refine.merged_numbers import as_one
from motherlode.refine.text import one_of
from motherlode.tables import table

WON = ("won", "closed won", "closed-won", "closedwon", "赢单", "成交", "已成交", "已赢单", "签约", "已签约")
LOST = ("lost", "closed lost", "closed-lost", "closedlost", "输单", "丢单", "已输单", "失败", "放弃", "无效")


@table(key="deal_id", subject="customer_id", happened_on="opened_on", purpose="service", settled=False)
def deals(graded_deals: ir.Table, merged_numbers: ir.Table) -> ir.Table:
    """Deals with their `outcome` at `as_of`: won, lost or open."""
    fine = as_one(graded_deals.filter(graded_deals.problem == ""), merged_numbers)
    stage = fine.stage.lower()
    return fine.select(
        "source",
        "customer_id",
        "stage",
        "amount",
        "opened_at",
        "closed_at",
        "closed_on",
        "product_id",
        "owner",
        # A row without a number is a deal of its own.
        deal_id=fine.deal_id.coalesce(fine.file + ":" + fine.row.cast("string")),
        outcome=ibis.cases((one_of(stage, WON), "won"), (one_of(stage, LOST), "lost"), else_="open"),
        opened_on=fine.opened_on.coalesce(fine.closed_on),
    )
