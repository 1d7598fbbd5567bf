"""Whether the same goods cost groups of customers the same: no unreasonable price discrimination (PIPL 24)."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

# Differences of a percent are rounding and coupons of the day; beyond three standard errors it is no chance.
SAME = 0.01
SURE = 3.0


@table(key=("grouping", "group"), subject=None, purpose="service")
def price_parity(
    order_lines: ir.Table, value_tiers: ir.Table, *, least_lines: int = 100, tolerance: float = SAME
) -> ir.Table:
    """What groups paid for one piece, against what everybody paid for the same goods in the same month.

    `price_difference` is the mean, over lines, of the logarithm of the price of a piece less its mean over all lines
    of the same product, month and channel: 0.05 is five percent dearer. Groups are the value tier, and whether the
    order was the customer's first, so that loyal customers who pay more than new ones are seen. `verdict`: `alike`,
    `few`, `dearer` or `cheaper` (further off than `tolerance`, and by more than three standard errors).

    Parameters
    ----------
    least_lines
        Lines of a group, below which nothing is said of it.
    tolerance
        Difference (0 to 1) that nobody needs to explain.
    """
    sold = order_lines.filter(
        (order_lines.kind == "sale") & order_lines.customer_id.notnull() & order_lines.product_id.notnull()
    )
    piece = (sold.amount.cast("float64") / sold.quantity.cast("float64")).nullif(0.0)
    sold = sold.mutate(price=piece.ln(), month=sold.ordered_on.truncate("M"), shop=sold.channel.fill_null(""))
    # Joined and not looked at through windows, which sort every line twice.
    alike = ("product_id", "month", "shop")
    known = sold.group_by(*alike).aggregate(usual=sold.price.mean(), peers=sold.price.count())
    first = sold.group_by("customer_id").aggregate(first_on=sold.ordered_on.min())
    priced = sold.inner_join(known, alike).inner_join(first, "customer_id")
    priced = priced.mutate(off=priced.price - priced.usual, is_first=priced.ordered_on == priced.first_on)
    # A product that one line sold alone says nothing of groups.
    priced = priced.filter(priced.off.notnull() & (priced.peers > 1))
    tiers = value_tiers.select("customer_id", "value_tier")
    priced = priced.left_join(tiers, "customer_id").drop("customer_id_right")
    by_tier = priced.mutate(grouping=ibis.literal("value_tier"), group=priced.value_tier.fill_null("none"))
    by_order = priced.mutate(grouping=ibis.literal("order"), group=ibis.ifelse(priced.is_first, "first", "later"))
    both = by_tier.select("grouping", "group", "off").union(by_order.select("grouping", "group", "off"))
    found = both.group_by("grouping", "group").aggregate(
        lines=both.count(), off=both.off.mean().round(9), spread=both.off.std(how="sample")
    )
    error = found.spread / found.lines.cast("float64").sqrt()
    away = (found.off.abs() > tolerance) & (found.off.abs() > error.fill_null(0.0) * SURE)
    verdict = ibis.cases(
        (found.lines < least_lines, "few"),
        (away & (found.off > 0), "dearer"),
        (away, "cheaper"),
        else_="alike",
    )
    return found.select("grouping", "group", "lines", price_difference=found.off, error=error.round(9), verdict=verdict)
