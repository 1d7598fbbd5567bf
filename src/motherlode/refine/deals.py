"""B2B sales opportunities as they stood at `as_of`."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.merged import as_one
from motherlode.refine.text import one_of
from motherlode.tables import table

WON = ("won", "closed won", "closed-won", "closedwon", "赢单", "成交", "已成交", "已赢单", "签约", "已签约")
LOST = ("lost", "closed lost", "closed-lost", "closedlost", "输单", "丢单", "已输单", "失败", "放弃", "无效")


def as_known_on(deals: ir.Table, day: date) -> ir.Table:
    """Deals as they stood on an earlier day: one that closed since was open, and nobody knew its end.

    The day of a deal that is still open is when it should close, and tells of no end.
    """
    later = ((deals.closed_on > ibis.literal(day)) & (deals.outcome != "open")).fill_null(False)
    unknown = {name: ibis.null(deals[name].type()) for name in ("amount", "closed_at", "closed_on")}
    then = {**unknown, "stage": ibis.literal("open"), "outcome": ibis.literal("open")}
    return deals.mutate(**{name: ibis.ifelse(later, value, deals[name]) for name, value in then.items()})


@table(key="deal_id", subject="customer_id", happened_on="opened_on", purpose="service", restated=as_known_on)
def deals(graded_deals: ir.Table, merged_numbers: ir.Table, recorded_follow_ups: ir.Table) -> ir.Table:
    """Deals with their `outcome` at `as_of`: won, lost or open.

    An outcome that somebody logged is a deal too (`source` is "logged"), until the sources themselves close one of the
    same customer on that day or later.
    """
    fine = as_one(graded_deals.filter(graded_deals.problem == ""), merged_numbers)
    stage = fine.stage.lower()
    rows = fine.select(
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
    return rows.union(_logged(as_one(recorded_follow_ups, merged_numbers), rows))


def _logged(recorded_follow_ups: ir.Table, rows: ir.Table) -> ir.Table:
    """Deals that were logged as won or lost, and neither taken back nor closed by a source since."""
    said = recorded_follow_ups.filter(recorded_follow_ups.follow_up.isin(("won", "lost")))
    back = recorded_follow_ups.filter(recorded_follow_ups.takes_back != "").select("customer_id", act="takes_back")
    said = said.anti_join(back, ["customer_id", "act"])
    closed = rows.filter(rows.outcome != "open").group_by("customer_id").aggregate(last_on=rows.closed_on.max())
    said = said.left_join(closed, "customer_id").drop("customer_id_right")
    said = said.filter((said.last_on < said.made_on).fill_null(True))
    known = {
        "source": ibis.literal("logged"),
        "customer_id": said.customer_id,
        "stage": said.follow_up,
        "closed_on": said.made_on,
        "deal_id": ibis.literal("logged-") + said.follow_up_id.cast("string"),
        "outcome": said.follow_up,
        "opened_on": said.made_on,
    }
    shape = rows.schema()
    return said.select(**{name: known.get(name, ibis.null(shape[name])).cast(shape[name]) for name in shape.names})
