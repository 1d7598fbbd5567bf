"""Winners who once looked like the customer."""

import ibis
import ibis.expr.types as ir

from motherlode.profile.milestones import MOVES
from motherlode.profile.peer_members import ACTIONABLE
from motherlode.tables import table

# Fewer winners than this would tell of single people.
LEAST_WINNERS = 5
# So many orders of moves of a group are looked at for each customer, the most telling first.
ORDERS_LOOKED_AT = 5


@table(key="customer_id", subject="customer_id", purpose="profiling")
def benchmarks(
    peer_members: ir.Table,
    winning_moves: ir.Table,
    winning_orders: ir.Table,
    milestones: ir.Table,
    growth: ir.Table,
    *,
    least_gap: float = 0.2,
) -> ir.Table:
    """For each buyer the winner who began most alike, and what winners do that the rest of the peer group does less.

    Everybody stands beside how others began, not where they are now: `peer_start` is held against `own_start`
    (`distance`: the logarithm of their ratio), and what became of it since is `peer_value` (`apart`: over `own_value`).
    `own_over_peers` and `peer_over_peers` are how both grow beside the index of their peers, season and industry out.

    `first_move` and `then_move` are what winners did in this order, after so many days from their first order, and the
    customer did not; without a `then_move`, what they did sooner. `own_first_days` and `own_then_days` are the
    customer's own, empty for not yet. An association, not an effect: nothing here was tried out. See `peer_members`,
    `winning_moves`, `winning_orders` and `growth`.

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
    joined = joined.mutate(did_differently=_did_differently(joined))
    ordered = _in_order(joined.select("customer_id", "own_group"), winning_orders, milestones, least_gap)
    joined = joined.left_join(ordered, "customer_id").drop("customer_id_right")
    grown = growth.select("customer_id", own_over_peers="over_peers")
    joined = joined.left_join(grown, "customer_id").drop("customer_id_right")
    grown = growth.select(grown_id="customer_id", peer_over_peers="over_peers")
    told = joined.left_join(grown, joined.peer_id == grown.grown_id)
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
        **{name: told[name] for name in (*ORDER, "own_over_peers", "peer_over_peers")},
    )


ORDER = (
    "first_move", "then_move", "first_days", "then_days", "own_first_days", "own_then_days", "order_winners_share",
    "order_losers_share",
)  # fmt: skip


def _in_order(targets: ir.Table, winning_orders: ir.Table, milestones: ir.Table, least_gap: float) -> ir.Table:
    """The most telling order of moves, or soonest move, of the winners of the own group that a customer did not follow.

    Orders come before single moves: they say more.
    """
    named = winning_orders.told & (winning_orders.gap >= least_gap) & (winning_orders.winners >= LEAST_WINNERS)
    # What winners did with their first order already is nothing that a customer could still do after it.
    rows = winning_orders.filter(named & (winning_orders.first_days > 0))
    telling = [(rows.then_move == ""), rows.gap.desc(), rows.first_move, rows.then_move]
    rows = rows.mutate(telling=ibis.row_number().over(ibis.window(group_by="peer_group", order_by=telling)))
    rows = rows.filter(rows.telling < ORDERS_LOOKED_AT)
    joined = targets.inner_join(rows, targets.own_group == rows.peer_group).inner_join(milestones, "customer_id")
    joined = joined.mutate(own_first_days=_own(joined, "first_move"), own_then_days=_own(joined, "then_move"))
    late = ~(joined.own_first_days <= joined.first_days).fill_null(False)
    otherwise = ~(joined.own_first_days < joined.own_then_days).fill_null(False)
    left = joined.filter(ibis.ifelse(joined.then_move == "", late, otherwise))
    first = ibis.row_number().over(ibis.window(group_by="customer_id", order_by="telling"))
    left = left.mutate(place=first)
    best = left.filter(left.place == 0)
    return best.select(
        "customer_id",
        *ORDER[:-2],
        order_winners_share="winners_share",
        order_losers_share="losers_share",
    )


def _own(row: ir.Table, move: str) -> ir.FloatingValue:
    """After how many days the customer made the move of the row."""
    days = {code: row[name].cast("float64") for name, code in MOVES.items()}
    return row[move].cases(*days.items(), else_=ibis.null("float64"))


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
