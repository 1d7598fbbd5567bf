"""Whether the same offer is worth the same to groups of customers: no unreasonable difference of terms (PIPL 24)."""

import ibis
import ibis.expr.types as ir

from motherlode.tables import table

SURE = 3.0
# Ages from, and the band's code; whoever says none is in no band.
BANDS = ((65, "65_plus"), (50, "50_64"), (35, "35_49"), (25, "25_34"), (0, "under_25"))


@table(key=("grouping", "group", "play"), subject=None, purpose="service")
def offer_parity(
    ranked: ir.Table, customers: ir.Table, value_tiers: ir.Table, *, least_offers: int = 50, tolerance: float = 0.05
) -> ir.Table:
    """What the chosen offers of each play cost for groups of customers, against what the play costs for everybody.

    `offers` are the customers of a group who are offered the play, `share` that of all whom it is offered to;
    `cost_difference` is the mean cost of an offer to the group over that to everybody, less one: 0.1 is a tenth more.
    Groups are value tier, gender and age band. `verdict`: `alike`, `few`, `larger` or `smaller` (further off than
    `tolerance`, and by more than three standard errors: it needs a reason).

    Parameters
    ----------
    least_offers
        Offers to a group, below which nothing is said of it.
    tolerance
        Difference (0 to 1) that nobody needs to explain.
    """
    offered = ranked.filter(ranked.chosen).select("customer_id", "play", "cost")
    people = customers.select("customer_id", "gender", "age")
    rows = offered.left_join(people, "customer_id").drop("customer_id_right")
    rows = rows.left_join(value_tiers.select("customer_id", "value_tier"), "customer_id").drop("customer_id_right")
    bands = ibis.cases(*((rows.age >= least, band) for least, band in BANDS), else_=None)
    rows = rows.mutate(age_band=bands, value_tier=rows.value_tier.fill_null("none"))
    each = [
        rows.filter(rows[name].notnull()).select(
            "play", grouping=ibis.literal(name), group=rows[name], cost=rows.cost.cast("float64")
        )
        for name in ("value_tier", "gender", "age_band")
    ]
    both = each[0].union(each[1], each[2])
    all_of = ibis.window(group_by=["grouping", "play"])
    priced = both.mutate(
        off=both.cost / both.cost.mean().over(all_of).nullif(0.0) - 1.0, everybody=both.count().over(all_of)
    )
    found = priced.group_by("grouping", "group", "play").aggregate(
        offers=priced.count(),
        everybody=priced.everybody.max(),
        cost=priced.cost.mean().round(9),
        off=priced.off.mean().fill_null(0.0).round(9),
        spread=priced.off.std(how="sample"),
    )
    error = (found.spread / found.offers.cast("float64").sqrt()).fill_null(0.0)
    away = (found.off.abs() > tolerance) & (found.off.abs() > error * SURE)
    verdict = ibis.cases(
        (found.offers < least_offers, "few"),
        (away & (found.off > 0), "larger"),
        (away, "smaller"),
        else_="alike",
    )
    share = found.offers.cast("float64") / found.everybody.cast("float64")
    return found.select(
        "grouping", "group", "play", "offers", "cost", share=share, cost_difference=found.off,
        error=error.round(9), verdict=verdict,
    )  # fmt: skip
