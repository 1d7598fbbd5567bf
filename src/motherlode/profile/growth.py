"""How customers grow, beside the index of their peers."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

# Younger customers were not there for both halves of the year.
SETTLED_DAYS = 365
# Half a year without an order has no ratio: this part of a usual half stands for it.
LEAST_SHARE = 0.05


@table(key="customer_id", subject="customer_id", purpose="profiling")
def growth(peer_members: ir.Table, yearly_value: ir.Table, features: ir.Table) -> ir.Table:
    """Value of the last half year over the half before, and what it is beyond the peers' in the same half years.

    `peer_index` is the sum of the last half over the sum of the half before, of all others of the own peer group who
    were there for both: season and industry are in it, so `over_peers` (`growth` over it) is the customer's own. Below
    1 somebody grows less than the peers, however much it is. Empty for customers of less than a year, and where no
    other was there.
    """
    own = peer_members.filter(peer_members.group == peer_members.own_group)
    rows = own.select("customer_id", peer_group="group")
    rows = rows.inner_join(yearly_value.select("customer_id", "earlier_half", "later_half"), "customer_id")
    rows = rows.inner_join(features.select("customer_id", "tenure_days"), "customer_id")
    rows = rows.filter((rows.tenure_days >= SETTLED_DAYS) & (rows.earlier_half + rows.later_half > 0))
    floor = (rows.earlier_half + rows.later_half) / 2.0 * LEAST_SHARE
    rows = rows.mutate(
        growth=ibis.greatest(rows.later_half, floor) / ibis.greatest(rows.earlier_half, floor),
        all_later=_of_group(rows.later_half),
        all_earlier=_of_group(rows.earlier_half),
    )
    index = (rows.all_later - rows.later_half).nullif(0.0) / (rows.all_earlier - rows.earlier_half).nullif(0.0)
    rows = rows.mutate(index=ibis.ifelse(index > 0, index, None))
    return rows.select(
        "customer_id",
        "peer_group",
        growth=rows.growth.round(6),
        peer_index=rows["index"].round(6),
        over_peers=(rows.growth / rows["index"]).round(6),
    )


def _of_group(money: ir.FloatingColumn) -> ir.FloatingValue:
    """A sum over the peer group that does not depend on the order of rows."""
    return money.cast("decimal(38, 4)").sum().over(ibis.window(group_by="peer_group")).cast("float64")
