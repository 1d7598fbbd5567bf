"""What each industry pays week by week, for its season and its fortunes."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import days_before
from motherlode.expressions.sums import exact_sum
from motherlode.tables import table

# Older weeks tell of other times.
WEEKS = 260
# An order of more than all but one in a hundred counts as one of them: a single giant makes no season.
COMMON = 0.99


@table(key=("industry", "week_ago"), subject=None, purpose="analytics")
def segment_weeks(orders: ir.Table, customers: ir.Table, *, as_of: date) -> ir.Table:
    """Sales by industry and whole week before `as_of` (0 the last), the whole base under an empty industry.

    `payers` is the number of customers of the industry who ever paid.
    """
    known = orders.filter(orders.customer_id.notnull() & orders.ordered_on.notnull())
    amount = known.amount.cast("float64")
    known = known.select("customer_id", amount=amount, ago=days_before(known.ordered_on, as_of))
    known = known.filter((known.ago >= 0) & (known.ago < 7 * WEEKS))
    bounded = known.cross_join(known.aggregate(common=known.amount.quantile(COMMON)))
    bounded = bounded.mutate(amount=ibis.least(bounded.amount, bounded.common))
    rows = bounded.left_join(customers.select("customer_id", "industry"), "customer_id").drop("customer_id_right")
    named = rows.filter(rows.industry.notnull() & (rows.industry != ""))
    both = named.union(rows.mutate(industry=ibis.literal("")))
    both = both.mutate(week_ago=(both.ago // 7).cast("int64"))
    payers = both.group_by("industry").aggregate(payers=both.customer_id.nunique())
    weekly = both.group_by("industry", "week_ago").aggregate(spend=exact_sum(both.amount))
    return weekly.inner_join(payers, "industry")
