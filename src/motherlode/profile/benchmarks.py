"""Winners who once looked like the customer."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

# What a customer can be moved to do, and how it is said that winners do more of it.
ACTIONABLE = {
    "orders_365d": "orders_more_often",
    "aov_365d": "bigger_baskets",
    "categories_365d": "buys_more_categories",
    "coupon_share_365d": "uses_coupons",
    "events_13w": "visits_more_often",
}
# Peers are as old as the customer: in the same band of days since the first order.
AGES = (30, 90, 180, 365, 730)
# Below this age the first 90 days are not over, and the first day says how somebody began.
YOUNG_UNTIL_DAYS = 90


@table(key="customer_id", subject="customer_id", purpose="profiling")
def benchmarks(
    customers: ir.Table,
    features: ir.Table,
    beginnings: ir.Table,
    habits: ir.Table,
    yearly_value: ir.Table,
    lifecycle: ir.Table,
    *,
    least_peers: int = 30,
    winners_from: float = 0.75,
    least_gap: float = 0.2,
) -> ir.Table:
    """For each buyer the winner who began most alike, and what winners do that the rest of the peer group does less.

    Peers are of the same kind and trade (industry, main category or country), as long with us, and began in the same
    quarter of spending. An association, not an effect: nothing here was tried out.

    Parameters
    ----------
    least_peers
        Customers below which a peer group is widened: to the kind, then to everybody.
    winners_from
        Rank in the group's yearly value (0 to 1) from which somebody who is not lost is a winner.
    least_gap
        Difference (0 to 1) between the parts of winners and of the lower half who do more than the middle of the group,
        below which a behaviour is not named.
    """
    rows = _grouped(_rows(customers, features, beginnings, habits, yearly_value, lifecycle), least_peers)
    members = _marked(_members(rows), winners_from)
    placed = _nearest(members)
    targets = placed.filter(placed.group == placed.own_group)
    joined = targets.left_join(_contrast(members), "group").drop("group_right")
    best = _winners(placed)
    joined = joined.left_join(best, [joined.group == best.peer_group, joined.nearest == best.peer_place])
    told = joined.mutate(did_differently=_did_differently(joined, least_gap))
    return told.select(
        "customer_id",
        "peer_id",
        peer_group=told.own_group,
        peers=told.peers,
        own_start=told.start,
        peer_start=told.peer_start,
        own_value=told.value,
        peer_value=told.peer_value,
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


def _rows(
    customers: ir.Table,
    features: ir.Table,
    beginnings: ir.Table,
    habits: ir.Table,
    yearly_value: ir.Table,
    lifecycle: ir.Table,
) -> ir.Table:
    """Buyers, with how they began, what they are worth now, and what they do."""
    rows = beginnings.select("customer_id", "first_day_spend", "spend_first_90d")
    for part in (
        customers.select("customer_id", "kind", "industry"),
        features.select("customer_id", "tenure_days", *ACTIONABLE),
        habits.select("customer_id", "main_category", "main_country"),
        yearly_value.select("customer_id", "value"),
        lifecycle.select("customer_id", "stage"),
    ):
        rows = rows.inner_join(part, "customer_id")
    young = rows.tenure_days < YOUNG_UNTIL_DAYS
    behaviour = {name: rows[name].cast("float64").fill_null(0.0) for name in ACTIONABLE}
    return rows.select(
        "customer_id",
        "kind",
        "value",
        trade=rows.industry.coalesce(rows.main_category, rows.main_country, ibis.literal("")),
        age=ibis.cases(*((rows.tenure_days < days, f"under {days}d") for days in AGES), else_="older"),
        began=ibis.ifelse(young, "first_day", "first_90d"),
        start=ibis.ifelse(young, rows.first_day_spend, rows.spend_first_90d),
        alive=rows.stage != "lost",
        **behaviour,
    )


def _grouped(rows: ir.Table, least_peers: int) -> ir.Table:
    """The three peer groups of each buyer, and as `own_group` the narrowest that is large enough."""
    same = ibis.window(group_by=["kind", "age"])
    quarter = (
        ibis.rank().over(ibis.window(group_by=["kind", "age"], order_by="start")) * 4 // rows.count().over(same) + 1
    )
    rows = rows.mutate(quarter=quarter.cast("string"))
    rows = rows.mutate(
        near=rows.kind + "/" + rows.trade + "/" + rows.age + "/" + rows.quarter,
        wide=rows.kind + "/" + rows.age + "/" + rows.quarter,
        everybody=ibis.literal("everybody/").concat(rows.began),
    )
    near, wide = (rows.count().over(ibis.window(group_by=name)) >= least_peers for name in ("near", "wide"))
    return rows.mutate(own_group=ibis.cases((near, rows.near), (wide, rows.wide), else_=rows.everybody))


def _members(rows: ir.Table) -> ir.Table:
    """Members of every group that is somebody's own group."""
    needed = rows.select(group="own_group").distinct()
    levels = ibis.union(*(rows.mutate(group=rows[name]) for name in ("near", "wide", "everybody")))
    return levels.drop("near", "wide", "everybody").semi_join(needed, "group")


def _marked(members: ir.Table, winners_from: float) -> ir.Table:
    """Members with the figures of their group, and who of them are winners and who the lower half."""
    middles = {f"{name}_middle": members[name].median() for name in ACTIONABLE}
    figures = members.group_by("group").aggregate(
        peers=members.count(),
        peer_median=members.value.median(),
        peer_top=members.value.quantile(winners_from),
        **middles,
    )
    rows = members.inner_join(figures, "group")
    winner = rows.alive & (rows.value >= rows.peer_top) & (rows.value > 0)
    return rows.mutate(winner=winner, lower=~winner & (rows.value <= rows.peer_median))


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


def _contrast(members: ir.Table) -> ir.Table:
    """By group and behaviour: how much more often winners do more than the middle, and the winners' own middle."""
    winners, lower = members.winner.sum().nullif(0), members.lower.sum().nullif(0)
    figures: dict[str, ir.Value] = {}
    for name in ACTIONABLE:
        more = members[name] > members[f"{name}_middle"]
        gap = (members.winner & more).sum() / winners - (members.lower & more).sum() / lower
        of_winners = ibis.ifelse(members.winner, members[name], ibis.null("float64"))
        figures |= {f"{name}_gap": gap, f"{name}_of_winners": of_winners.median()}
    return members.group_by("group").aggregate(**figures)


def _did_differently(row: ir.Table, least_gap: float) -> ir.StringValue:
    """The behaviour that sets winners apart most, of those in which the customer is behind their middle."""
    gaps = {}
    for name, code in ACTIONABLE.items():
        counts = (row[name] < row[f"{name}_of_winners"]) & (row[f"{name}_gap"] >= least_gap)
        gaps[code] = ibis.ifelse(counts.fill_null(False), row[f"{name}_gap"], 0.0)
    widest = ibis.greatest(*gaps.values())
    return ibis.cases((widest <= 0, ""), *((gap == widest, code) for code, gap in gaps.items()), else_="")


def _chosen(row: ir.Table, numbers: dict[str, ir.Value]) -> ir.FloatingValue:
    return row.did_differently.cases(*numbers.items(), else_=ibis.null("float64"))
