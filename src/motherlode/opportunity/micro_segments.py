"""The long tail: small customers who are acted on together."""

import ibis.expr.types as ir

from motherlode.opportunity.promises import exact_sum
from motherlode.tables import table


@table(key="micro_segment", subject=None, purpose="marketing")
def micro_segments(ranked: ir.Table) -> ir.Table:
    """Groups of customers too small to be treated one by one: one action by one channel, for all of a group at once.

    The members are the rows of `ranked` with this `micro_segment`. Their values add up, and so do the distances to the
    ends of the intervals: all members share one lift.
    """
    rows = ranked.filter(ranked.micro_segment.notnull())
    groups = rows.group_by("micro_segment").aggregate(
        play=rows.play.min(),
        channel=rows.channel.min(),
        customers=rows.count(),
        value=exact_sum(rows.value),
        value_low=exact_sum(rows.value_low),
        value_high=exact_sum(rows.value_high),
        cost=exact_sum(rows.cost),
        evidence_level=rows.evidence_level.min(),
    )
    return groups.mutate(net=groups.value - groups.cost, net_each=(groups.value - groups.cost) / groups.customers)
