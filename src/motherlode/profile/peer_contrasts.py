"""How many winners, and how many losers, do more of each behaviour than the middle of their group."""

import ibis
import ibis.expr.types as ir

from motherlode.profile.peer_members import ACTIONABLE
from motherlode.tables import table


@table(key=("peer_group", "behaviour"), subject=None, purpose="analytics")
def peer_contrasts(peer_members: ir.Table) -> ir.Table:
    """Counts by peer group and behaviour; `of_winners` is what a winner in the middle does."""
    members = peer_members
    parts = []
    for name, code in ACTIONABLE.items():
        more = members[name] > members[f"{name}_middle"]
        of_winners = ibis.ifelse(members.winner, members[name], ibis.null("float64"))
        parts.append(
            members.group_by(peer_group="group").aggregate(
                behaviour=ibis.literal(code),
                winners=members.count(where=members.winner),
                losers=members.count(where=members.lower),
                winners_more=members.count(where=members.winner & more),
                losers_more=members.count(where=members.lower & more),
                of_winners=of_winners.median(),
            )
        )
    rows = ibis.union(*parts)
    return rows.filter((rows.winners > 0) & (rows.losers > 0))
