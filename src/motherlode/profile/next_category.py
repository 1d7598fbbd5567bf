"""What to offer next."""

from datetime import date

import ibis
import ibis.expr.types as ir

from motherlode.expressions.horizon import within
from motherlode.tables import table


@table(key="customer_id", subject="customer_id", purpose="analytics")
def next_category(
    order_lines: ir.Table, habits: ir.Table, *, as_of: date, least_buyers: int = 30, candidates: int = 10
) -> ir.Table:
    """The category that buyers with the same main category buy most often and this customer never bought.

    Parameters
    ----------
    least_buyers
        Buyers with the same main category below which no category is named.
    candidates
        Categories looked at for each main category, the most common first; who has them all gets none.
    """
    lines = order_lines.filter(order_lines.customer_id.notnull() & order_lines.category.notnull())
    lines = lines.filter(lines.kind.isin(("sale", "refunded")))
    bought = lines.group_by("customer_id", "category").aggregate(
        spend=lines.amount.sum(where=within(lines.ordered_on, as_of, days=365))
    )
    similar = habits.filter(habits.main_category.notnull()).select("customer_id", "main_category")
    offers = _offers(bought, similar, least_buyers, candidates)
    open_offers = similar.inner_join(offers, "main_category")
    open_offers = open_offers.anti_join(bought, ["customer_id", "category"])
    first = ibis.row_number().over(group_by="customer_id", order_by="place")
    best = open_offers.mutate(first=first)
    return best.filter(best["first"] == 0).drop("first", "place")


def _offers(bought: ir.Table, similar: ir.Table, least_buyers: int, candidates: int) -> ir.Table:
    """By main category: the other categories, how many of its buyers bought there within the year, and for how much."""
    sizes = similar.group_by("main_category").aggregate(similar_buyers=similar.count())
    year = bought.filter(bought.spend > 0)
    pairs = year.inner_join(similar, "customer_id")
    pairs = pairs.filter(pairs.category != pairs.main_category)
    counted = pairs.group_by("main_category", "category").aggregate(buyers=pairs.count(), spend=pairs.spend.sum())
    counted = counted.inner_join(sizes, "main_category")
    counted = counted.filter(counted.similar_buyers >= least_buyers)
    common = ibis.row_number().over(group_by="main_category", order_by=[counted.buyers.desc(), counted.category])
    ranked = counted.mutate(place=common)
    return ranked.filter(ranked.place < candidates).select(
        "main_category",
        "category",
        "similar_buyers",
        "place",
        buyers_share=ranked.buyers / ranked.similar_buyers,
        yearly_spend=ranked.spend.cast("float64") / ranked.buyers,
    )
