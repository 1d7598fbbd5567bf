"""What customers are worth in a year."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="profiling")
def yearly_value(customers: ir.Table, features: ir.Table, *, costed_share: float = 0.5) -> ir.Table:
    """What each customer brought in the last 12 months, and in either half of them: net of returns, never below 0.

    `basis` says what it is: `margin` where the cost of goods is known, otherwise `revenue`, and `reported` where
    there is only a summary in the customer file.

    Parameters
    ----------
    costed_share
        Part (0 to 1) of the year's revenue whose cost must be known for gross margin to be the measure; orders
        without a cost then have the customer's own rate of margin, or everybody's.
    """
    stated = customers.select("customer_id", reported=customers.spend_365d.cast("float64"))
    rows = features.left_join(stated, "customer_id").drop("customer_id_right")
    rows = rows.cross_join(_house_rate(features, costed_share))
    rate = ibis.ifelse(rows.by_margin, (rows.margin_365d / rows.costed_spend_365d.nullif(0)).coalesce(rows.rate), 1.0)
    is_reported = (rows.orders_all == 0) & rows.reported.notnull()
    year = ibis.ifelse(is_reported, rows.reported, rows.spend_365d - rows.returned_365d)
    later = rows.spend_182d - rows.returned_182d
    earlier = (rows.spend_365d - rows.spend_182d) - (rows.returned_365d - rows.returned_182d)
    basis = ibis.ifelse(rows.by_margin, "margin", "revenue")
    return rows.select(
        "customer_id",
        value=_money(year * rate),
        earlier_half=_money(earlier * rate),
        later_half=_money(later * rate),
        returned=rows.returned_365d,
        returned_share=rows.returned_365d / rows.spend_365d.nullif(0),
        basis=ibis.ifelse(is_reported, "reported", basis),
    )


def _house_rate(features: ir.Table, costed_share: float) -> ir.Table:
    """The whole house's rate of margin, and whether enough costs are known to go by it."""
    sums = features.aggregate(
        spend=_exact(features.spend_365d),
        costed=_exact(features.costed_spend_365d),
        margin=_exact(features.margin_365d),
    )
    by_margin = ((sums.costed > 0) & (sums.costed >= sums.spend * costed_share)).fill_null(False)
    return sums.select(by_margin=by_margin, rate=sums.margin / sums.costed.nullif(0))


def _exact(money: ir.Value) -> ir.FloatingScalar:
    """A sum that does not depend on the order of rows."""
    return money.round(4).cast("decimal(18, 4)").sum().cast("float64")


def _money(value: ir.Value) -> ir.FloatingValue:
    return ibis.greatest(value.fill_null(0.0), 0.0).round(4)
