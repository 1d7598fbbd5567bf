"""What there is to win or lose with each customer: the one place where plays find money and clocks."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before
from motherlode.opportunity.promises import exact_sum
from motherlode.tables import table

DAYS_PER_MONTH = 365.25 / 12
QUARTER_DAYS = 91
# A level is a rate a year; a younger customer has not shown one yet.
LEVEL_AFTER_DAYS = 182
# An industry with fewer customers than this tells chance rather than a trend.
INDUSTRY_NEEDS = 30
# Costs that leave more than this are missing costs.
MOST_MARGIN = 0.95

COLUMNS = (
    "customer_id", "stage", "reported", "won", "dormant", "value_tier", "known_days", "margin_share",
    "orders_all", "yearly_orders", "yearly_spend", "former_yearly_spend", "own_trend", "base_trend", "level",
    "decline_cause", "loss_company", "loss_effect",
    "idle_days", "cadence_days", "order_days", "overdue_ratio", "months_idle", "months_lost",
    "peer_id", "own_value", "peer_value", "peer_spend", "peer_median_spend", "peer_orders",
    "own_categories", "peer_categories", "alike_spend", "active_spend",
    "usual_spend", "usual_orders", "high_spend",
    "stage_reason", "stage_actual", "stage_benchmark", "peer_reason", "peer_actual", "peer_benchmark",
)  # fmt: skip


@table(key="customer_id", subject="customer_id", purpose="profiling")
def stakes(
    customers: ir.Table,
    features: ir.Table,
    returns: ir.Table,
    lifecycle: ir.Table,
    value_tiers: ir.Table,
    benchmarks: ir.Table,
    decline_causes: ir.Table,
    prospects: ir.Table,
    *,
    as_of: date,
) -> ir.Table:
    """A year of each customer's sales less returns, what it used to be, what a winner's is, and the margin.

    Sales are counted from orders where there are any, and otherwise taken as the customer file reports them.
    `own_trend` is the last 13 weeks over the customer's own `level` (sales a year in the 52 weeks before),
    `base_trend` the same for all customers of the industry (or all, where those are few), so that a season or an
    industry is not mistaken for a customer's own decline. Who never bought has no beginning to be compared by: the
    peer is then the customer of high value who is most alike, and `alike_spend` what those alike bring (`active_spend`:
    all).
    """
    known = _sales(customers, features, returns, as_of)
    for facts in (_stage(lifecycle), value_tiers.select("customer_id", "value_tier", "basis"), _peer(benchmarks)):
        known = known.left_join(facts, "customer_id").drop("customer_id_right")
    known = known.left_join(_alike(prospects), "customer_id").drop("customer_id_right")
    known = known.mutate(
        peer_id=known.peer_id.coalesce(known.alike_peer_id),
        reported=known.reported.fill_null(False),
        dormant=known.dormant.fill_null(False),
        value_tier=known.value_tier.fill_null("none"),
    )
    why = decline_causes.select("customer_id", "loss_company", "loss_effect", decline_cause="cause")
    known = known.left_join(why, "customer_id").drop("customer_id_right")
    known = _with_trend(known).cross_join(_usual(known)).cross_join(_firm_margin(features))
    lost_days = (known.idle_days - known.cadence_days.fill_null(0)).cast("float64")
    known = known.mutate(margin_share=known.own_margin.coalesce(known.firm_margin))
    # Where value is margin, it is held against the customer's own sales at the customer's own rate of margin.
    rate = ibis.ifelse(known.basis == "margin", _positive(known.margin_share), 1.0).fill_null(1.0)
    return known.mutate(
        peer_spend=known.peer_value / rate,
        peer_median_spend=known.peer_median / rate,
        alike_spend=known.alike_value / rate,
        active_spend=known.active_value / rate,
        months_idle=(known.idle_days.cast("float64") / DAYS_PER_MONTH).round(1),
        months_lost=ibis.greatest(lost_days.fill_null(0.0) / DAYS_PER_MONTH, ibis.literal(0.0)),
    ).select(*COLUMNS)


def _sales(customers: ir.Table, features: ir.Table, returns: ir.Table, as_of: date) -> ir.Table:
    """Counted sales, or the reported ones of customers without orders."""
    counted = features.select(
        "customer_id", "orders_all", "spend_all", "spend_13w", "spend_prior_52w", "returned_365d", "tenure_days",
        "margin_365d", "costed_spend_365d",
        counted_idle="idle_days", counted_spend="spend_365d", counted_orders="orders_365d", order_days="active_days",
    )  # fmt: skip
    back = returns.group_by("customer_id").aggregate(returned_all=returns.amount.sum().cast("float64"))
    # Who may not be profiled has no features, and so nothing at stake.
    rows = customers.inner_join(counted, "customer_id")
    rows = rows.left_join(back, "customer_id").drop("customer_id_right")
    bought = rows.orders_all.fill_null(0) > 0
    kept = _not_negative(rows.counted_spend - rows.returned_365d)
    spend = ibis.ifelse(bought, kept, rows.spend_365d.cast("float64")).fill_null(0.0)
    orders = ibis.ifelse(bought, rows.counted_orders.cast("float64"), rows.orders_365d.cast("float64")).fill_null(0.0)
    # Less than a year of sales is not blown up to a year.
    active_days = ibis.greatest((rows.tenure_days - rows.counted_idle).cast("float64"), ibis.literal(365.0))
    former = _not_negative(rows.spend_all - rows.returned_all.fill_null(0.0)) * 365.0 / active_days
    level_days = ibis.least(rows.tenure_days.cast("float64") - QUARTER_DAYS, ibis.literal(364.0))
    settled = bought & (rows.tenure_days > LEVEL_AFTER_DAYS) & (rows.spend_prior_52w > 0)
    return rows.select(
        "customer_id",
        industry=rows.industry.fill_null(""),
        won=rows.converted.fill_null(False),
        known_days=days_before(rows.known_on, as_of),
        orders_all=rows.orders_all.fill_null(0),
        order_days=rows.order_days.fill_null(0),
        yearly_orders=orders,
        yearly_spend=spend,
        former_yearly_spend=ibis.ifelse(bought, former, spend).fill_null(0.0),
        recent=ibis.ifelse(settled, rows.spend_13w * 4.0, ibis.null("float64")),
        level=ibis.ifelse(settled, rows.spend_prior_52w * 364.0 / level_days, ibis.null("float64")),
        own_margin=(rows.margin_365d / _positive(rows.costed_spend_365d)).clip(0.0, MOST_MARGIN),
    )


def _stage(lifecycle: ir.Table) -> ir.Table:
    return lifecycle.select(
        "customer_id", "stage", "dormant", "idle_days", "cadence_days", "overdue_ratio",
        reported=lifecycle.method == "reported",
        stage_reason="reason", stage_actual="actual", stage_benchmark="benchmark",
    )  # fmt: skip


def _peer(benchmarks: ir.Table) -> ir.Table:
    return benchmarks.select(
        "customer_id",
        "peer_id",
        "own_categories",
        "peer_categories",
        own_value=benchmarks.own_value.cast("float64"),
        peer_value=benchmarks.peer_value.cast("float64"),
        peer_median=benchmarks.peer_median.cast("float64"),
        peer_orders=benchmarks.peer_orders_365d.cast("float64"),
        peer_reason=benchmarks.did_differently.nullif(""),
        peer_actual=benchmarks.actual.cast("float64"),
        peer_benchmark=benchmarks.benchmark.cast("float64"),
    )


def _alike(prospects: ir.Table) -> ir.Table:
    """What customers like a prospect bring, where likeness tells anything of it."""
    told = prospects.filter(prospects.verdict == "signal")
    return told.select(
        "customer_id", alike_peer_id="peer_id", alike_value="value_if_active", active_value="active_mean"
    )


def _with_trend(known: ir.Table) -> ir.Table:
    settled = known.filter(known.level.notnull())
    trend = exact_sum(settled.recent) / exact_sum(settled.level).nullif(0.0)
    every = settled.aggregate(firm_trend=trend)
    own = settled.group_by("industry").aggregate(industry_trend=trend, members=settled.count())
    own = own.filter(own.members >= INDUSTRY_NEEDS).drop("members")
    both = known.left_join(own, "industry").drop("industry_right").cross_join(every)
    return both.mutate(
        own_trend=both.recent / both.level, base_trend=both.industry_trend.coalesce(both.firm_trend).fill_null(1.0)
    )


def _usual(known: ir.Table) -> ir.Table:
    """The sales and orders of a settled customer in the middle, and the least that counts as high value."""
    settled = known.stage.isin(("mature", "decline"))
    return known.aggregate(
        usual_spend=known.yearly_spend.quantile(0.5, where=settled),
        usual_orders=known.yearly_orders.quantile(0.5, where=settled),
        high_spend=known.yearly_spend.min(where=known.value_tier == "high"),
    )


def _firm_margin(features: ir.Table) -> ir.Table:
    """Gross margin as a share of sales over all customers; empty where no costs are known."""
    share = exact_sum(features.margin_365d) / _positive(exact_sum(features.costed_spend_365d))
    return features.aggregate(firm_margin=share.clip(0.0, MOST_MARGIN))


def _positive(number: ir.FloatingValue) -> ir.FloatingValue:
    return ibis.ifelse(number > 0, number, ibis.null("float64"))


def _not_negative(number: ir.FloatingValue) -> ir.FloatingValue:
    return ibis.greatest(number, ibis.literal(0.0))
