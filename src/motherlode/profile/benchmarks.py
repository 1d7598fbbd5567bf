"""Winners who once looked like the customer."""

import ibis
import ibis.expr.types as ir

from motherlode.profile.peer_members import ACTIONABLE
from motherlode.tables import table

# Fewer winners than this would tell of single people.
LEAST_WINNERS = 5


@table(key="customer_id", subject="customer_id", purpose="profiling")
def benchmarks(peer_members: ir.Table, winning_moves: ir.Table, *, least_gap: float = 0.2) -> ir.Table:
    """For each buyer the winner who began most alike, and what winners do that the rest of the peer group does less.

    Everybody stands beside how others began, not where they are now: `peer_start` is held against `own_start`
    (`distance`: the logarithm of their ratio), and what became of it since is `peer_value` (`apart`: over `own_value`).
    An association, not an effect: nothing here was tried out. See `peer_members` and `winning_moves`.

    Parameters
    ----------
    least_gap
        Difference (0 to 1) between the parts of winners and of the lower half who do more than the middle of the group,
        below which a behaviour is not named.
    """
    placed = _nearest(peer_members)
    targets = placed.filter(placed.group == placed.own_group)
    joined = targets.left_join(_told(winning_moves, least_gap), targets.group == winning_moves.peer_group)
    joined = joined.drop("peer_group")
    best = _winners(placed)
    joined = joined.left_join(best, [joined.group == best.peer_group, joined.nearest == best.peer_place])
    told = joined.mutate(did_differently=_did_differently(joined))
    return told.select(
        "customer_id",
        "peer_id",
        peer_group=told.own_group,
        peers=told.peers,
        own_start=told.start,
        peer_start=told.peer_start,
        distance=(told.start.nullif(0.0) / told.peer_start.nullif(0.0)).ln().abs().round(4),
        own_value=told.value,
        peer_value=told.peer_value,
        apart=(told.peer_value / told.value.nullif(0.0)).round(4),
        peer_median=told.peer_median,
        peer_top=told.peer_top,
        own_orders_365d=told.orders_365d,
        peer_orders_365d=told.peer_orders_365d,
        own_categories=told.categories_365d,
        peer_categories=told.peer_categories,
        did_differently=told.did_differently,
        actual=_chosen(told, {code: told[name] for name, code in ACTIONABLE.items()}),
        benchmark=_chosen(told, {code: told[f"{name}_of_winners"] for name, code in ACTIONABLE.items()}),
    )


def _nearest(members: ir.Table) -> ir.Table:
    """Each member's place by its start, and the place of the winner whose start differs by the smallest factor."""
    order = {"group_by": "group", "order_by": [members.start, members.customer_id]}
    placed = members.mutate(place=ibis.row_number().over(**order))
    order = {"group_by": "group", "order_by": [placed.start, placed.customer_id]}
    before, after = ibis.window(preceding=(None, 1), **order), ibis.window(following=(1, None), **order)
    start = ibis.ifelse(placed.winner, placed.start, ibis.null("float64"))
    place = ibis.ifelse(placed.winner, placed.place, ibis.null("int64"))
    found = placed.mutate(
        start_before=start.max().over(before),
        start_after=start.min().over(after),
        place_before=place.max().over(before),
        place_after=place.min().over(after),
    )
    first = (found.start * found.start <= found.start_before * found.start_after).fill_null(found.place_after.isnull())
    return found.mutate(nearest=ibis.ifelse(first, found.place_before, found.place_after))


def _winners(placed: ir.Table) -> ir.Table:
    best = placed.filter(placed.winner)
    return best.select(
        peer_group=best.group,
        peer_place=best.place,
        peer_id=best.customer_id,
        peer_start=best.start,
        peer_value=best.value,
        peer_orders_365d=best.orders_365d,
        peer_categories=best.categories_365d,
    )


def _told(winning_moves: ir.Table, least_gap: float) -> ir.Table:
    """By group: how much more often winners do each behaviour that is named, and the winners' own middle."""
    named = winning_moves.told & (winning_moves.gap >= least_gap) & (winning_moves.winners >= LEAST_WINNERS)
    figures: dict[str, ir.Value] = {}
    for name, code in ACTIONABLE.items():
        here = winning_moves.behaviour == code
        figures[f"{name}_gap"] = winning_moves.gap.max(where=here & named)
        figures[f"{name}_of_winners"] = winning_moves.of_winners.max(where=here)
    return winning_moves.group_by("peer_group").aggregate(**figures)


def _did_differently(row: ir.Table) -> ir.StringValue:
    """The behaviour that sets winners apart most, of those in which the customer is behind their middle."""
    gaps = {}
    for name, code in ACTIONABLE.items():
        counts = (row[name] < row[f"{name}_of_winners"]) & row[f"{name}_gap"].notnull()
        gaps[code] = ibis.ifelse(counts.fill_null(False), row[f"{name}_gap"], 0.0)
    widest = ibis.greatest(*gaps.values())
    return ibis.cases((widest <= 0, ""), *((gap == widest, code) for code, gap in gaps.items()), else_="")


def _chosen(row: ir.Table, numbers: dict[str, ir.Value]) -> ir.FloatingValue:
    return row.did_differently.cases(*numbers.items(), else_=ibis.null("float64"))
