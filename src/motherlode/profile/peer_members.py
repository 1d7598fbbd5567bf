"""Groups of customers who began alike, and who of them did best since."""

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


@table(key=("group", "customer_id"), subject="customer_id", purpose="profiling", set_under="benchmarks")
def peer_members(
    customers: ir.Table,
    features: ir.Table,
    beginnings: ir.Table,
    habits: ir.Table,
    yearly_value: ir.Table,
    lifecycle: ir.Table,
    *,
    least_peers: int = 30,
    winners_from: float = 0.75,
) -> ir.Table:
    """Members of peer groups: of the same kind and trade, as long with us, who began in the same quarter of spending.

    Everybody's behaviour and value of the last year is there beside how they began. `winner` marks the best who are
    neither lost nor in decline, `lower` the half that did worst: who wins is told by what winners do and the others,
    who began alike, do not.

    Parameters
    ----------
    least_peers
        Customers below which a peer group is widened: to the kind, then to everybody.
    winners_from
        Rank in the group's yearly value (0 to 1) from which somebody is a winner who is neither lost nor in decline.
    """
    rows = _grouped(_rows(customers, features, beginnings, habits, yearly_value, lifecycle), least_peers)
    return _marked(_members(rows), winners_from)


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
        # Who is on the way out himself is nobody's example.
        alive=~rows.stage.isin(("decline", "lost")),
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
