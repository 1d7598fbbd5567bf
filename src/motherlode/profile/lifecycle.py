"""Where each customer stands on the way from first contact to loss, and by which rule."""

from datetime import date

import ibis
import ibis.expr.types as ir
import msgspec

from motherlode.expressions.horizon import days_before, within
from motherlode.tables import table

# The rules in the order in which they are asked; the first that holds decides.
STAGE_OF_REASON = {
    "reported_churned": "lost",
    "reported_idle": "lost",
    "reported_never_bought": "intro",
    "reported_new": "trial",
    "reported_slowing": "decline",
    "reported_active": "mature",
    "never_bought": "intro",
    "active_without_order": "intro",
    "never_bought_silent": "lost",
    "long_overdue": "lost",
    "just_started": "trial",
    "few_orders": "trial",
    "level_down": "decline",
    "at_level": "mature",
    "in_rhythm": "mature",
}
RECENT_DAYS = 91
MONTH_DAYS = 30.4375


class Limits(msgspec.Struct, frozen=True):
    """The settings of `lifecycle`, under their own names."""

    new_days: int
    lost_after_gaps: float
    lost_after_days: int
    dormant_after_gaps: float
    dormant_after_days: int
    quiet_events: int
    trial_days: int
    trial_order_days: int
    settled_days: int
    decline_below: float
    lost_after_months: int
    declining_after_months: int


# The features that the rules ask for.
SEEN = (
    "orders_all", "active_days", "idle_days", "tenure_days", "last_on", "spend_13w", "spend_prior_52w",
    "last_event_on", "events_13w", "deals_open", "deals_won", "deals_lost", "deals_opened_13w",
)  # fmt: skip


@table(key="customer_id", subject="customer_id", purpose="profiling", sees=SEEN)
def lifecycle(
    customers: ir.Table,
    features: ir.Table,
    rhythm: ir.Table,
    season: ir.Table,
    *,
    as_of: date,
    new_days: int = 91,
    lost_after_gaps: float = 5.0,
    lost_after_days: int = 56,
    dormant_after_gaps: float = 2.0,
    dormant_after_days: int = 28,
    quiet_events: int = 3,
    trial_days: int = 70,
    trial_order_days: int = 3,
    settled_days: int = 182,
    decline_below: float = 0.55,
    lost_after_months: int = 6,
    declining_after_months: int = 4,
) -> ir.Table:
    """Stage of each customer (intro, trial, mature, decline, lost) with the rule that decided and its two numbers.

    Parameters
    ----------
    new_days
        Days in which somebody who never bought counts as new.
    lost_after_gaps, lost_after_days
        Lost after so many own gaps without an order, and not before so many days; with fewer than
        `trial_order_days`, already when the slowest of those who came back had come.
    dormant_after_gaps, dormant_after_days
        Dormant after so many own gaps without an order, and not before so many days; nobody is where no customer has
        ever come back.
    quiet_events
        Events in 13 weeks up to which a customer counts as silent.
    trial_days, trial_order_days
        On trial up to so many days after the first order, and up to the day before this order day.
    settled_days
        Days after the first order from which a level is known to fall from.
    decline_below
        In decline below this part (0 to 1) of the own level of the 52 weeks before, the season taken out.
    lost_after_months, declining_after_months
        Months without activity, for customers of whom there is no more than a reported summary.
    """
    limits = Limits(
        new_days, lost_after_gaps, lost_after_days, dormant_after_gaps, dormant_after_days, quiet_events,
        trial_days, trial_order_days, settled_days, decline_below, lost_after_months, declining_after_months,
    )  # fmt: skip
    facts = _facts(customers, features, rhythm, season, as_of, limits)
    judged = facts.mutate(reason=ibis.cases(*_rules(facts, limits), else_="in_rhythm"))
    stage = judged.reason.cases(*STAGE_OF_REASON.items())
    return judged.select(
        "customer_id",
        stage=stage,
        dormant=(stage != "lost") & _dormant(judged, limits),
        cadence_days=judged.cadence,
        overdue_ratio=(judged.idle / judged.cadence).round(4),
        idle_days=judged.idle,
        since_first_days=judged.tenure_days,
        next_expected_on=(
            judged.last_on.cast("timestamp") + judged.cadence.round().cast("int64").as_interval("D")
        ).date(),
        reason=judged.reason,
        actual=_number(judged, _actuals(judged)),
        benchmark=_number(judged, _benchmarks(judged, limits)),
        season_known=judged.season_known,
        method=ibis.ifelse(judged.reported, "reported", "rule"),
    )


def _facts(
    customers: ir.Table, features: ir.Table, rhythm: ir.Table, season: ir.Table, as_of: date, limits: Limits
) -> ir.Table:
    """Everything that a rule asks for, a row a customer."""
    stated = customers.select(
        "customer_id", "known_on", "last_active_on", "churned", "tenure_months", "inactive_months",
        reported_spend=customers.spend_365d.cast("float64"), reported_orders=customers.orders_365d,
    )  # fmt: skip
    # Who may not be profiled has no features, and so no stage.
    rows = stated.inner_join(features, "customer_id")
    rows = rows.left_join(rhythm.select("customer_id", "cadence_days", "slow_gap_days"), "customer_id").drop(
        "customer_id_right"
    )
    rows = rows.cross_join(season.select("season_index", "season_known"))
    # Of the 52 weeks before the last 13, those since the first order; 13 of them are an own usual quarter.
    weeks = ibis.least(rows.tenure_days - RECENT_DAYS, 364) / 7.0
    reported = _reported(rows)
    # Where nobody has ever come back there is no rhythm to be late by, only a guess when one is lost.
    own = ibis.ifelse(rows.slow_gap_days.notnull(), rows.cadence_days, ibis.null("float64"))
    gap = ibis.ifelse(reported, 365.0 / _positive(rows.reported_orders), own)
    return rows.mutate(
        reported=reported,
        known_days=days_before(rows.known_on, as_of),
        seen_lately=_seen_lately(rows, as_of),
        cadence=gap,
        idle=ibis.ifelse(reported, (rows.inactive_months * MONTH_DAYS).round().cast("int64"), rows.idle_days),
        lost_at=_lost_at(rows, limits),
        recent=rows.spend_13w / rows.season_index,
        level=rows.spend_prior_52w / _positive(weeks) * 13.0,
    )


def _lost_at(row: ir.Table, limits: Limits) -> ir.FloatingValue:
    """Days without an order after which a buyer is lost."""
    gaps = row.cadence_days * limits.lost_after_gaps
    # Who has no rhythm of his own yet is not waited for longer than the slowest who ever came back.
    waited = ibis.ifelse(row.active_days < limits.trial_order_days, ibis.least(gaps, row.slow_gap_days), gaps)
    return ibis.greatest(waited, float(limits.lost_after_days))


def _reported(row: ir.Table) -> ir.BooleanValue:
    """Whether no more is known of a customer than a summary in the customer file."""
    nothing = (
        (row.orders_all == 0) & row.last_event_on.isnull() & (row.deals_open + row.deals_won + row.deals_lost == 0)
    )
    summary = (row.reported_spend, row.reported_orders, row.tenure_months, row.inactive_months, row.churned)
    return nothing & ibis.or_(*(value.notnull() for value in summary))


def _seen_lately(row: ir.Table, as_of: date) -> ir.BooleanValue:
    active = within(row.last_active_on, as_of, days=RECENT_DAYS).fill_null(False)
    return active | (row.events_13w > 0) | (row.deals_open > 0) | (row.deals_opened_13w > 0)


def _rules(row: ir.Table, limits: Limits) -> list[tuple[ir.BooleanValue, str]]:
    reported, never = row.reported, row.orders_all == 0
    settled = (row.tenure_days > limits.settled_days) & (row.level > 0)
    # Thirteen weeks say nothing of somebody who comes twice a year, unless two own gaps have passed without an order.
    tellable = (row.cadence * 2 <= RECENT_DAYS) | (row.idle >= row.cadence * limits.dormant_after_gaps)
    silent = (row.events_13w <= limits.quiet_events) & (row.deals_open == 0)
    rules = [
        (reported & row.churned, "reported_churned"),
        (reported & (row.inactive_months >= limits.lost_after_months), "reported_idle"),
        (reported & (row.reported_orders.coalesce(row.reported_spend) == 0), "reported_never_bought"),
        (reported & (row.tenure_months * MONTH_DAYS <= limits.trial_days), "reported_new"),
        (reported & (row.inactive_months >= limits.declining_after_months), "reported_slowing"),
        (reported, "reported_active"),
        (never & (row.known_days.fill_null(0) <= limits.new_days), "never_bought"),
        (never & row.seen_lately, "active_without_order"),
        (never, "never_bought_silent"),
        ((row.idle > row.lost_at) & silent, "long_overdue"),
        (row.tenure_days <= limits.trial_days, "just_started"),
        (row.active_days < limits.trial_order_days, "few_orders"),
        (settled & tellable & (row.recent < row.level * limits.decline_below), "level_down"),
        (settled & tellable, "at_level"),
    ]
    return [(condition.fill_null(False), reason) for condition, reason in rules]


def _dormant(row: ir.Table, limits: Limits) -> ir.BooleanValue:
    slowing = row.reason == "reported_slowing"
    late = (row.idle >= row.cadence * limits.dormant_after_gaps) & (row.idle >= limits.dormant_after_days)
    return slowing | (~row.reported & late).fill_null(False)


def _actuals(row: ir.Table) -> dict[str, ir.Value]:
    return {
        "reported_idle": row.inactive_months,
        "reported_slowing": row.inactive_months,
        "reported_new": row.tenure_months,
        "reported_active": row.inactive_months,
        "never_bought": row.known_days,
        "active_without_order": row.events_13w,
        "never_bought_silent": row.known_days,
        "long_overdue": row.idle,
        "just_started": row.tenure_days,
        "few_orders": row.active_days,
        "level_down": row.recent,
        "at_level": row.recent,
        "in_rhythm": row.idle,
    }


def _benchmarks(row: ir.Table, limits: Limits) -> dict[str, ir.Value]:
    numbers = {
        "reported_idle": limits.lost_after_months,
        "reported_slowing": limits.declining_after_months,
        "reported_new": limits.trial_days / MONTH_DAYS,
        "reported_active": limits.declining_after_months,
        "never_bought": limits.new_days,
        "active_without_order": 1,
        "never_bought_silent": limits.new_days,
        "just_started": limits.trial_days,
        "few_orders": limits.trial_order_days,
    }
    fixed = {reason: ibis.literal(number, "float64") for reason, number in numbers.items()}
    return {
        **fixed,
        "long_overdue": row.lost_at,
        "level_down": row.level,
        "at_level": row.level,
        "in_rhythm": row.cadence,
    }


def _number(row: ir.Table, numbers: dict[str, ir.Value]) -> ir.Value:
    cases = [(row.reason == reason, number.cast("float64").round(4)) for reason, number in numbers.items()]
    return ibis.cases(*cases, else_=ibis.null("float64"))


def _positive(number: ir.Value) -> ir.Value:
    return ibis.ifelse(number > 0, number.cast("float64"), ibis.null("float64"))
